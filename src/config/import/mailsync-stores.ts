import { parseAccountName } from '../../stores/account-name.js'
import { decodeModifiedUtf7 } from '../../stores/modified-utf7.js'
import type { ImapStoreConfig, StoreConfig } from '../schema.js'
import { globOf } from './folder-patterns.js'
import type { ImportedEntry, ImportPlace } from './imported.js'
import type { MailsyncStore } from './mailsync-syntax.js'
import { literalSecret } from './secrets.js'
import { lastOf, type SettingLedger } from './settings.js'

/** Makes a store of a `store`: what mailsync matches by `pat` and cuts off by `prefix` becomes prefix or path, and folders. */
export function mailsyncStore(
  name: string,
  section: MailsyncStore,
  ledger: SettingLedger,
  place: ImportPlace,
): ImportedEntry<StoreConfig> {
  const server = lastOf(section, 'server')
  const comments = [`${section.title} (line ${section.line})`]
  for (const setting of section.settings) {
    if (setting !== lastOf(section, setting.key)) ledger.notNeeded(setting, 'another further down goes before it')
  }
  const names = namesOf(section)
  ledger.taken(server, lastOf(section, 'pat'), lastOf(section, 'prefix'))
  ledger.notNeeded(lastOf(section, 'ref'), 'server and pat say it')
  const made =
    server === undefined ? localStore(names, place) : accountStore(section, server.value, names, comments, name, ledger)
  if (server === undefined) ledger.notNeeded(lastOf(section, 'passwd'), 'files need no password')
  return { name, comments: [...comments, ...made.comments], config: made.config, withheld: made.withheld }
}

interface Made {
  readonly config: StoreConfig
  readonly comments: readonly string[]
  readonly withheld: readonly string[]
}

/** The names that a store is about: what stands before all of them, and what is matched behind it. */
interface MatchedNames {
  readonly prefix: string
  readonly pattern: string
}

/** A full name is server, prefix and box: what of it stands behind the `{host}` belongs to the names. */
function namesOf(section: MailsyncStore): MatchedNames {
  const behind = (text: string | undefined): string => (text ?? '').replace(/^\{[^}]*\}/, '')
  const ref = behind(lastOf(section, 'ref')?.value)
  const prefix = behind(lastOf(section, 'server')?.value) + (lastOf(section, 'prefix')?.value ?? '')
  const pattern = ref + (lastOf(section, 'pat')?.value ?? 'INBOX')
  return { prefix, pattern }
}

/** What is left of the pattern behind the prefix; the prefix itself where they have no start in common. */
function restOf({ prefix, pattern }: MatchedNames): string | null {
  return pattern.toLowerCase().startsWith(prefix.toLowerCase()) ? pattern.slice(prefix.length) : null
}

function accountStore(
  section: MailsyncStore,
  server: string,
  names: MatchedNames,
  comments: string[],
  name: string,
  ledger: SettingLedger,
): Made {
  const host = /^\{[^}]*\}/.exec(server)?.[0]
  const account = host === undefined ? 'it is no {host}' : accountOf(host)
  const withheld: string[] = []
  if (typeof account === 'string') withheld.push(...ledger.byHand(lastOf(section, 'server'), account))
  const passwd = lastOf(section, 'passwd')
  const secret = passwd === undefined ? null : literalSecret(name)
  if (secret?.byHand) comments.push(...ledger.byHand(passwd, secret.byHand))
  const rest = restOf(names)
  if (rest === null)
    withheld.push(`pat does not begin with prefix "${names.prefix}": no folder of it has a name without it`)
  const { prefix } = names
  const folders = foldersOf(rest ?? names.pattern, prefix)
  const notFolders = prefix === '' || folders.includes('INBOX') ? [] : ['INBOX']
  return {
    config: {
      ...(typeof account === 'string' ? { type: 'imap' as const, host: 'HOST', user: 'USER' } : account),
      ...(secret?.source && { password: secret.source }),
      ...(prefix !== '' && { prefix: decodeModifiedUtf7(prefix) ?? prefix }),
      ...(folders.length > 0 && { folders }),
      ...(notFolders.length > 0 && { notFolders }),
    },
    comments: [],
    withheld,
  }
}

/** The account that a `{host/flags}` names, or why none is named. */
function accountOf(name: string): ImapStoreConfig | string {
  try {
    const account = parseAccountName(name)
    if (account === null) return 'it is no {host}'
    const { host, port, user, loginUser, security, unverified } = account
    const mode = security === 'tls' ? 'implicit' : security
    return {
      type: 'imap',
      host,
      ...(port !== null && { port }),
      user,
      ...(loginUser !== null && { loginUser }),
      tls: unverified ? { mode, verify: false } : mode,
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** The pattern as globs. Where `.` separates levels cannot be told for sure: what the prefix ends in is taken, else both. */
function foldersOf(pattern: string, prefix: string): string[] {
  if (pattern === '' || pattern === '*') return pattern === '' ? ['INBOX'] : []
  const name = decodeModifiedUtf7(pattern) ?? pattern
  const separator = /[./]$/.exec(prefix)?.[0]
  const withSlashes = name.replaceAll('.', '/')
  const ways =
    separator === '.' ? [withSlashes] : separator === '/' || name.includes('/') ? [name] : [name, withSlashes]
  const inner = prefix === '' ? ways.flatMap((way) => (/^INBOX[./](?=.)/i.test(way) ? [way.slice(6)] : [])) : []
  return [...new Set([...ways, ...inner].map(globOf))]
}

/** Files: c-client names count from the home folder. */
function localStore(names: MatchedNames, { user }: ImportPlace): Made {
  const { prefix, pattern } = names
  if (/^inbox$/i.test(pattern) && prefix === '') return spool(user)
  if (/^#mh/i.test(pattern)) return mhStore(pattern, prefix)
  if (pattern.startsWith('#')) {
    return {
      config: mbox('~/mail'),
      comments: [],
      withheld: [`"${pattern}" names a format or a place that has no counterpart: give its type and path`],
    }
  }
  const top = prefix.slice(0, prefix.lastIndexOf('/') + 1)
  const rest = restOf({ prefix: top, pattern })
  const path =
    top === '/' || top === ''
      ? top || '~'
      : (top.startsWith('/') || top.startsWith('~/') ? top : `~/${top}`).replace(/\/$/, '')
  const withheld =
    rest === null ? [`pat does not begin with prefix "${prefix}": no folder of it has a name without it`] : []
  if (top !== prefix) withheld.push(`prefix "${prefix}" ends within a name: rename the folders, or end it at a /`)
  const comments = ['mbox is what mailsync makes; write type: mh where these are directories of numbered files']
  if (path === '~')
    comments.push('all of the home folder is looked through: better move the mail into a folder of its own')
  return { config: { ...mbox(path), ...foldersKey(rest ?? '*') }, comments, withheld }
}

const mbox = (path: string) => ({ type: 'mbox' as const, path })

const foldersKey = (pattern: string) => (pattern === '*' ? {} : { folders: [globOf(pattern)] })

function spool(user: string | null): Made {
  const withheld = user === null ? ['write the login name into its path'] : []
  return {
    config: mbox(`/var/mail/${user ?? 'USER'}`),
    comments: ['INBOX, where new mail lies on this computer'],
    withheld,
  }
}

/** `#mh/NAME`, `#mhinbox`: below the Path of ~/.mh_profile, ~/Mail where it says nothing. */
function mhStore(pattern: string, prefix: string): Made {
  const comments = ['~/Mail is where MH mail lies unless ~/.mh_profile says otherwise']
  const name = pattern.replace(/^#mhinbox$/i, '#mh/inbox').replace(/^#mh\/?/i, '')
  const cut = prefix.replace(/^#mhinbox$/i, '#mh/inbox').replace(/^#mh\/?/i, '')
  if (cut === name && !/[*%]/.test(name))
    return { config: { type: 'mh', path: `~/Mail/${name}` }, comments, withheld: [] }
  const rest = restOf({ prefix: cut, pattern: name })
  const withheld =
    rest === null || (cut !== '' && !cut.endsWith('/')) ? ['prefix and pat are to be said anew: path and folders'] : []
  return {
    config: { type: 'mh', path: `~/Mail/${cut}`.replace(/\/$/, ''), ...foldersKey(rest ?? '*') },
    comments,
    withheld,
  }
}
