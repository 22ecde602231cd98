import { describeAlteration } from '../apply/alteration.js'
import type { IndexedCopy } from '../index/copy-index.js'
import type { StoreIndex } from '../index/store-index.js'
import { type DkimSummary, summariseBodyHashes } from '../message/dkim-summary.js'
import { wireDigest } from '../message/wire.js'

/** A message of a source, and the one of the target that is to be it. */
export interface Claimed {
  readonly copy: IndexedCopy
  readonly there: IndexedCopy
}

/** What reading both told. */
export type Reading =
  | { readonly found: 'same'; readonly dkim: DkimPair | null }
  | { readonly found: 'altered'; readonly altered: string; readonly dkim: DkimPair | null }
  | { readonly found: 'unreadable' }

type DkimPair = readonly [before: DkimSummary, after: DkimSummary | null]

/** Messages that are read together, so that each store is read in its own order: how many, and octets of them. */
const AT_ONCE = 500
const OCTETS_AT_ONCE = 16_000_000

/**
 * Lays messages of a source beside those of the target that are to be them. Files are read again, whatever is known of them; of
 * an account what was never read in full, since a message there cannot be another under its UID.
 */
export async function* readClaims<T extends Claimed>(
  claims: Iterable<T>,
  source: StoreIndex,
  target: StoreIndex,
): AsyncGenerator<readonly [claim: T, reading: Reading]> {
  let batch: T[] = []
  let octets = 0
  for (const claim of claims) {
    batch.push(claim)
    octets += claim.copy.size + claim.there.size
    if (batch.length < AT_ONCE && octets < OCTETS_AT_ONCE) continue
    yield* readBatch(batch, source, target)
    batch = []
    octets = 0
  }
  yield* readBatch(batch, source, target)
}

async function* readBatch<T extends Claimed>(batch: readonly T[], source: StoreIndex, target: StoreIndex) {
  const given = await readSide(source, batch, ({ copy }) => copy)
  const kept = await readSide(target, batch, ({ there }) => there)
  for (const claim of batch) {
    const read = { before: given.get(claim.copy.row) ?? null, after: kept.get(claim.there.row) ?? null }
    yield [claim, await judge(claim, read, source, target)] as const
  }
}

/** The octets of messages in files, by row; those of an account are read for their digests alone. */
async function readSide(
  index: StoreIndex,
  batch: readonly Claimed[],
  sideOf: (claim: Claimed) => IndexedCopy,
): Promise<ReadonlyMap<number, Buffer>> {
  const read = new Map<number, Buffer>()
  const copies = batch.map(sideOf)
  if (index.type === 'imap') await index.needWires(copies)
  else for await (const [copy, octets] of index.readEach(copies)) read.set(copy.row, octets)
  return read
}

async function judge(
  { copy, there }: Claimed,
  { before, after }: Readonly<Record<'before' | 'after', Buffer | null>>,
  source: StoreIndex,
  target: StoreIndex,
): Promise<Reading> {
  const given = before === null ? (copy.wire ?? source.wire(copy)) : wireDigest(before)
  const known = target.type === 'imap' ? (there.wire ?? target.wire(there)) : null
  const kept = after === null ? known : wireDigest(after)
  if (given === null || kept === null) return { found: 'unreadable' }
  if (given === kept) return { found: 'same', dkim: dkimOf(before, after) }
  const [one, other] = [before ?? (await source.read(copy)), after ?? (await target.read(there))]
  if (one === null || other === null) return { found: 'unreadable' }
  return { found: 'altered', altered: describeAlteration(one, other), dkim: dkimOf(one, other) }
}

/** null: there is no signature, or not both were read. */
function dkimOf(before: Buffer | null, after: Buffer | null): DkimPair | null {
  const given = before === null || after === null ? null : summariseBodyHashes(before)
  return given === null || after === null ? null : [given, summariseBodyHashes(after)]
}
