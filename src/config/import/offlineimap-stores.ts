import type { StoreConfig } from '../schema.js'
import type { ImportedEntry } from './imported.js'
import { offlineimapRemote } from './offlineimap-remote.js'
import type { OfflineimapSection } from './offlineimap-syntax.js'
import { importedPath, isRelative } from './paths.js'
import { type NameChange, nameChangeOf } from './python-shapes.js'
import { lastOf, type SettingLedger } from './settings.js'

/** A repository, with what accounts must know of it. */
export interface OfflineimapStore {
  readonly base: ImportedEntry<StoreConfig>
  readonly section: OfflineimapSection
  readonly isAccount: boolean
  /** What its `nametrans` does; null: that cannot be told. */
  readonly nameChange: NameChange | null
  /** What stands between levels in the names of a Maildir's directories. */
  readonly separator: string
}

const ALWAYS = 'mbaudit does so, or does without it'
const NOT_NEEDED =
  'keepalive holdconnectionopen usecompression singlethreadperfolder foldersort dynamic_folderfilter restoreatime utime_from_header filename_use_mail_timestamp ipv6 decodefoldernames newmail_hook_async'.split(
    ' ',
  )
const BY_HAND: Readonly<Record<string, string>> = {
  subscribedonly: 'all folders are meant: name those that you want in `folders`',
  createfolders: 'mbaudit makes the folders that are missing; leave out those that you do not want',
  folderincludes: 'add these to `folders` of the channel',
  idlefolders: 'mbaudit does not wait for mail: call it from cron',
  newmail_hook: 'nothing is run: call it after mbaudit',
  reference: 'what stands before every name on the server is its `prefix`',
  startdate: 'mbaudit syncs mail of any age',
  tls_level: 'tls: { oldVersions: true } allows versions before 1.2',
  ssl_version: 'tls: { oldVersions: true } allows versions before 1.2',
  spamfolder: 'mbaudit knows special folders itself',
  trashfolder: 'what mbaudit deletes goes into its quarantine, and mbaudit undo brings it back',
}

export function offlineimapStore(name: string, section: OfflineimapSection, ledger: SettingLedger): OfflineimapStore {
  const get = (key: string) => lastOf(section, key)
  ledger.taken(get('type'), get('readonly'), get('sync_deletes'), get('expunge'))
  for (const key of NOT_NEEDED) ledger.notNeeded(get(key), ALWAYS)
  const comments = [`[${section.title}] (line ${section.line})`]
  for (const [key, detail] of Object.entries(BY_HAND)) {
    const setting = get(key)
    const isDefault = /^(?:subscribedonly=(?:no|false|0|off)|createfolders=(?:yes|true|1|on))$/i.test(
      `${key}=${setting?.value}`,
    )
    if (isDefault) ledger.notNeeded(setting, 'mbaudit does so')
    else comments.push(...ledger.byHand(setting, detail))
  }
  const translation = get('nametrans')
  const nameChange = translation === undefined ? { kind: 'none' as const } : nameChangeOf(translation.value)
  ledger.taken(translation)
  const isAccount = /^(?:IMAP|Gmail)$/.test(get('type')?.value ?? '')
  const made = isAccount ? offlineimapRemote(name, section, ledger) : maildir(section, ledger)
  const prefix = nameChange?.kind === 'without' ? nameChange.prefix : nameChange?.kind === 'maildir++' ? 'INBOX.' : null
  const config = isAccount && made.config.type === 'imap' && prefix !== null ? { ...made.config, prefix } : made.config
  return {
    base: {
      name,
      config,
      comments: [...comments, ...made.comments, ...rest(section, ledger)],
      withheld: made.withheld,
    },
    section,
    isAccount,
    nameChange,
    separator: isAccount ? '/' : (get('sep')?.value.trim() ?? '.'),
  }
}

/** What is left over, but for what the account decides. */
function rest(section: OfflineimapSection, ledger: SettingLedger): readonly string[] {
  const settings = section.settings.filter(({ key }) => key !== 'folderfilter' && key !== 'nametrans')
  return ledger.leftOver({ ...section, settings })
}

function maildir(section: OfflineimapSection, ledger: SettingLedger) {
  const setting = lastOf(section, 'localfolders')
  const path = setting === undefined ? null : importedPath(setting.value)
  ledger.taken(setting, lastOf(section, 'sep'))
  const comments: string[] = []
  const withheld: string[] = []
  if (setting === undefined) withheld.push(`[${section.title}] has no localfolders`)
  else if (path === null) withheld.push(...ledger.byHand(setting, 'write the path without variables'))
  else if (isRelative(path))
    comments.push(...ledger.byHand(setting, 'a relative path counts from the configuration file'))
  for (const each of section.settings.filter(({ key }) => /^customflag_[a-z]$/.test(key))) {
    comments.push(...ledger.byHand(each, `a Maildir's dovecot-keywords file says which keyword a letter is`))
  }
  return { config: { type: 'maildir' as const, path: path ?? setting?.value ?? 'PATH' }, comments, withheld }
}
