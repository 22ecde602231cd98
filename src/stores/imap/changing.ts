import type { ImapFlow } from 'imapflow'
import type { Change, Outcome } from '../writable.js'
import { atom, execute, sequence } from './command.js'
import { locatorOf, readFlags, uidOf } from './copy.js'
import { fetchOnce } from './fetch.js'
import { flagItems } from './items.js'
import { openSame, type WrittenPlace } from './look.js'
import type { ChangeMark, MarkedChange } from './mark.js'
import { refusalOf } from './refusal.js'
import type { Lent } from './session.js'
import { packSet } from './uid-set.js'

const DELETED = '\\Deleted'

/** The flags of some messages of the open folder; those that are gone are not in it. */
export async function flagsOf(
  client: ImapFlow,
  lent: Lent,
  uids: Iterable<number>,
): Promise<ReadonlyMap<number, readonly string[]>> {
  const met = new Map<number, readonly string[]>()
  await eachSet(uids, async (set) => {
    const asked = { items: flagItems, isWhole: () => true, room: () => undefined, isStopped: false }
    const take = ({ uid, flags }: { readonly uid: number; readonly flags: readonly string[] | null }): boolean => {
      if (flags !== null) met.set(uid, readFlags(flags))
      return flags !== null
    }
    await fetchOnce(client, lent, set, { ...asked, take }, () => true)
  })
  return met
}

/** Does something with UIDs, as many at once as one command takes. */
export async function eachSet(uids: Iterable<number>, act: (set: string) => Promise<void>): Promise<void> {
  for (let left = Uint32Array.from(uids).sort(); left.length > 0; ) {
    const { text, count } = packSet(left)
    await act(text)
    left = left.subarray(count)
  }
}

/** Looks at what is to change, in the open folder. */
export function markChanges(
  client: ImapFlow,
  lent: Lent,
  changes: readonly Change[],
): Promise<readonly MarkedChange[]> {
  const wanted = changes.map(({ token, locator, flags }) => ({ token, uid: uidOf(locator) ?? 0, flags }))
  return lookAtChanges(client, lent, wanted)
}

async function lookAtChanges(
  client: ImapFlow,
  lent: Lent,
  changes: readonly Omit<MarkedChange, 'wasDeleted'>[],
): Promise<readonly MarkedChange[]> {
  const uids = changes.map(({ uid }) => uid)
  const met = await flagsOf(
    client,
    lent,
    uids.filter((uid) => uid > 0),
  )
  return changes.map((change) => ({ ...change, wasDeleted: met.get(change.uid)?.includes(DELETED) ?? null }))
}

/** Changes of some messages, as they stand between the tries of them. */
export interface Changing {
  readonly place: WrittenPlace
  readonly mark: ChangeMark
  /** Whether the folder keeps a flag. */
  readonly keeps: (flag: string) => boolean
  /** The changes as they were found when they were begun: what is gone later is our own doing, or all the same. */
  begun: readonly MarkedChange[] | null
}

/**
 * Changes flags and deletes messages, in sets; what a former try did already is done again without harm. The last look says how
 * it ended.
 */
export async function carryOutChanges(client: ImapFlow, lent: Lent, changing: Changing): Promise<readonly Outcome[]> {
  const { place, mark, keeps } = changing
  await openSame(client, place, mark.uidValidity, { forWriting: true })
  changing.begun ??= await lookAtChanges(client, lent, mark.changes)
  const { begun } = changing
  const there = begun.filter(({ wasDeleted }) => wasDeleted !== null)
  const words = new Map<number, string>()
  const refused =
    (uids: readonly number[]) =>
    async (error: unknown): Promise<void> => {
      const refusal = await refusalOf(client, place, error, true)
      if (refusal === null) throw error
      for (const uid of uids) words.set(uid, refusal.text)
    }
  for (const { item, flags, uids } of storesOf(there, keeps)) {
    await eachSet(uids, async (set) => {
      await execute(client, 'UID STORE', [sequence(set), atom(item), flags.map(atom)]).catch(refused(uids))
    })
  }
  const deleted = there.filter(({ flags }) => flags === null).map(({ uid }) => uid)
  const mayExpunge = client.capabilities.has('UIDPLUS')
  if (mayExpunge) {
    await eachSet(deleted, async (set) => {
      await execute(client, 'UID EXPUNGE', [sequence(set)]).catch(refused(deleted))
    })
  }
  const left = await flagsOf(
    client,
    lent,
    there.map(({ uid }) => uid),
  )
  if (mayExpunge) await unmark(client, there, left)
  return begun.map((change) =>
    outcomeOf(change, left.get(change.uid), words.get(change.uid) ?? null, { keeps, mayExpunge }),
  )
}

interface Circumstances {
  readonly keeps: (flag: string) => boolean
  readonly mayExpunge: boolean
}

/** @param now - its flags; undefined: it is no longer there */
function outcomeOf(
  { token, uid, wasDeleted, flags }: MarkedChange,
  now: readonly string[] | undefined,
  words: string | null,
  { keeps, mayExpunge }: Circumstances,
): Outcome {
  if (wasDeleted === null) return { token, outcome: 'gone' }
  if (flags === null) {
    if (now === undefined) return { token, outcome: 'done', locator: null }
    if (!mayExpunge && now.includes(DELETED)) return { token, outcome: 'not-expunged' }
    return { token, outcome: 'refused', words: words ?? 'the server left it there, without a word' }
  }
  if (now === undefined) return { token, outcome: 'gone' }
  if (isChanged(flags, now, keeps)) return { token, outcome: 'done', locator: locatorOf(uid) }
  return { token, outcome: 'refused', words: words ?? 'the server did not change its flags, without a word' }
}

function isChanged(
  { add, remove }: NonNullable<MarkedChange['flags']>,
  now: readonly string[],
  keeps: (flag: string) => boolean,
): boolean {
  const has = new Set(now.map((flag) => flag.toLowerCase()))
  const isOn = (flag: string): boolean => has.has(flag.toLowerCase())
  return add.filter(keeps).every(isOn) && !remove.filter(keeps).some(isOn)
}

interface StoreCommand {
  readonly item: '+FLAGS.SILENT' | '-FLAGS.SILENT'
  readonly flags: readonly string[]
  readonly uids: number[]
}

/** One command for all messages that get the same flags. */
function storesOf(changes: readonly MarkedChange[], keeps: (flag: string) => boolean): readonly StoreCommand[] {
  const commands = new Map<string, StoreCommand>()
  const note = (item: StoreCommand['item'], flags: readonly string[], uid: number): void => {
    if (flags.length === 0) return
    const key = `${item} ${flags.join(' ')}`
    const known = commands.get(key)
    if (known === undefined) commands.set(key, { item, flags, uids: [uid] })
    else known.uids.push(uid)
  }
  for (const { uid, flags } of changes) {
    if (flags === null) note('+FLAGS.SILENT', [DELETED], uid)
    else {
      note('+FLAGS.SILENT', flags.add.filter(keeps), uid)
      note('-FLAGS.SILENT', flags.remove.filter(keeps), uid)
    }
  }
  return [...commands.values()]
}

/** Takes our mark from messages that were to be deleted and are still there: another client's EXPUNGE would take them. */
async function unmark(
  client: ImapFlow,
  changes: readonly MarkedChange[],
  now: ReadonlyMap<number, readonly string[]>,
): Promise<void> {
  const isOurs = ({ uid, flags, wasDeleted }: MarkedChange): boolean =>
    flags === null && wasDeleted === false && now.get(uid)?.includes(DELETED) === true
  const uids = changes.filter(isOurs).map(({ uid }) => uid)
  await eachSet(uids, async (set) => {
    await execute(client, 'UID STORE', [sequence(set), atom('-FLAGS.SILENT'), [atom(DELETED)]])
  })
}

/** Finds out what became of changes; a deletion that was only marked is taken back, where the server would have expunged it. */
export async function settleChanges(
  client: ImapFlow,
  lent: Lent,
  place: WrittenPlace,
  mark: ChangeMark,
  keeps: (flag: string) => boolean,
): Promise<readonly Outcome[]> {
  await openSame(client, place, mark.uidValidity, { forWriting: true })
  const there = mark.changes.filter(({ wasDeleted }) => wasDeleted !== null)
  const now = await flagsOf(
    client,
    lent,
    there.map(({ uid }) => uid),
  )
  const mayExpunge = client.capabilities.has('UIDPLUS')
  if (mayExpunge) await unmark(client, there, now)
  return mark.changes.map((change) => {
    const outcome = outcomeOf(change, now.get(change.uid), null, { keeps, mayExpunge })
    return outcome.outcome === 'refused' ? { token: change.token, outcome: 'not-done' } : outcome
  })
}
