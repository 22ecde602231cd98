import type { Digest } from '../../message/message.js'
import type { FolderName } from '../store.js'
import { type Mark, mark } from '../writable.js'

/** How a folder stood when work was prepared. */
export interface Standing {
  readonly uidValidity: string | null
  /** What comes after has this UID or a greater one. */
  readonly uidNext: number
}

/** A message that is to be known again. */
export interface Wanted {
  readonly token: string
  readonly wire: Digest
  /** What the server may alter in it leaves this alone: of its header fields, or of its content; empty: it has nothing. */
  readonly key: string
  /** The received date that it is stored with; null: none was said, or the server may not keep it. */
  readonly received: number | null
}

export interface AppendMark extends Standing {
  readonly kind: 'append'
  /** Milliseconds of Unix time. */
  readonly at: number
  readonly octets: number
  readonly messages: readonly Wanted[]
}

/** Of a message that is deleted, or whose flags change. */
export interface MarkedChange {
  readonly token: string
  readonly uid: number
  /** Whether it was marked `\Deleted` before; null: it was not there. */
  readonly wasDeleted: boolean | null
  readonly flags: { readonly add: readonly string[]; readonly remove: readonly string[] } | null
}

export interface ChangeMark extends Pick<Standing, 'uidValidity'> {
  readonly kind: 'change'
  readonly changes: readonly MarkedChange[]
}

export interface MarkedMove {
  readonly token: string
  readonly uid: number
  /** What tells it from others; null: it was not there. */
  readonly proof: string | null
}

export interface MoveMark extends Pick<Standing, 'uidValidity'> {
  readonly kind: 'move'
  readonly to: FolderName
  /** Of the folder that they go to. */
  readonly target: Standing
  readonly moves: readonly MarkedMove[]
}

export type ImapMark = AppendMark | ChangeMark | MoveMark

const VERSION = 'imap1 '

export function writeMark(made: ImapMark): Mark {
  return mark(`${VERSION}${JSON.stringify(made)}`)
}

/** @throws RangeError for a mark that this program did not write */
export function readMark(text: Mark): ImapMark {
  const read: unknown = text.startsWith(VERSION) ? JSON.parse(text.slice(VERSION.length)) : null
  if (isMark(read)) return read
  throw new RangeError('a mark that no folder of an account has made')
}

const KINDS = ['append', 'change', 'move']

function isMark(read: unknown): read is ImapMark {
  return typeof read === 'object' && read !== null && KINDS.includes(String(Reflect.get(read, 'kind')))
}
