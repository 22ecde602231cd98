import type { IndexedCopy } from '../index/copy-index.js'
import { identityOf } from '../index/identity.js'
import type { StoreIndex } from '../index/store-index.js'
import { compareMessages, type Difference } from '../message/difference.js'
import type { DuplicateClass, ModifiedReason } from './findings.js'

/** Two copies side by side: the first stands for the kept one. */
export interface ExplainedPair {
  readonly isSameObject: boolean
  readonly isSameIdentity: boolean
  readonly class: DuplicateClass
  readonly reason: ModifiedReason | null
  readonly areDuplicates: boolean
  /** One sentence: why they are, or are not, duplicates. */
  readonly why: string
  /** What differs, a sentence each. */
  readonly details: readonly string[]
}

export async function explainPair(
  indexes: readonly StoreIndex[],
  kept: IndexedCopy,
  other: IndexedCopy,
): Promise<ExplainedPair> {
  const difference = await compare(indexes, kept, other)
  const isSameObject = (kept.store === other.store && kept.row === other.row) || isOneObject(kept, other)
  const isSameIdentity = isSameObject || isOneIdentity(kept, other)
  const likeness = difference?.class ?? 'unverified'
  const areDuplicates = !isSameObject && (isSameIdentity || isSure(likeness)) && likeness !== 'different'
  return {
    isSameObject,
    isSameIdentity,
    class: likeness,
    reason: difference?.reason ?? null,
    areDuplicates,
    why: explain(isSameObject, isSameIdentity, likeness),
    details: difference?.details ?? [],
  }
}

async function compare(
  indexes: readonly StoreIndex[],
  kept: IndexedCopy,
  other: IndexedCopy,
): Promise<Difference | null> {
  const read = async (copy: IndexedCopy) =>
    (await indexes.find(({ store }) => store === copy.store)?.read(copy)) ?? null
  const [left, right] = [await read(kept), await read(other)]
  return left === null || right === null ? null : compareMessages(left, right)
}

const isOneObject = (a: IndexedCopy, b: IndexedCopy): boolean => a.object !== '' && a.object === b.object

function isOneIdentity(a: IndexedCopy, b: IndexedCopy): boolean {
  const identity = identityOf(a)
  return identity !== null && identity === identityOf(b)
}

const isSure = (likeness: DuplicateClass): boolean => likeness === 'identical' || likeness === 'same-content'

function explain(isSameObject: boolean, isSameIdentity: boolean, likeness: DuplicateClass): string {
  if (isSameObject) return 'No duplicates: both are names of one stored message.'
  if (!isSameIdentity)
    return isSure(likeness)
      ? 'The same mail under different Message-IDs: duplicates with --by content alone.'
      : 'No duplicates: they have different identities, and a person reads different mails.'
  return SAME_IDENTITY[likeness]
}

const SAME_IDENTITY: Readonly<Record<DuplicateClass, string>> = {
  identical: 'Duplicates: the same identity and, as they travelled, the same octets.',
  'same-content':
    'Duplicates: the same identity, and a person reads the same mail; only trace fields or encoding differ.',
  modified: 'Duplicates of one mail that was altered: the same identity, and the difference is explained.',
  different: 'No duplicates: they share the identity alone, and a person reads different mails.',
  unverified: 'Perhaps duplicates: the same identity, but one of them could not be read.',
}
