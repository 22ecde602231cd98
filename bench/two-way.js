/** mbaudit's two-way sync: an account and a Maildir, first and again, in turn with mbsync; what its state and its memory take. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { atMost, mbaudit, node, start } from './cases.js'
import { writeMaildir } from './mail.js'
import { alternate, isInstalled, measure } from './measure.js'
import { loadTestServers } from './test-servers.js'

const OCTETS = 12_000
/** The program begins with nothing, each time; its channel `home` joins `first` and `second`. */
function homeOf(scratch, name, first, second) {
  const home = join(scratch, name)
  const places = ['CACHE', 'STATE', 'DATA'].map((kind) => [`XDG_${kind}_HOME`, join(home, kind.toLowerCase())])
  const file = join(scratch, `${name}.yaml`)
  const stores = `stores:\n  first: ${first}\n  second: ${second}\n`
  writeFileSync(file, `${stores}channels:\n  home: { between: [first, second], mode: two-way }\n`)
  return {
    state: join(home, 'state/mbaudit/sync'),
    command: {
      ...mbaudit('sync', 'home', '--yes', '--quiet', '--config', file),
      env: { MBAUDIT_PASSWORD: 'secret', HOME: home, ...Object.fromEntries(places) },
    },
    forget: () => rmSync(home, { recursive: true, force: true }),
  }
}

const maildirStore = (path) => `{ type: maildir, path: '${path}' }`
const accountStore = (port, user = 'master') =>
  `{ type: imap, host: 127.0.0.1, port: ${port}, user: ${user}, tls: none }`

/** @returns results; those of an account alone where there is a Dovecot */
export async function twoWay({ scratch, rounds, share, isLong, say }) {
  const count = 10_000 * share
  const results = [await ofMaildirs(scratch, count, rounds)]
  const servers = await loadTestServers()
  if (servers.hasDovecot) {
    say(`making an account to keep alike (${count} messages)`)
    const dovecot = await servers.startDovecot()
    try {
      addMail(servers, dovecot, 'master', count)
      addMail(servers, dovecot, 'few', count / 10)
      results.push(...(await ofAnAccount(servers, dovecot, count, scratch, rounds)))
    } finally {
      await dovecot[Symbol.asyncDispose]()
    }
  }
  results.push(await ofMany(scratch, (isLong ? 1_000_000 : 100_000) * share, say))
  return results
}

function addMail(servers, dovecot, name, count) {
  const home = dovecot.home(name)
  mkdirSync(home)
  writeMaildir(join(home, 'Maildir'), count, OCTETS)
  const user = servers.dovecotUser()
  if (process.getuid() === 0) execFileSync('chown', ['-R', `${user}:${user}`, home])
}

/** What any command of this program takes before it has looked at a store. */
async function startUp(rounds, isImap) {
  const imapflow = { 'imapflow loaded': node('-e', 'import("imapflow")'), node: start.node }
  const took = await alternate({ 'mbaudit --version': start.version, ...(isImap && imapflow) }, rounds)
  const [version, loaded, bare] = Object.values(took).map(({ seconds }) => seconds)
  return { took, seconds: isImap ? version + loaded - bare : version }
}

const shareOf = (title, again, first, bare) =>
  atMost(
    `${title}, nothing changed: share of the first, both less start-up`,
    (100 * (again.seconds - bare)) / (first.seconds - bare),
    5,
    '%',
  )

const stateRow = (title, folder, count) => {
  const octets = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
  return atMost(`${title}: state on disk, octets a message`, octets / count, 400, '')
}

async function ofMaildirs(scratch, count, rounds) {
  const title = `two-way, two Maildirs, ${count} messages`
  const [a, b] = ['two-way-a', 'two-way-b'].map((name) => join(scratch, name))
  writeMaildir(a, count, OCTETS)
  const home = homeOf(scratch, 'two-way-maildirs', maildirStore(a), maildirStore(b))
  const before = () => {
    home.forget()
    rmSync(b, { recursive: true, force: true })
  }
  const { first } = await alternate({ first: { ...home.command, before } }, Math.min(rounds, 3))
  const again = await alternate({ 'nothing changed': home.command }, rounds)
  const bare = await startUp(rounds, false)
  return {
    title,
    took: { 'the first time': first, ...again, ...bare.took },
    rows: [
      shareOf(title, again['nothing changed'], first, bare.seconds),
      stateRow(title, home.state, count),
      atMost(`${title}: peak memory`, first.megabytes, 250, 'MB'),
    ],
  }
}

async function ofAnAccount(servers, { port }, count, scratch, rounds) {
  const title = `two-way, IMAP and Maildir, ${count} messages`
  const target = join(scratch, 'two-way-laptop')
  const home = homeOf(scratch, 'two-way-account', accountStore(port), maildirStore(target))
  const before = () => {
    home.forget()
    rmSync(target, { recursive: true, force: true })
  }
  const mbsync = isInstalled('mbsync') ? mbsyncCommand(scratch, port) : null
  const first = await alternate(
    { 'mbaudit sync': { ...home.command, before }, ...(mbsync && { 'mbsync, FSync yes': mbsync }) },
    Math.min(rounds, 3),
  )
  const again = await alternate(
    { 'mbaudit sync': home.command, ...(mbsync && { 'mbsync, FSync yes': { argv: mbsync.argv } }) },
    rounds,
  )
  const bare = await startUp(rounds, true)
  const [own, theirs] = Object.values(first)
  const rows = theirs ? [atMost(`${title}, the first, durable: against mbsync`, own.seconds / theirs.seconds, 1)] : []
  const memory = atMost(`${title}: peak memory`, own.megabytes, 250, 'MB')
  const turns = await turnsAgain(servers, port, scratch, 'master')
  const fewer = await turnsAgain(servers, port, scratch, 'few')
  return [
    {
      title: `${title}: the first`,
      took: first,
      rate: count / own.seconds,
      rows: [...rows, stateRow(title, home.state, count), memory],
    },
    {
      title: `${title}: nothing changed`,
      took: { ...again, ...bare.took },
      rows: [
        shareOf(title, again['mbaudit sync'], own, bare.seconds),
        atMost(`${title}, nothing changed: round trips, login included`, turns, 24, ''),
        atMost(`${title}, nothing changed: round trips more than with a tenth of the mail`, turns - fewer, 0, ''),
      ],
    },
  ]
}

/** Round trips of a sync that has nothing to do. */
async function turnsAgain(servers, port, scratch, user) {
  const proxy = await servers.startFaultProxy(port, 0)
  const target = join(scratch, 'two-way-turns')
  rmSync(target, { recursive: true, force: true })
  const home = homeOf(scratch, 'two-way-turns-home', accountStore(proxy.port, user), maildirStore(target))
  home.forget()
  try {
    await measure(home.command.argv, home.command.env)
    proxy.set(null)
    await measure(home.command.argv, home.command.env)
    return proxy.turns()
  } finally {
    await proxy[Symbol.asyncDispose]()
  }
}

function mbsyncCommand(scratch, port) {
  const target = join(scratch, 'two-way-mbsync')
  const file = join(scratch, 'two-way.mbsyncrc')
  const far = `IMAPAccount far\nHost 127.0.0.1\nPort ${port}\nUser master\nPass secret\nSSLType None\nAuthMechs PLAIN LOGIN\n\nIMAPStore far\nAccount far\n\n`
  const near = `MaildirStore near\nPath ${target}/\nInbox ${target}/INBOX\nSubFolders Verbatim\n\n`
  const channel = `Channel home\nFar :far:\nNear :near:\nPatterns *\nSync All\nCreate Both\nExpunge Both\nCopyArrivalDate yes\nSyncState ${target}/state-\n`
  writeFileSync(file, `FSync yes\n\n${far}${near}${channel}`)
  const before = () => {
    rmSync(target, { recursive: true, force: true })
    mkdirSync(target)
  }
  return { argv: ['mbsync', '-c', file, 'home'], before }
}

/** Two Maildirs that are alike already: what the planner and the state need of memory. */
async function ofMany(scratch, count, say) {
  const title = `two-way, two Maildirs of ${count} messages, alike`
  say(`making two Maildirs (${count} messages each)`)
  const [a, b] = ['two-way-many-a', 'two-way-many-b'].map((name) => join(scratch, name))
  for (const path of [a, b]) writeMaildir(path, count, 1000)
  const home = homeOf(scratch, 'two-way-many', maildirStore(a), maildirStore(b))
  const first = await measure(home.command.argv, home.command.env)
  const again = await measure(home.command.argv, home.command.env)
  const most = Math.max(first.megabytes, again.megabytes)
  return {
    title,
    took: { 'the first time': first, 'nothing changed': again },
    rows: [stateRow(title, home.state, count), atMost(`${title}: peak memory`, most, 250, 'MB')],
  }
}
