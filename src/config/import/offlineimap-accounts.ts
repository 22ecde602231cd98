import { decodeModifiedUtf7 } from '../../stores/modified-utf7.js'
import type { ChannelConfig } from '../schema.js'
import type { FolderChoice } from './folder-patterns.js'
import type { ImportedEntry } from './imported.js'
import { channelOf } from './mbsync-channels.js'
import { modeOf } from './mbsync-modes.js'
import type { OfflineimapStore } from './offlineimap-stores.js'
import type { OfflineimapSection } from './offlineimap-syntax.js'
import { isOn } from './offlineimap-values.js'
import { filterOf } from './python-shapes.js'
import { lastOf, type SettingLedger } from './settings.js'

const BY_HAND: Readonly<Record<string, string>> = {
  autorefresh: 'call mbaudit sync from cron',
  presynchook: 'nothing is run: call it before mbaudit',
  postsynchook: 'nothing is run: call it after mbaudit',
  maxage: 'mbaudit syncs mail of any age',
  maxsize: 'mbaudit syncs mail of any size',
  synclabels: 'labels are not synced',
  authproxy: 'mbaudit logs in by the same way as it reads',
}
const NOT_NEEDED: Readonly<Record<string, string>> = {
  quick: 'mbaudit asks a server for what is new alone',
  labelsheader: 'goes with synclabels',
  ignorelabels: 'goes with synclabels',
  utf8foldernames: 'mbaudit knows how names are written',
}

/** Makes a channel of an `[Account]`: remote is the far side, local the near one. */
export function offlineimapChannel(
  name: string,
  section: OfflineimapSection,
  remote: OfflineimapStore,
  local: OfflineimapStore,
  ledger: SettingLedger,
): ImportedEntry<ChannelConfig> {
  const get = (key: string) => lastOf(section, key)
  ledger.taken(get('localrepository'), get('remoterepository'))
  for (const [key, why] of Object.entries(NOT_NEEDED)) ledger.notNeeded(get(key), why)
  const comments = [`[${section.title}] (line ${section.line})`]
  for (const [key, detail] of Object.entries(BY_HAND)) comments.push(...ledger.byHand(get(key), detail))
  const of = (from: OfflineimapStore, to: OfflineimapStore) => ({
    fresh: !isOn(to.section, 'readonly', false),
    gone: !isOn(to.section, 'readonly', false) && isOn(from.section, 'sync_deletes', true),
    flags: !isOn(to.section, 'readonly', false),
  })
  const expunges = ({ section: repository }: OfflineimapStore) => isOn(repository, 'expunge', true)
  const mode = modeOf(
    { pull: of(remote, local), push: of(local, remote) },
    { far: expunges(remote), near: expunges(local) },
  )
  const chosen = chosenFolders(remote, local, ledger)
  const waiting = [remote, local].filter(({ base }) => base.withheld.length > 0)
  return {
    name,
    config: channelOf(mode, remote.base.name, local.base.name, chosen.choice),
    comments: [...comments, ...mode.comments, ...ledger.leftOver(section)],
    withheld: [
      ...mode.withheld,
      ...chosen.withheld,
      ...renames(remote, local, chosen.choice, ledger),
      ...waiting.map(({ base }) => `the store ${base.name} is not in force`),
    ],
  }
}

function chosenFolders(remote: OfflineimapStore, local: OfflineimapStore, ledger: SettingLedger) {
  const filter = lastOf(remote.section, 'folderfilter')
  const ofLocal = lastOf(local.section, 'folderfilter')
  const none: FolderChoice = { folders: [], notFolders: [] }
  const withheld = [...ledger.byHand(ofLocal, 'write what it chooses as folders and notFolders')]
  if (filter === undefined) return { choice: none, withheld }
  const choice = filterOf(filter.value)
  if (choice === null)
    return {
      choice: none,
      withheld: [
        ...withheld,
        ...ledger.byHand(filter, 'nothing is run: write what it chooses as folders and notFolders'),
      ],
    }
  ledger.taken(filter)
  const prefix = remote.base.config.type === 'imap' ? (remote.base.config.prefix ?? '') : ''
  const globs = (names: readonly string[]) => [...new Set(names.flatMap((each) => globsFor(each, prefix)))]
  return { choice: { folders: globs(choice.folders), notFolders: globs(choice.notFolders) }, withheld }
}

/** The server's name as ours: where `.` separates levels cannot be told for sure, so both readings are meant. */
function globsFor(name: string, prefix: string): string[] {
  const decoded = decodeModifiedUtf7(name) ?? name
  const inner = prefix !== '' && decoded.startsWith(prefix) ? decoded.slice(prefix.length) : decoded
  const globs = inner.includes('/') || !inner.includes('.') ? [inner] : [inner, inner.replaceAll('.', '/')]
  const below = globs.flatMap((glob) => (/^INBOX[./](?=.)/.test(glob) ? [glob.slice(6)] : []))
  return [...new Set([...globs, ...below])]
}

/** Whether folders are called otherwise here than there. */
function renames(
  remote: OfflineimapStore,
  local: OfflineimapStore,
  { folders }: FolderChoice,
  ledger: SettingLedger,
): readonly string[] {
  const { nameChange } = remote
  const back = local.nameChange
  const how = 'folders have other names here than there: channels pair folders by name'
  const withheld: string[] = []
  const isKnown = nameChange !== null && (nameChange.kind !== 'with' || !remote.isAccount)
  if (!isKnown) withheld.push(...ledger.byHand(lastOf(remote.section, 'nametrans'), how))
  const isBack =
    back !== null &&
    (back.kind === 'none' ||
      (back.kind === 'with' && nameChange?.kind === 'without' && back.prefix === nameChange.prefix))
  if (!isBack && nameChange?.kind !== 'maildir++')
    withheld.push(...ledger.byHand(lastOf(local.section, 'nametrans'), how))
  if (local.isAccount || local.separator === '/' || nameChange?.kind === 'maildir++') return withheld
  const areTop = folders.length > 0 && folders.every((glob) => !/[*/.]/.test(glob))
  return areTop
    ? withheld
    : [
        ...withheld,
        `with sep = ${local.separator} a folder below another is a directory like Work${local.separator}2024, which is one name to mbaudit: take the comment away if there is none; else give the channel a new Maildir`,
      ]
}
