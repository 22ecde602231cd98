import type { StoreIndex } from '../index/store-index.js'
import type { DupesSummary, DuplicateGroup, Findings } from './findings.js'
import type { KeepRule } from './keep-rules.js'

export const DUPLICATE_SCOPES = ['folder', 'store', 'all'] as const
export type DuplicateScope = (typeof DUPLICATE_SCOPES)[number]
export const IDENTITY_RULES = ['id', 'content'] as const
export type IdentityRule = (typeof IDENTITY_RULES)[number]

export interface DupesOptions {
  readonly by: IdentityRule
  readonly scope: DuplicateScope
  /** Empty: the default order of rules. */
  readonly keep: readonly KeepRule[]
}

export interface DuplicateFindings extends Findings<DupesSummary, DuplicateGroup> {
  /** The groups that matter most: the surest first, and of equal ones those that take most room. */
  top(count: number): readonly DuplicateGroup[]
}

/** Groups the copies of the stores by identity and judges each group. */
export async function findDuplicates(
  _indexes: readonly StoreIndex[],
  _options: DupesOptions,
): Promise<DuplicateFindings> {
  throw new Error('not yet')
}
