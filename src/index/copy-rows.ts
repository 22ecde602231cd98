import { digest, epochSeconds, messageId, octets } from '../message/message.js'
import { folderName, locator, type SpecialUse } from '../stores/store.js'
import type { IndexedCopy } from './copy-index.js'
import { isWithoutId } from './identity.js'

/** A copy as the questions in queries.ts select it. */
export type CopyRow = [
  row: number,
  position: number,
  locator: string,
  key: string | null,
  wire: string | null,
  content: string | null,
  size: number,
  date: number | null,
  received: number | null,
  sender: string,
  subject: string,
  flags: string,
  traceFields: number,
  boundsInDoubt: number,
  object: string,
  folder: string,
  specialUse: string | null,
]

/**
 * @param showContent - whether the question asked for the content digest. One that an earlier question left in the index is
 *   not shown otherwise: a result does not depend on what the index happens to know. Mail with no ID always shows it.
 */
export function copyOfRow(store: string, values: CopyRow, showContent: boolean): IndexedCopy {
  const [row, position, where, key, wire, content, size, date, received, from, subject, flags, ...rest] = values
  const [traceFields, boundsInDoubt, object, folder, use] = rest
  return {
    row,
    store,
    folder: folderName(folder),
    specialUse: specialUseOfText(use),
    locator: locator(where),
    position,
    id: key === null || isWithoutId(key) ? null : messageId(key),
    wire: wire === null ? null : digest(wire),
    content: content === null || !(showContent || isWithoutId(key)) ? null : digest(content),
    size: octets(size),
    date: date === null ? null : epochSeconds(date),
    received: received === null ? null : epochSeconds(received),
    from,
    subject,
    flags: flags === '' ? [] : flags.split(' '),
    traceFields,
    boundsInDoubt: boundsInDoubt === 1,
    object,
  }
}

const SPECIAL_USES: readonly SpecialUse[] = [
  '\\All',
  '\\Archive',
  '\\Drafts',
  '\\Flagged',
  '\\Important',
  '\\Junk',
  '\\Sent',
  '\\Trash',
]

export function specialUseOfText(text: string | null): SpecialUse | null {
  return SPECIAL_USES.find((use) => use === text) ?? null
}
