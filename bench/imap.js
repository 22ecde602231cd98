/** mbaudit on an IMAP account: a private Dovecot on loopback, in turn with bare loops that do nothing with what they read. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { atLeast, atMost, mbaudit, node, start } from './cases.js'
import { writeMaildir } from './mail.js'
import { alternate, measure } from './measure.js'
import { loadTestServers } from './test-servers.js'

const BARE = fileURLToPath(new URL('./bare-imap.js', import.meta.url))
const PASSWORD = { MBAUDIT_PASSWORD: 'secret' }
const OCTETS = 5000
/** There and back, milliseconds. */
const ROUND_TRIP = 20
/** Round trips of mailsync, which asks for messages by twenties, on 2,000 messages. */
const MAILSYNC_TURNS = 96

/** @returns results, or null where there is no Dovecot */
export async function imap({ scratch, rounds, share, isLong, say }) {
  const servers = await loadTestServers()
  if (!servers.hasDovecot) return null
  const account = (count, more) => withAccount(servers, count, more, say)
  const results = []
  await account(20_000 * share, async (dovecot, count) => {
    results.push(await firstScan(dovecot, count, rounds))
    results.push(await again(servers, dovecot, count, scratch, rounds))
    results.push(await bodies(dovecot, count, rounds))
  })
  await account(2000, async (dovecot, count) => results.push(await farAway(servers, dovecot, count, scratch)))
  await account(500, async (dovecot) => results.push(await largeMessage(dovecot)))
  if (isLong) await account(200_000 * share, async (dovecot, count) => results.push(await manyMessages(dovecot, count)))
  return results
}

/** Starts a Dovecot whose user alice has so many messages, which it has indexed. */
async function withAccount(servers, count, use, say) {
  say(`making an account (${count} messages)`)
  const dovecot = await servers.startDovecot({ separator: '.' })
  try {
    const home = dovecot.home('alice')
    mkdirSync(home)
    writeMaildir(join(home, 'Maildir'), count, OCTETS)
    own(servers, home)
    await measure(node(BARE, 'headers', dovecot.port).argv)
    await measure(node(BARE, 'bodies', dovecot.port).argv)
    await use(dovecot, count)
  } finally {
    await dovecot[Symbol.asyncDispose]()
  }
}

const own = (servers, path) =>
  process.getuid() === 0 && execFileSync('chown', ['-R', `${servers.dovecotUser()}:${servers.dovecotUser()}`, path])

const url = (port) => `imap://alice@127.0.0.1:${port}/`
const on = (port, command, ...flags) => ({ ...mbaudit(command, url(port), ...flags), env: PASSWORD })

async function firstScan({ port }, count, rounds) {
  const took = await alternate(
    {
      'mbaudit scan --no-cache': on(port, 'scan', '--no-cache'),
      'imapflow, a bare fetch': node(BARE, 'headers', port),
      'mbaudit dupes --no-cache': on(port, 'dupes', '--no-cache'),
    },
    rounds,
  )
  const [ours, bare] = Object.values(took)
  const what = `IMAP, ${count} messages: \`scan\` against imapflow's own fetch of the same fields`
  return {
    title: `IMAP, headers of ${count} messages`,
    took,
    rate: count / ours.seconds,
    rows: [atMost(what, ours.seconds / bare.seconds, 1.5)],
  }
}

async function again(servers, { port }, count, scratch, rounds) {
  const cache = join(scratch, 'imap-cache')
  const env = { ...PASSWORD, XDG_CACHE_HOME: cache }
  const title = `IMAP, ${count} messages again, unchanged`
  const first = await alternate({ scan: { ...on(port, 'scan'), env, before: () => forget(cache) } }, rounds)
  const took = await alternate(
    {
      'mbaudit scan': { ...on(port, 'scan'), env },
      'mbaudit --version': start.version,
      'imapflow loaded': node('-e', 'import("imapflow")'),
      'node -e 0': start.node,
    },
    rounds,
  )
  const [ours, version, imapflow, bare] = Object.values(took)
  const turns = await turnsOf(servers, port, 0, async (proxied) => {
    const proxiedCache = { ...PASSWORD, XDG_CACHE_HOME: `${cache}-proxied` }
    await measure(on(proxied.port, 'scan').argv, proxiedCache)
    proxied.set(null)
    await measure(on(proxied.port, 'scan').argv, proxiedCache)
  })
  const startUp = version.seconds + imapflow.seconds - bare.seconds
  return {
    title,
    took: { 'mbaudit scan, the first time': first.scan, ...took },
    rows: [
      atMost(
        `${title}: share of the first scan, both less start-up`,
        (100 * (ours.seconds - startUp)) / (first.scan.seconds - startUp),
        10,
        '%',
      ),
      atMost(`${title}: round trips, login included`, turns, 12, ''),
    ],
  }
}

const forget = (cache) => rmSync(cache, { recursive: true, force: true })

async function turnsOf(servers, port, delay, use) {
  const proxy = await servers.startFaultProxy(port, delay)
  try {
    await use(proxy)
    return proxy.turns()
  } finally {
    await proxy[Symbol.asyncDispose]()
  }
}

async function bodies({ port }, count, rounds) {
  const took = await alternate(
    {
      'mbaudit scan --full --no-cache': on(port, 'scan', '--full', '--no-cache'),
      'UID FETCH BODY.PEEK[] over a socket': node(BARE, 'bodies', port),
      'imapflow, a bare fetch of `source`': node(BARE, 'source', port),
    },
    rounds,
  )
  const [ours, bare, imapflow] = Object.values(took)
  const what = `IMAP, ${count} messages: \`scan --full\``
  return {
    title: `IMAP, bodies of ${count} messages`,
    took,
    rate: count / ours.seconds,
    rows: [
      atLeast(
        `${what}, messages a second, against one raw \`UID FETCH BODY.PEEK[]\``,
        (100 * bare.seconds) / ours.seconds,
        60,
        '%',
      ),
      atMost(`${what} against imapflow's own fetch of all messages`, ours.seconds / imapflow.seconds, 2),
    ],
  }
}

async function farAway(servers, { port }, count, scratch) {
  const cache = join(scratch, 'imap-far')
  const title = `IMAP, ${count} messages, ${ROUND_TRIP} ms away`
  const took = {}
  const count1 = await turnsOf(servers, port, ROUND_TRIP / 2, async (proxy) => {
    took['mbaudit scan'] = await measure(on(proxy.port, 'scan').argv, { ...PASSWORD, XDG_CACHE_HOME: cache })
  })
  return {
    title,
    took,
    rows: [atMost(`${title}: round trips (mailsync: ${MAILSYNC_TURNS})`, count1, 20, '')],
  }
}

async function largeMessage(dovecot) {
  const { port } = dovecot
  const command = on(port, 'dupes', '--full', '--no-cache')
  const before = await measure(command.argv, command.env)
  const line = `${'x'.repeat(76)}\n`
  const message = `From: a@example.org\nSubject: large\nMessage-ID: <large@example.org>\n\n${line.repeat(650_000)}`
  const file = join(dovecot.home('alice'), 'Maildir/cur/1800000000.M1P1.in.example:2,S')
  writeFileSync(file, message, { mode: 0o644 })
  const after = await measure(command.argv, command.env)
  const title = 'IMAP, one message of 50 MB'
  return {
    title,
    took: { 'mbaudit dupes --full, without it': before, 'mbaudit dupes --full, with it': after },
    rows: [atMost(`${title}: memory more than without it`, after.megabytes - before.megabytes, 200, 'MB')],
  }
}

async function manyMessages({ port }, count) {
  const title = `IMAP, ${count} messages`
  const took = {}
  for (const command of ['scan', 'dupes']) {
    const { argv, env } = on(port, command, '--no-cache')
    took[`mbaudit ${command} --no-cache`] = await measure(argv, env)
  }
  const most = Math.max(...Object.values(took).map((run) => run.megabytes))
  return { title, took, rows: [atMost(`${title}: peak memory`, most, 250, 'MB')] }
}
