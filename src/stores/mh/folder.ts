import type { FileFolderKind } from '../file-folder-kind.js'
import { contentStamp } from '../file-stamp.js'
import { isNumber } from '../known-names.js'
import { listMessageKeys } from '../message-names.js'
import { showOctets } from '../octet-name.js'
import { clearPlainLevel } from '../plain-folders.js'
import { listSafely } from '../safe-listing.js'
import { locator } from '../store.js'
import type { TreeLayout } from '../tree.js'
import { flagsOf, readSequences } from './sequences.js'

const BOOKKEEPING =
  /^(?:\.mh_sequences.*|\.mh_profile|context|\.xmhcache|\.mhe_index|\.(?:claws|sylpheed|mew|DS_Store|gitignore|directory|overview|marks|mbaudit).*)$/i

/** What lies in a folder that is being filled for the first time. */
const OWN = /^\.(?:mbaudit|mh_sequences)/

/** What it is that was looked for and not found. */
export const MH = 'MH folder (files named by numbers)'

/** Directories with numbered files. The top is INBOX where messages lie in it; a directory named by digits is a folder. */
export const mhLayout: TreeLayout = {
  bookkeeping: BOOKKEEPING,
  whyForeign: (name) => {
    if (/^[,#]\d+$/.test(name)) return 'a deleted message left behind'
    return /^\d+$/.test(name) ? 'a number with leading zeros is no message of MH' : null
  },
  isMessage: isNumber,
  isFolder: ({ entries, hasMessages }) =>
    hasMessages || entries.every(({ name }) => OWN.test(name)) || entries.some(({ name }) => name === '.mh_sequences'),
  isContent: () => false,
  levelsOf: (name) => (name.startsWith('.') ? null : [showOctets(name)]),
}

/** Python's mailbox takes all that its `isdigit` holds for the number of a message, directories too. */
export const clearLevel = (level: string): string =>
  /^\p{N}+$/u.test(level) ? `${level}_` : clearPlainLevel(mhLayout, level)

/** Numbers sort by how many digits they have, then by these: `117` after `49` as `c117` after `b49`. */
export const keyOf = (name: string): string => String.fromCharCode(0x60 + name.length) + name

const numberOf = (key: string): number => Number(key.slice(1))

/** An MH folder: each message lies in a file named by its number; what is marked stands in `.mh_sequences`. */
export function mhFolderKind(directory: string): FileFolderKind {
  return {
    abilities: { keepsFlags: true, keepsKeywords: true, stableLocators: true },
    version: 'mh 1',
    list: () =>
      listSafely([directory], () => {
        const keys = listMessageKeys(directory, (name) => (isNumber(name) ? keyOf(name) : null))
        const sequences = readSequences(directory)
        return { keys, foreign: [], flagsOf: (key) => flagsOf(sequences, numberOf(key)) }
      }),
    pathOf: (key) => `${directory}/${numberOf(key)}`,
    locatorOf: (key) => locator(`number=${numberOf(key)}`),
    positionOf: numberOf,
    compare: (key, wanted) => {
      const number = /^number=([1-9]\d{0,14})$/.exec(wanted)?.[1]
      return number === undefined ? -1 : numberOf(key) - Number(number)
    },
    isAmbiguous: () => false,
    stampOf: contentStamp,
    formOf: () => 'plain',
  }
}
