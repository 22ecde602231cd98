/** mbaudit and the programs that it is put beside, each set up to keep two stores alike both ways. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mbaudit } from './cases.js'
import { isInstalled } from './measure.js'
import { maildirSide } from './rival-mail.js'

const isRoot = process.getuid?.() === 0

const accountSide = ({ servers, dovecot }, user, folder = '.Work') => {
  const home = dovecot.home(user)
  const own = () => {
    if (isRoot) execFileSync('chown', ['-R', `${servers.dovecotUser()}:${servers.dovecotUser()}`, home])
  }
  return maildirSide(join(home, 'Maildir'), folder, own)
}

/** @returns how it is run, where it keeps what it remembers, and its second side; the first is an account */
function ofMbaudit(place, kind) {
  const store = (name, user, port) =>
    `  ${name}: { type: imap, host: 127.0.0.1, port: ${port}, user: ${user}, tls: none }\n`
  const second =
    kind === 'account' ? store('second', place.other, place.port) : '  second: { type: maildir, path: ./second }\n'
  writeFileSync(
    join(place.path, 'mbaudit.yaml'),
    `stores:\n${store('first', place.user, place.port)}${second}channels:\n  home: { between: [first, second], mode: two-way }\n`,
  )
  const kept = ['CACHE', 'STATE', 'DATA'].map((part) => [`XDG_${part}_HOME`, join(place.path, part.toLowerCase())])
  return {
    argv: mbaudit('sync', 'home', '--yes').argv,
    env: { MBAUDIT_PASSWORD: 'secret', ...Object.fromEntries(kept) },
    forget: () => {
      for (const [, path] of kept) rmSync(path, { recursive: true, force: true })
    },
    second: kind === 'account' ? accountSide(place, place.other) : maildirSide(join(place.path, 'second'), '.Work'),
  }
}

function ofMbsync(place, kind) {
  const account = (name, user) =>
    `IMAPAccount ${name}\nHost 127.0.0.1\nPort ${place.port}\nUser ${user}\nPass secret\nSSLType None\nAuthMechs PLAIN LOGIN\n\nIMAPStore ${name}\nAccount ${name}\n\n`
  const files = join(place.path, 'second')
  const near =
    kind === 'account'
      ? account('second', place.other)
      : `MaildirStore second\nPath ${files}/\nInbox ${files}/INBOX\nSubFolders Verbatim\n\n`
  const state = join(place.path, 'state')
  const channel = `Channel home\nFar :first:\nNear :second:\nPatterns Work\nSync All\nCreate Both\nExpunge Both\nSyncState ${state}/\n`
  const file = join(place.path, 'mbsyncrc')
  for (const path of [files, state]) mkdirSync(path)
  writeFileSync(file, `FSync no\n\n${account('first', place.user)}${near}${channel}`)
  return {
    argv: ['mbsync', '-q', '-c', file, 'home'],
    forget: () => {
      for (const name of readdirSync(state)) rmSync(join(state, name))
    },
    second: kind === 'account' ? accountSide(place, place.other) : maildirSide(files, 'Work'),
  }
}

function ofOfflineimap(place, kind) {
  const files = join(place.path, 'second')
  const account = (user) =>
    `type = IMAP\nremotehost = 127.0.0.1\nremoteport = ${place.port}\nssl = no\nstarttls = no\nremoteuser = ${user}\nremotepass = secret\nfolderfilter = lambda folder: folder == 'Work'\n`
  const local = kind === 'account' ? account(place.other) : `type = Maildir\nlocalfolders = ${files}\n`
  const state = join(place.path, 'state')
  const file = join(place.path, 'offlineimaprc')
  writeFileSync(
    file,
    `[general]\naccounts = home\nmetadata = ${state}\n\n[Account home]\nlocalrepository = second\nremoterepository = first\n\n[Repository first]\n${account(place.user)}\n[Repository second]\n${local}`,
  )
  return {
    argv: ['offlineimap', '-c', file, '-o', '-u', 'quiet'],
    forget: () => rmSync(state, { recursive: true, force: true }),
    second: kind === 'account' ? accountSide(place, place.other) : maildirSide(files, 'Work'),
  }
}

/** Between accounts alone, its state too: it knows no Maildir, and c-client shows its local mailboxes to few users. */
function ofMailsync(place) {
  const file = join(place.path, 'mailsyncrc')
  const host = (user) => `{127.0.0.1:${place.port}/imap/notls/user=${user}}`
  const account = (name, user) =>
    `store ${name} {\n  server ${host(user)}\n  ref ${host(user)}\n  pat Work\n  passwd secret\n}\n\n`
  const stores = account('first', place.user) + account('second', place.other)
  writeFileSync(file, `${stores}channel home first second {\n  msinfo ${host(place.third)}msinfo\n  passwd secret\n}\n`)
  // It does nothing where there is no such mailbox, and makes none.
  const state = accountSide(place, place.third, '.msinfo')
  state.fill([])
  return { argv: ['mailsync', '-f', file, 'home'], forget: state.empty, second: accountSide(place, place.other) }
}

/** As the program says it. */
export const versionOf = (command, ...flags) => {
  const { stdout, stderr } = spawnSync(command, flags, { encoding: 'utf8' })
  return /\d+(?:\.\d+)+/.exec(`${stdout}${stderr}`)?.[0] ?? ''
}

const known = [
  { name: 'mbaudit', kind: 'Maildir', make: ofMbaudit, argv: mbaudit('--version').argv },
  { name: 'mbaudit', kind: 'account', make: ofMbaudit, argv: mbaudit('--version').argv },
  { name: 'mbsync', kind: 'Maildir', make: ofMbsync },
  { name: 'mbsync', kind: 'account', make: ofMbsync },
  { name: 'offlineimap', kind: 'Maildir', make: ofOfflineimap },
  { name: 'offlineimap', kind: 'account', make: ofOfflineimap },
  { name: 'mailsync', kind: 'account', make: ofMailsync, argv: ['mailsync', '-h'] },
]

/** Those that are installed, with their versions, and the names of those that are not. */
export function programs() {
  const isHere = ({ name }) => name === 'mbaudit' || isInstalled(name)
  const versions = Object.fromEntries(
    known.filter(isHere).map(({ name, argv = [name, '--version'] }) => [name, versionOf(...argv)]),
  )
  const lacking = [...new Set(known.filter((one) => !isHere(one)).map(({ name }) => name))]
  return { installed: known.filter(isHere), versions, lacking }
}

/** The first side of each: an account of the Dovecot. */
export const firstSide = (place) => accountSide(place, place.user)
