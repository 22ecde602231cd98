import type { CopyFact } from '../apply/copy-facts.js'
import type { Difference } from '../audit/compare/comparison.js'
import type { Problem } from '../errors.js'
import type { IndexedCopy } from '../index/copy-index.js'
import type { ProofRow, Verdict } from '../report/proof-report.js'
import type { Reading } from './proof-reading.js'

/** What became of one message of a source. */
export interface NotedEnd {
  readonly verdict: Verdict
  readonly detail: string
  /** Where it lies in the target. */
  readonly at: { readonly folder: string; readonly locator: string | null } | null
  readonly dkim?: CopyFact['dkim']
}

/** Where the target has a message, as its index tells: not proven before it was read. */
export interface NotedClaim {
  readonly folder: string
  readonly locator: string
  readonly detail: string
  /** Known to be another version of the mail: how it differs; null: it is to be the same. */
  readonly other: string | null
}

/** A message that the target had before. */
export function claimOf({ folder, locator }: IndexedCopy, { kind, reason }: Difference): NotedClaim {
  const other = kind === 'changed' && reason !== 'server' && reason !== 'unverified' ? (reason ?? 'changed') : null
  const where = kind === 'moved' ? ', in another folder' : ''
  return { folder, locator, detail: `there before this run${where}`, other }
}

/** What reading made of a claim. */
export function saidOfReading({ folder, locator, detail, other }: NotedClaim, reading: Reading): NotedEnd {
  const at = { folder, locator }
  const sentence = (text: string): string => (detail === '' ? text : `${detail}; ${text}`)
  if (reading.found === 'unreadable') return { verdict: 'failed', detail: sentence('it could not be read back'), at }
  const { dkim } = reading
  if (reading.found === 'same') return { verdict: 'verified', detail, at, dkim }
  if (other === null) return { verdict: 'altered-by-server', detail: sentence(reading.altered), at, dkim }
  return { verdict: 'there-before', detail: sentence(`another version (${other}): ${reading.altered}`), at, dkim }
}

/** A message that was to be copied. */
export function saidOfFact(fact: CopyFact): NotedEnd {
  const { step, state, isVerified, altered, redated, message, code, keptAs, dkim } = fact
  const at = { folder: step.to.folder, locator: fact.at }
  const detail = [altered, redated].filter((each) => each !== null).join('; ')
  if (state === 'done' && isVerified) return { verdict: 'verified', detail, at, dkim }
  if (state === 'done' && altered !== null) return { verdict: 'altered-by-server', detail, at, dkim }
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

/** A message of a source that could not be read, so that nothing more is known of it. */
export function unreadRow({ store, folder, locator, message }: Problem): ProofRow {
  return { ...NOTHING_KNOWN, store, folder: folder ?? '', locator: locator ?? '', verdict: 'failed', detail: message }
}

const NOTHING_KNOWN = {
  toStore: null,
  toFolder: null,
  toLocator: null,
  id: null,
  digest: null,
  size: 0,
  date: null,
  received: null,
  dkimBefore: null,
  dkimAfter: null,
} as const
