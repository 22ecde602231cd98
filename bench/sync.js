/** mbaudit sync between two accounts of a private Dovecot, in turn with mbsync; and compare on two large Maildirs. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { atLeast, atMost, mbaudit, node, start } from './cases.js'
import { writeMaildir } from './mail.js'
import { alternate, isInstalled, measure } from './measure.js'
import { loadTestServers } from './test-servers.js'

const WALK = fileURLToPath(new URL('./walk-indexes.js', import.meta.url))
const PASSWORD = { MBAUDIT_PASSWORD: 'secret' }
const OCTETS = 12_000
/** Milliseconds each way. */
const FAR = 20
const MEMORY_LIMIT = 250
const memory = (what, megabytes) => atMost(`${what}: peak memory`, megabytes, MEMORY_LIMIT, 'MB')
const url = (user, port) => `imap://${user}@127.0.0.1:${port}/`

/** @returns results, or null where there is no Dovecot */
export async function sync({ scratch, rounds, share, say }) {
  const servers = await loadTestServers()
  if (!servers.hasDovecot) return null
  const results = []
  await withMaster(servers, 10_000 * share, say, async (dovecot, count) => {
    results.push(await first(dovecot, count, scratch, rounds))
    results.push(await again(servers, dovecot, count, scratch, rounds))
  })
  await withMaster(servers, 2000, say, async (dovecot, count) =>
    results.push(await farAway(servers, dovecot, count, scratch)),
  )
  return results
}

async function withMaster(servers, count, say, use) {
  say(`making an account to sync (${count} messages)`)
  const dovecot = await servers.startDovecot()
  try {
    addMail(servers, dovecot, count)
    await use(dovecot, count)
  } finally {
    await dovecot[Symbol.asyncDispose]()
  }
}

function addMail(servers, dovecot, count) {
  const home = dovecot.home('master')
  mkdirSync(home)
  writeMaildir(join(home, 'Maildir'), count, OCTETS)
  own(servers, home)
}

const own = (servers, path) =>
  process.getuid() === 0 && execFileSync('chown', ['-R', `${servers.dovecotUser()}:${servers.dovecotUser()}`, path])

/** Its own folders for what a program keeps, empty each time. */
function homeIn(scratch, name) {
  const home = join(scratch, name)
  rmSync(home, { recursive: true, force: true })
  mkdirSync(home, { recursive: true })
  const places = ['CACHE', 'STATE', 'DATA'].map((kind) => [`XDG_${kind}_HOME`, join(home, kind.toLowerCase())])
  return { ...PASSWORD, HOME: home, ...Object.fromEntries(places) }
}

const syncing = (port, slave, ...flags) => mbaudit('sync', url('master', port), url(slave, port), '--yes', ...flags)

function mbsyncFile(scratch, port, slave) {
  const account = (name, user) =>
    `IMAPAccount ${name}\nHost 127.0.0.1\nPort ${port}\nUser ${user}\nPass secret\nSSLType None\nAuthMechs PLAIN LOGIN\n\nIMAPStore ${name}\nAccount ${name}\n\n`
  const file = join(scratch, `${slave}.mbsyncrc`)
  const channel = `Channel all\nFar :far:\nNear :near:\nPatterns *\nSync Pull\nCreate Near\nCopyArrivalDate yes\nSyncState ${scratch}/${slave}-state-\n`
  writeFileSync(file, account('far', 'master') + account('near', slave) + channel)
  return file
}

async function first({ port }, count, scratch, rounds) {
  const title = `${count} messages of 12 KB to an empty account`
  const [ours, theirs] = [[], []]
  for (let round = 0; round < rounds; round++) {
    const env = homeIn(scratch, 'sync-first')
    ours.push(await measure(syncing(port, `ours${round}`).argv, env))
    if (!isInstalled('mbsync')) continue
    theirs.push(await measure(['mbsync', '-c', mbsyncFile(scratch, port, `theirs${round}`), 'all'], env))
  }
  const took = { 'mbaudit sync': middle(ours), ...(theirs.length > 0 && { 'mbsync, IMAP to IMAP': middle(theirs) }) }
  const [own, mbsync] = Object.values(took)
  const rows = mbsync ? [atMost(`sync, ${title}: against mbsync`, own.seconds / mbsync.seconds, 1)] : []
  return {
    title: `Sync of ${title}`,
    took,
    rate: count / own.seconds,
    rows: [...rows, memory(`sync, ${title}`, own.megabytes)],
  }
}

function middle(runs) {
  const sorted = runs.toSorted((a, b) => a.seconds - b.seconds)
  return {
    seconds: sorted[Math.floor(sorted.length / 2)].seconds,
    megabytes: Math.max(...runs.map((run) => run.megabytes)),
  }
}

async function again(servers, dovecot, count, scratch, rounds) {
  const { port } = dovecot
  const title = `sync of ${count} messages again`
  const env = homeIn(scratch, 'sync-again')
  const whole = await measure(syncing(port, 'again').argv, env)
  const unchanged = await alternate({ 'nothing changed': { ...syncing(port, 'again'), env } }, rounds)
  const turns = await turnsOf(servers, port, async (proxy) => {
    await measure(syncing(proxy.port, 'again').argv, homeIn(scratch, 'sync-turns'))
    proxy.set(null)
    await measure(syncing(proxy.port, 'again').argv, {
      ...homeIn(scratch, 'sync-turns-2'),
      XDG_CACHE_HOME: join(scratch, 'sync-turns/cache'),
    })
  })
  const bare = await alternate(
    { 'mbaudit --version': start.version, 'imapflow loaded': node('-e', 'import("imapflow")'), node: start.node },
    rounds,
  )
  const startUp = bare['mbaudit --version'].seconds + bare['imapflow loaded'].seconds - bare.node.seconds
  const fresh = count / 100
  writeMaildir(join(scratch, 'sync-new'), fresh, OCTETS)
  for (const name of readdirSync(join(scratch, 'sync-new/cur'))) {
    const to = join(dovecot.home('master'), 'Maildir/cur', `new-${name}`)
    execFileSync('cp', [join(scratch, 'sync-new/cur', name), to])
  }
  own(servers, dovecot.home('master'))
  const added = await measure(syncing(port, 'again').argv, env)
  const took = { 'the first time': whole, ...unchanged, '1 % new': added, ...bare }
  const share = (run) => (100 * (run.seconds - startUp)) / (whole.seconds - startUp)
  return {
    title,
    took,
    rows: [
      atMost(
        `${title}, nothing changed: share of the first, both less start-up`,
        share(unchanged['nothing changed']),
        5,
        '%',
      ),
      atMost(`${title}, nothing changed: round trips on both sides, logins included`, turns, 24, ''),
      atMost(`${title}, 1 % new: share of the first, both less start-up`, share(added), 7, '%'),
    ],
  }
}

async function turnsOf(servers, port, use) {
  const proxy = await servers.startFaultProxy(port, 0)
  try {
    await use(proxy)
    return proxy.turns()
  } finally {
    await proxy[Symbol.asyncDispose]()
  }
}

async function farAway(servers, { port }, count, scratch) {
  const title = `sync of ${count} messages, ${FAR} ms each way`
  const proxy = await servers.startFaultProxy(port, FAR)
  try {
    const took = { 'mbaudit sync': await measure(syncing(proxy.port, 'far').argv, homeIn(scratch, 'sync-far')) }
    if (isInstalled('mbsync')) {
      const argv = ['mbsync', '-c', mbsyncFile(scratch, proxy.port, 'farther'), 'all']
      took['mbsync, IMAP to IMAP'] = await measure(argv, homeIn(scratch, 'sync-far-theirs'))
    }
    const rate = count / took['mbaudit sync'].seconds
    return { title, took, rate, rows: [atLeast(`${title} (imapsync: 15 a second): messages a second`, rate, 200, '')] }
  } finally {
    await proxy[Symbol.asyncDispose]()
  }
}

/** Two Maildirs that differ in a hundredth of their mail, with indexes up to date. */
export async function compare({ scratch, rounds, share }) {
  const count = 100_000 * share
  const [master, slave] = ['master', 'slave'].map((name) => join(scratch, `compare-${name}`))
  writeMaildir(master, count, 1000)
  execFileSync('cp', ['-a', master, slave])
  for (const [nth, name] of readdirSync(join(slave, 'cur')).entries())
    if (nth % 100 === 0) rmSync(join(slave, 'cur', name))
  const env = homeIn(scratch, 'compare-home')
  const command = mbaudit('compare', `maildir:${master}`, `maildir:${slave}`)
  const scan = mbaudit('scan', `maildir:${master}`, `maildir:${slave}`)
  await measure(command.argv, env)
  const cache = join(env.XDG_CACHE_HOME, 'mbaudit')
  const indexes = readdirSync(cache)
    .filter((name) => name.endsWith('.sqlite'))
    .map((name) => join(cache, name))
  const took = await alternate(
    {
      'mbaudit compare': { ...command, env },
      'mbaudit scan': { ...scan, env },
      'a bare walk of both indexes': node(WALK, ...indexes),
    },
    rounds,
  )
  const [ours, scanned, walk] = Object.values(took)
  const title = `compare of two Maildirs of ${count}`
  return {
    title,
    took,
    rows: [
      atMost(
        `${title}, less the scan of both: against a bare walk of both indexes`,
        (ours.seconds - scanned.seconds) / walk.seconds,
        3,
      ),
      memory(title, ours.megabytes),
    ],
  }
}
