import { digest, epochSeconds, messageId, octets } from '../message/message.js'
import { folderName, locator, SPECIAL_USES, type SpecialUse } from '../stores/store.js'
import type { IndexedCopy } from './copy-index.js'
import { isWithoutId } from './identity.js'
import type { BodyChoice } from './scan.js'

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
  emailId: string | null,
  lateWire: string | null,
  folder: string,
  specialUse: string | null,
]

/** Which `wire` digests that the scan did not make are shown: those of all copies, of those with no ID, of none. */
export type LateWires = 'all' | 'without-id' | 'none'

/** Which digests an answer shows that the scan did not make. */
export const LATE_WIRES: Readonly<Record<BodyChoice, LateWires>> = { all: 'all', needed: 'without-id', none: 'none' }

/**
 * @param showContent - whether the question asked for the content digest. One that an earlier question left in the index is
 *   not shown otherwise: a result does not depend on what the index happens to know. Mail with no ID always shows it.
 * @param lateWires - the same, of the `wire` digest
 */
export function copyOfRow(store: string, values: CopyRow, showContent: boolean, lateWires: LateWires): IndexedCopy {
  const [row, position, where, key, wire, content, size, date, received, from, subject, flags, ...rest] = values
  const [traceFields, boundsInDoubt, object, emailId, lateWire, folder, use] = rest
  const hasNoId = isWithoutId(key)
  const showsLate = lateWires === 'all' || (hasNoId && lateWires === 'without-id')
  const known = wire ?? (showsLate ? lateWire : null)
  const showsContent = showContent || (hasNoId && (wire !== null || lateWires !== 'none'))
  return {
    row,
    store,
    folder: folderName(folder),
    specialUse: specialUseOfText(use),
    locator: locator(where),
    position,
    id: key === null || hasNoId ? null : messageId(key),
    wire: known === null ? null : digest(known),
    content: content === null || !showsContent ? null : digest(content),
    size: octets(size),
    date: date === null ? null : epochSeconds(date),
    received: received === null ? null : epochSeconds(received),
    from,
    subject,
    flags: flags === '' ? [] : flags.split(' '),
    traceFields,
    boundsInDoubt: boundsInDoubt === 1,
    object,
    emailId,
  }
}

export function specialUseOfText(text: string | null): SpecialUse | null {
  return SPECIAL_USES.find((use) => use === text) ?? null
}
