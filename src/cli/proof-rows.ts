import type { CopyFact } from '../apply/copy-facts.js'
import type { Difference } from '../audit/compare/comparison.js'
import type { IndexedCopy } from '../index/copy-index.js'
import type { ProofRow, Verdict } from '../report/proof-report.js'

/** What became of one message of a source. */
export interface NotedEnd {
  readonly verdict: Verdict
  readonly detail: string
  /** Where it lies in the target. */
  readonly at: { readonly folder: string; readonly locator: string | null } | null
  readonly dkim?: CopyFact['dkim']
}

/** A message that the target had before. */
export function saidOfThere(
  { folder, locator }: IndexedCopy,
  kind: Difference['kind'],
  reason: Difference['reason'],
  evidence: Difference['evidence'],
): NotedEnd {
  const proven = evidence === 'digests' ? 'the digest is the same' : 'ID, Date, From and Subject are the same'
  const changed = `there, and changed (${reason ?? ''})`
  const detail = kind === 'changed' ? changed : kind === 'moved' ? `in another folder; ${proven}` : proven
  return { verdict: 'there-before', detail, at: { folder, locator } }
}

/** A message that was to be copied. */
export function saidOfFact(fact: CopyFact): NotedEnd {
  const { step, state, isVerified, altered, message, code, keptAs, dkim } = fact
  const at = { folder: step.to.folder, locator: fact.at }
  if (state === 'done' && isVerified) return { verdict: 'verified', detail: '', at, dkim }
  if (state === 'done' && altered !== null) return { verdict: 'altered-by-server', detail: altered, at, dkim }
  if (state === 'done') return { verdict: 'failed', detail: 'stored, and could not be read back', at }
  const why = message ?? 'not come to'
  if (code === 'REFUSED')
    return { verdict: 'refused', detail: keptAs === null ? why : `${why} (kept as ${keptAs})`, at: null }
  return { verdict: 'failed', detail: why, at: null }
}

/** @param end - null: the plan has no step for it, nor does the target have it */
export function proofRow(copy: IndexedCopy, end: NotedEnd | null, target: string): ProofRow {
  const { store, folder, locator, id, wire, size, date, received } = copy
  const said = end ?? { verdict: 'left-out', detail: 'no step of the plan is about it; its notes say why', at: null }
  const { verdict, detail, at, dkim = null } = said
  return {
    store,
    folder,
    locator,
    toStore: at === null ? null : target,
    toFolder: at?.folder ?? null,
    toLocator: at?.locator ?? null,
    id,
    digest: wire,
    size,
    date,
    received,
    verdict,
    detail,
    dkimBefore: dkim?.[0] ?? null,
    dkimAfter: dkim?.[1] ?? null,
  }
}
