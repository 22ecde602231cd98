import { escapeLevel } from '../folder-name.js'
import { decodeModifiedUtf7 } from '../modified-utf7.js'
import { showOctets } from '../octet-name.js'
import type { LocalStoreSpec } from '../store.js'
import type { TreeEntry, TreeLayout, TreeView } from '../tree.js'

/** What Dovecot, Courier, mbsync, OfflineIMAP, notmuch and others keep beside folders and messages. */
const BOOKKEEPING =
  /^(?:maildirfolder|maildirsize|subscriptions|dovecot.*|courier.*|shared-(?:maildirs|folders)|sieve|.*\.(?:sieve|svbin)|\.(?:dovecot|mbsync|isync|uidvalidity|customflags|notmuch|mailfilter|subscriptions|imap|offlineimap|nnmaildir|mh_sequences|gitignore|DS_Store).*)$/i

/** What it is that was looked for and not found. */
export const MAILDIR = 'Maildir (directories with cur in them)'

/** What may follow its path: `?layout=fs`, how new folders are laid out. */
export const OPTIONS = ['layout']

/**
 * Maildir++ (`.Work.2024` beside the top's `cur`), plain nested directories, or both. A folder is a directory with `cur` in
 * it (or with `new` and `tmp`); the top, where it is one, is INBOX.
 */
export const maildirLayout: TreeLayout = {
  bookkeeping: BOOKKEEPING,
  whyForeign: () => null,
  isMessage: () => false,
  isFolder: ({ entries }) => isMaildir(entries),
  isContent: ({ entries }, { name, isDirectory }) =>
    isDirectory && /^(?:cur|new|tmp)$/.test(name) && isMaildir(entries),
  levelsOf,
}

/** `cur` makes a directory a folder: it is made first and goes last, so that what was cut off can be gone on with. */
export const ROOMS: readonly string[] = ['tmp', 'new', 'cur']

export const isRoom = (level: string): boolean => ROOMS.includes(level)

/** Of plain directories: a level that is no directory of a Maildir itself. */
export const clearLevel = (level: string): string => (isRoom(level) ? `${level}_` : level)

/** Whether new folders are plain directories: as the option says, else as the folders that are there are. */
export function isNested({ options }: LocalStoreSpec, { root, paths }: TreeView): boolean {
  if (options.layout !== undefined) return options.layout === 'fs'
  const names = [...paths.values()].filter((path) => path !== root).map((path) => path.slice(root.length + 1))
  return names.length > 0 && names.every((name) => !name.startsWith('.'))
}

/** Whether these lie in a folder of a Maildir. */
export function isMaildir(entries: readonly TreeEntry[]): boolean {
  const has = (name: string): boolean => entries.some((entry) => entry.isDirectory && entry.name === name)
  return has('cur') || (has('new') && has('tmp'))
}

/** A name that begins with a dot is Maildir++: dots divide its levels. */
function levelsOf(name: string): readonly string[] | null {
  if (!name.startsWith('.')) return [levelOf(name)]
  const parts = name.slice(1).split('.')
  return parts.every((part) => part !== '') ? parts.map(levelOf) : null
}

/** Modified UTF-7 where an encoder may have written it, else as it stands. */
function levelOf(octets: string): string {
  const decoded = octets.includes('&') ? decodeModifiedUtf7(octets) : null
  return decoded === null ? showOctets(octets) : escapeLevel(decoded)
}
