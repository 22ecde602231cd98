import type { PairPlace, PairRow, PairSide } from '../../index/pair-row.js'
import type { IdentifiedCopy } from '../../index/store-index.js'
import type { FolderName, Locator } from '../../stores/store.js'
import { locator } from '../../stores/store.js'
import type { RivalFolder } from './rival-state.js'

/** One of two folders that another program has synced: what is there now, by the UIDs that it knows. */
export interface UidFolder {
  readonly folder: FolderName
  /** What locators hold under now (`FolderFacts.generation`). */
  readonly generation: string | null
  /** UIDVALIDITY of the UIDs now; null: it is not known. */
  readonly validity: string | null
  /** null: no message there has that UID now. */
  copyOf(uid: number): IdentifiedCopy | null
}

/** Rows for our own state, and what was not taken over. */
export interface TakenOver {
  readonly rows: readonly PairRow[]
  /** Pairs whose two messages are not one mail now. */
  readonly refused: number
  /** Why nothing was taken over; null: something was. */
  readonly why: string | null
}

/**
 * Makes rows of a state that names messages by UIDs. A pair is taken over where both messages are there and have one identity,
 * and where one of them is gone: that is what tells a deletion from a new message. Where both are gone, nothing is to be known.
 *
 * @param farSide - which side of the channel the far folder is on
 */
export function takeOverUids(state: RivalFolder, far: UidFolder, near: UidFolder, farSide: PairSide): TakenOver {
  const why = doubtOf(state.farValidity, far) ?? doubtOf(state.nearValidity, near)
  if (why !== null) return { rows: [], refused: 0, why }
  const rows: PairRow[] = []
  let refused = 0
  for (const pair of state.pairs) {
    const [here, there] = [far.copyOf(pair.far), near.copyOf(pair.near)]
    const known = here ?? there
    if (known === null) continue
    if (here !== null && there !== null && here.identity !== there.identity) {
      refused++
      continue
    }
    const wires = [here?.copy.wire ?? null, there?.copy.wire ?? null]
    const places = { far: placeOf(far, pair.far, here), near: placeOf(near, pair.near, there) }
    rows.push({
      identity: known.identity,
      wire: here === null || there === null || wires[0] === wires[1] ? known.copy.wire : null,
      size: known.copy.size,
      a: farSide === 'a' ? places.far : places.near,
      b: farSide === 'a' ? places.near : places.far,
      flags: pair.flags,
    })
  }
  return { rows, refused, why: null }
}

/** Whether UIDs of a state name the same messages in two folders as when it was written. */
export const areOf = (state: RivalFolder, far: UidFolder, near: UidFolder): boolean =>
  doubtOf(state.farValidity, far) === null && doubtOf(state.nearValidity, near) === null

/** Why UIDs of the state may name other messages now; null: they name the same. */
function doubtOf(known: string | null, { folder, generation, validity }: UidFolder): string | null {
  if (known === validity || (known === null && generation === null)) return null
  if (known === null) return `the state does not say under which UIDVALIDITY the UIDs of ${folder} hold`
  return `${folder} has ${validity === null ? 'no UIDVALIDITY' : `UIDVALIDITY ${validity}`} now, and its state is for ${known}`
}

/** Where a message is; one that is gone is where its UID was, a name that no other message can have. */
function placeOf({ folder, generation }: UidFolder, uid: number, found: IdentifiedCopy | null): PairPlace {
  return { folder, locator: found?.copy.locator ?? goneLocator(`uid=${uid}`), generation }
}

const goneLocator = (text: string): Locator => locator(text)

/** One of two folders that mailsync has synced. */
export interface IdFolder {
  readonly folder: FolderName
  readonly generation: string | null
  copiesOf(identity: string): readonly IdentifiedCopy['copy'][]
}

/**
 * Makes rows of Message-IDs that both sides had. Only an ID that is on one side now, and there once, says anything: the other
 * was deleted since. IDs that several messages share are left to questions, since nothing tells which of them was meant.
 */
export function takeOverIds(ids: readonly string[], a: IdFolder, b: IdFolder): TakenOver {
  const rows: PairRow[] = []
  let refused = 0
  for (const identity of new Set(ids)) {
    const [ofA, ofB] = [a.copiesOf(identity), b.copiesOf(identity)]
    const [copy, ...more] = [...ofA, ...ofB]
    if (copy === undefined || (ofA.length === 1 && ofB.length === 1)) continue
    if (more.length > 0) {
      refused++
      continue
    }
    const gone = goneLocator('gone')
    rows.push({
      identity,
      wire: copy.wire,
      size: copy.size,
      a: { folder: a.folder, locator: ofA[0]?.locator ?? gone, generation: a.generation },
      b: { folder: b.folder, locator: ofB[0]?.locator ?? gone, generation: b.generation },
      flags: copy.flags.filter((flag) => !/^\\(?:deleted|recent)$/i.test(flag)).toSorted(),
    })
  }
  return { rows, refused, why: null }
}
