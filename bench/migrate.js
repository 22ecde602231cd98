/** mbaudit migrate between local formats and out of an account, in turn with a bare loop, cat, mb2md and mbsync. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { atMost, mbaudit, node } from './cases.js'
import { writeMaildir } from './mail.js'
import { alternate, isInstalled } from './measure.js'
import { loadTestServers } from './test-servers.js'

const WRITE_FILES = fileURLToPath(new URL('./write-files.js', import.meta.url))
const OCTETS = 12_000
const memory = (what, megabytes) => atMost(`${what}: peak memory`, megabytes, 250, 'MB')

/** A command that begins with nothing: no target, no index, no runs. */
function fresh(scratch, name, command, more = {}) {
  const home = join(scratch, `${name}-home`)
  const places = ['CACHE', 'STATE', 'DATA'].map((kind) => [`XDG_${kind}_HOME`, join(home, kind.toLowerCase())])
  const before = () => {
    for (const path of [home, join(scratch, `${name}-target`), join(scratch, `${name}-target.sha256`)])
      rmSync(path, { recursive: true, force: true })
    mkdirSync(home, { recursive: true })
  }
  return { ...command, before, env: { HOME: home, ...Object.fromEntries(places), ...more } }
}

const targetOf = (scratch, name) => join(scratch, `${name}-target`)
const migrating = (scratch, name, source, format, more) =>
  fresh(
    scratch,
    name,
    mbaudit('migrate', source, targetOf(scratch, name), '--format', format, '--yes', '--quiet'),
    more,
  )

/** One mbox of `count` messages into a Maildir, each message durable and read back. */
export async function mboxToMaildir({ scratch, file, count, rounds }) {
  const title = `mbox of ${count} messages to Maildir`
  const took = await alternate(
    {
      'mbaudit migrate': migrating(scratch, 'to-maildir', `mbox:${file}`, 'maildir'),
      'a bare loop that writes, fsyncs and reads back': fresh(
        scratch,
        'bare',
        node(WRITE_FILES, file, targetOf(scratch, 'bare')),
      ),
      ...(isInstalled('mb2md') && {
        'mb2md (no fsync, nothing read back)': fresh(scratch, 'mb2md', {
          argv: ['mb2md', '-s', file, '-d', targetOf(scratch, 'mb2md')],
        }),
      }),
    },
    rounds,
  )
  const [ours, bare, mb2md] = Object.values(took)
  return {
    title,
    took,
    rate: count / ours.seconds,
    rows: [
      atMost(`${title}, verified and durable: against a bare loop`, ours.seconds / bare.seconds, 1.5),
      ...(mb2md ? [atMost(`${title}: against mb2md`, ours.seconds / mb2md.seconds, 1)] : []),
      memory(title, ours.megabytes),
    ],
  }
}

/** A Maildir into one mbox. */
export async function maildirToMbox({ scratch, folder, count, rounds }) {
  const title = `Maildir of ${count} messages to mbox`
  const catted = join(scratch, 'cat-target')
  const cat = { argv: ['sh', '-c', 'find "$0" -type f -exec cat {} + > "$1"', folder, catted] }
  const took = await alternate(
    {
      'mbaudit migrate': migrating(scratch, 'to-mbox', `maildir:${folder}`, 'mbox'),
      'cat of all files into one': fresh(scratch, 'cat', cat),
    },
    rounds,
  )
  const [ours, bare] = Object.values(took)
  return {
    title,
    took,
    rate: count / ours.seconds,
    rows: [atMost(`${title}, verified: against cat`, ours.seconds / bare.seconds, 3), memory(title, ours.megabytes)],
  }
}

/** @returns a result, or null where there is no Dovecot */
export async function accountToMaildir({ scratch, count, rounds, say }) {
  const servers = await loadTestServers()
  if (!servers.hasDovecot) return null
  say(`making an account to migrate (${count} messages)`)
  const dovecot = await servers.startDovecot()
  try {
    const home = dovecot.home('master')
    mkdirSync(home)
    writeMaildir(join(home, 'Maildir'), count, OCTETS)
    const user = process.getuid() === 0 ? servers.dovecotUser() : null
    if (user !== null) execFileSync('chown', ['-R', `${user}:${user}`, home])
    return await outOf(dovecot, count, scratch, rounds)
  } finally {
    await dovecot[Symbol.asyncDispose]()
  }
}

async function outOf({ port }, count, scratch, rounds) {
  const title = `IMAP account of ${count} messages of 12 KB to Maildir`
  const url = `imap://master@127.0.0.1:${port}/`
  const mbsync = { argv: ['mbsync', '-c', mbsyncFile(scratch, port), 'all'] }
  const took = await alternate(
    {
      'mbaudit migrate': migrating(scratch, 'from-imap', url, 'maildir', { MBAUDIT_PASSWORD: 'secret' }),
      ...(isInstalled('mbsync') && { 'mbsync, FSync yes': withFolder(fresh(scratch, 'mbsync', mbsync), scratch) }),
    },
    rounds,
  )
  const [ours, theirs] = Object.values(took)
  const rows = theirs ? [atMost(`${title}, verified: against mbsync`, ours.seconds / theirs.seconds, 1)] : []
  return { title, took, rate: count / ours.seconds, rows: [...rows, memory(title, ours.megabytes)] }
}

/** mbsync wants the folder above its Maildir to be there. */
function withFolder(command, scratch) {
  const before = () => {
    command.before()
    mkdirSync(targetOf(scratch, 'mbsync'))
  }
  return { ...command, before }
}

function mbsyncFile(scratch, port) {
  const target = targetOf(scratch, 'mbsync')
  const file = join(scratch, 'migrate.mbsyncrc')
  const text = `FSync yes

IMAPAccount far
Host 127.0.0.1
Port ${port}
User master
Pass secret
SSLType None
AuthMechs PLAIN LOGIN

IMAPStore far
Account far

MaildirStore near
Path ${target}/
Inbox ${target}/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Sync Pull
Create Near
CopyArrivalDate yes
SyncState ${target}/state-
`
  writeFileSync(file, text)
  return file
}
