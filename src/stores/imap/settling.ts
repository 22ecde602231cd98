import type { ImapFlow } from 'imapflow'
import type { Outcome } from '../writable.js'
import { locatorOf } from './copy.js'
import { findStored } from './finding.js'
import { untilStill, type WrittenPlace } from './look.js'
import type { AppendMark } from './mark.js'
import type { Lent } from './session.js'

const NOTHING_TAKEN: ReadonlySet<number> = new Set()

/**
 * Finds out which messages were stored, among those that came after the mark. In a folder that was numbered anew all are looked
 * at; where one lies then can be told all the same.
 */
export async function settleAppend(
  client: ImapFlow,
  lent: Lent,
  place: WrittenPlace,
  { uidValidity, uidNext, octets, at, messages }: AppendMark,
): Promise<readonly Outcome[]> {
  const look = await untilStill(client, place, { octets, at })
  const from = look.uidValidity === uidValidity ? uidNext : 1
  const found = await findStored(client, lent, place, messages, from, NOTHING_TAKEN)
  return messages.map(({ token }) => {
    const uid = found.get(token)
    return uid === undefined ? { token, outcome: 'not-done' } : { token, outcome: 'done', locator: locatorOf(uid) }
  })
}
