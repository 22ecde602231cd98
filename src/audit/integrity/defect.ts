import type { Severity } from './rule.js'

/** One place where a store or a message is not as it should be. */
export interface Defect {
  readonly rule: string
  /** As it is graded in this run. */
  readonly severity: Severity
  readonly store: string
  /** null: the store as a whole. */
  readonly folder: string | null
  readonly locator: string | null
  /** The Message-ID; null where there is none, or no message. */
  readonly id: string | null
  /** Octets from the beginning of the message, of the file where the store found it; null where no one place can be named. */
  readonly offset: number | null
  readonly detail: string
}

/** How often a rule found something. */
export interface RuleCount {
  readonly rule: string
  readonly severity: Severity
  readonly count: number
  /** One of them. */
  readonly example: Defect
}

/** DKIM and ARC signatures, by what their body hash proves. */
export interface SignatureCounts {
  readonly signed: number
  readonly intact: number
  readonly altered: number
  readonly unverifiable: number
}

export interface CheckSummary {
  readonly messages: number
  readonly defects: number
  readonly errors: number
  readonly warnings: number
  readonly notes: number
  /** Rules that found something: the gravest first, of those the most frequent. */
  readonly byRule: readonly RuleCount[]
  /** null: no message was read, since no rule about messages was asked for. */
  readonly dkim: SignatureCounts | null
}
