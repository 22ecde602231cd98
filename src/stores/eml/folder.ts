import type { FileFolderKind } from '../file-folder-kind.js'
import { contentStamp } from '../file-stamp.js'
import { isEmlName } from '../known-names.js'
import { listMessageKeys } from '../message-names.js'
import { escapeOctets, showOctets, textOfOctets, unescapeOctets, utf8Octets } from '../octet-name.js'
import { listSafely } from '../safe-listing.js'
import { locator } from '../store.js'
import type { TreeLayout } from '../tree.js'

const BOOKKEEPING = /^(?:\.DS_Store|\._.*|\.gitignore|\.directory|\.mbaudit.*|Thumbs\.db|desktop\.ini)$/i

/** Marks a directory that is a folder although other folders lie in it and no message does. */
export const FOLDER_MARK = '.mbaudit-folder'

/** What it is that was looked for and not found. */
export const EML = 'folder of .eml files'

/** Directories of .eml files. The top is INBOX where messages lie in it, or nothing at all. */
export const emlLayout: TreeLayout = {
  bookkeeping: BOOKKEEPING,
  whyForeign: () => null,
  isMessage: isEmlName,
  isFolder: ({ entries, hasMessages }) =>
    hasMessages ||
    entries.every(({ name }) => name.startsWith('.mbaudit')) ||
    entries.some(({ name }) => name === FOLDER_MARK),
  isContent: () => false,
  levelsOf: (name) => (name.startsWith('.') ? null : [showOctets(name)]),
}

/**
 * A directory of .eml files, or of Apple Mail's .emlx. An .eml has no place for flags but its own header, where Thunderbird
 * and others leave `X-Mozilla-Status` or `Status`: what is marked deleted there counts as deleted.
 */
export function emlFolderKind(directory: string): FileFolderKind {
  return {
    abilities: { keepsFlags: false, keepsKeywords: false, stableLocators: true },
    version: 'eml 1',
    list: () =>
      listSafely([directory], () => {
        const keys = listMessageKeys(directory, (name) => (isEmlName(name) ? escapeOctets(name) : null))
        return { keys, foreign: [], flagsOf: () => [] }
      }),
    pathOf: (key) => `${directory}/${unescapeOctets(key)}`,
    locatorOf: (key) => locator(`file=${textOfOctets(key)}`),
    positionOf: () => 0,
    compare: (key, wanted) => {
      const other = utf8Octets(wanted.startsWith('file=') ? wanted.slice(5) : '')
      return key === other ? 0 : key < other ? -1 : 1
    },
    isAmbiguous: () => false,
    stampOf: contentStamp,
    formOf: (key) => (/x$/i.test(key) ? 'emlx' : 'plain'),
  }
}
