import type { ImapFlow, ImapResponse } from 'imapflow'
import type { Move, Outcome } from '../writable.js'
import { eachSet, flagsOf } from './changing.js'
import { atom, execute, sequence, textOf } from './command.js'
import { copyOf, locatorOf, readStamp, uidOf } from './copy.js'
import { fetchOnce } from './fetch.js'
import { uidsFrom } from './finding.js'
import { isUnicode } from './folders.js'
import { type FetchedItems, headerItems } from './items.js'
import { lookAt, NOTHING_SENT, openSame, untilStill, type WrittenPlace } from './look.js'
import type { MarkedMove, MoveMark } from './mark.js'
import { encodedPath } from './names.js'
import { refusalOf } from './refusal.js'
import type { Lent } from './session.js'
import { FolderRenumberedError } from './state.js'
import { readOrderedSet, readSet } from './uid-set.js'

/** What tells messages of the open folder from others: octets, INTERNALDATE and header; those that are gone are not in it. */
async function proofsOf(client: ImapFlow, lent: Lent, uids: Iterable<number>): Promise<ReadonlyMap<number, string>> {
  const proofs = new Map<number, string>()
  const take = (items: FetchedItems): boolean => {
    if (items.fields === null || items.size === null) return false
    const { stamp } = copyOf(items, items.fields, { account: '', identity: '', uidValidity: '0' })
    proofs.set(items.uid, readStamp(stamp)?.proof ?? '')
    return true
  }
  const asking = { items: headerItems, isWhole: () => true, take, room: () => undefined, isStopped: false }
  await eachSet(uids, (set) => fetchOnce(client, lent, set, asking, () => true))
  return proofs
}

/** Looks at what is to be moved, in the open folder. */
export async function markMoves(client: ImapFlow, lent: Lent, moves: readonly Move[]): Promise<readonly MarkedMove[]> {
  const uids = moves.map(({ locator }) => uidOf(locator) ?? 0)
  const proofs = await proofsOf(
    client,
    lent,
    uids.filter((uid) => uid > 0),
  )
  return moves.map(({ token }, at) => ({ token, uid: uids[at] ?? 0, proof: proofs.get(uids[at] ?? 0) ?? null }))
}

/** A piece of moving, as it stands between the tries of it. */
export interface Moving {
  readonly place: WrittenPlace
  readonly mark: MoveMark
  /** Path of the folder that they go to. */
  readonly target: string
  /** UIDs that the server told: from here to there. */
  readonly told: Map<number, number>
  /** Whether a former try may have copied some of them. */
  hasBegun: boolean
}

/** Moves by UID MOVE (RFC 6851), or by COPY and UID EXPUNGE. */
export async function carryOutMoves(client: ImapFlow, lent: Lent, moving: Moving): Promise<readonly Outcome[]> {
  const { place, mark, target, told } = moving
  const there = mark.moves.filter(({ proof }) => proof !== null)
  if (moving.hasBegun) await untilStill(client, { ...place, path: target }, NOTHING_SENT)
  const found = moving.hasBegun ? await findMoved(client, lent, moving) : told
  await openSame(client, place, mark.uidValidity, { forWriting: true, mayBeOpen: true })
  moving.hasBegun = true
  const words = new Map<number, string>()
  const canMove = client.capabilities.has('MOVE')
  const open = there.filter(({ uid }) => canMove || !found.has(uid)).map(({ uid }) => uid)
  const name = encodedPath(target, isUnicode(client))
  await eachSet(open, async (set) => {
    try {
      await transfer(client, canMove ? 'UID MOVE' : 'UID COPY', set, name, moving)
    } catch (error) {
      const refusal = await refusalOf(client, { ...place, path: target }, error, true)
      if (refusal === null) throw error
      for (const uid of readSet(set) ?? []) words.set(uid, refusal.text)
    }
  })
  const copied = canMove ? [] : there.map(({ uid }) => uid).filter((uid) => !words.has(uid))
  await expunge(client, copied)
  return outcomesOf(client, lent, moving, words)
}

/** Of messages that lie in the other folder by now. */
async function expunge(client: ImapFlow, uids: readonly number[]): Promise<void> {
  await eachSet(uids, async (set) => {
    await execute(client, 'UID STORE', [sequence(set), atom('+FLAGS.SILENT'), [atom('\\Deleted')]])
    await execute(client, 'UID EXPUNGE', [sequence(set)])
  })
}

async function transfer(
  client: ImapFlow,
  command: string,
  set: string,
  name: string,
  { told, mark, place }: Moving,
): Promise<void> {
  const note = (response: ImapResponse): undefined => {
    const section = response.attributes?.[0]?.section
    if (textOf(section?.[0])?.toUpperCase() !== 'COPYUID') return
    if (textOf(section?.[1]) !== mark.target.uidValidity) throw new FolderRenumberedError(place.store, mark.to)
    const [from, to] = [readOrderedSet(textOf(section?.[2]) ?? ''), readOrderedSet(textOf(section?.[3]) ?? '')]
    for (const [at, uid] of (from ?? []).entries()) if (to?.[at] !== undefined) told.set(uid, to[at])
  }
  note(await execute(client, command, [sequence(set), name], { OK: (answer) => note(answer) }))
}

/** Looks at both folders for how it ended. */
async function outcomesOf(
  client: ImapFlow,
  lent: Lent,
  moving: Moving,
  words: ReadonlyMap<number, string>,
): Promise<readonly Outcome[]> {
  const { mark, told } = moving
  const uids = mark.moves.filter(({ proof }) => proof !== null).map(({ uid }) => uid)
  const left = await flagsOf(client, lent, uids)
  const isUnknown = uids.some((uid) => !left.has(uid) && !told.has(uid))
  const found = isUnknown ? await findMoved(client, lent, moving) : told
  return mark.moves.map(({ token, uid, proof }) => {
    if (proof === null) return { token, outcome: 'gone' }
    if (left.has(uid)) {
      return { token, outcome: 'refused', words: words.get(uid) ?? 'the server left it where it was, without a word' }
    }
    const at = found.get(uid)
    return at === undefined ? { token, outcome: 'gone' } : { token, outcome: 'done', locator: locatorOf(at) }
  })
}

/** Looks for messages among those that came into the other folder since. @returns from the UID here to that there */
async function findMoved(
  client: ImapFlow,
  lent: Lent,
  { mark, target, told }: Moving,
): Promise<ReadonlyMap<number, number>> {
  const found = new Map(told)
  const look = await lookAt(client, target)
  if (look.uidValidity !== mark.target.uidValidity) return found
  const taken = new Set(told.values())
  const come = await proofsOf(client, lent, await uidsFrom(client, lent, mark.target.uidNext))
  for (const { uid, proof } of mark.moves) {
    if (proof === null || found.has(uid)) continue
    for (const [at, other] of come) {
      if (other !== proof || taken.has(at)) continue
      found.set(uid, at)
      taken.add(at)
      break
    }
  }
  return found
}

/** Finds out what became of moves; of a message that lies in both folders the old copy is taken away, as was agreed to. */
export async function settleMoves(client: ImapFlow, lent: Lent, moving: Moving): Promise<readonly Outcome[]> {
  const { place, mark, target } = moving
  await untilStill(client, place, NOTHING_SENT)
  await untilStill(client, { ...place, path: target }, NOTHING_SENT)
  const found = await findMoved(client, lent, moving)
  await openSame(client, place, mark.uidValidity, { forWriting: true })
  const there = mark.moves.filter(({ proof }) => proof !== null).map(({ uid }) => uid)
  const left = await flagsOf(client, lent, there)
  await expunge(
    client,
    there.filter((uid) => left.has(uid) && found.has(uid)),
  )
  return mark.moves.map(({ token, uid, proof }) => {
    const at = found.get(uid)
    if (proof === null) return { token, outcome: 'gone' }
    if (at !== undefined) return { token, outcome: 'done', locator: locatorOf(at) }
    return { token, outcome: left.has(uid) ? 'not-done' : 'gone' }
  })
}
