declare const brand: unique symbol

/** A `msg-id` with its angle brackets, white space removed, octets as Latin-1 (RFC 5322 §3.6.4; docs/deviations.md). */
export type MessageId = string & { readonly [brand]: 'MessageId' }
/** Octets as stored. */
export type Octets = number & { readonly [brand]: 'Octets' }
/** SHA-256 of a view of a message: 64 lower-case hexadecimal digits. */
export type Digest = string & { readonly [brand]: 'Digest' }
/** Seconds since 1970-01-01T00:00:00Z; may be negative. */
export type EpochSeconds = number & { readonly [brand]: 'EpochSeconds' }

export const messageId = (text: string): MessageId => text as MessageId
export const octets = (count: number): Octets => count as Octets
export const digest = (hex: string): Digest => hex as Digest
export const epochSeconds = (seconds: number): EpochSeconds => seconds as EpochSeconds

/**
 * Version of what `wire`, `content` and `body` digest and of how header facts are read.
 * An index made with another version is rebuilt: raise it with any change that can alter one of them.
 */
export const CANONICALISER_VERSION = 2

/** What a message says of itself; made in one pass over its octets while a store is scanned. */
export interface MessageFacts {
  /** null: no `Message-ID` field, or an empty one. */
  readonly id: MessageId | null
  /** The Date field; null when missing or not a date. */
  readonly date: EpochSeconds | null
  /** The From field (or Sender), decoded and unfolded; empty when missing. */
  readonly from: string
  /** The Subject field, decoded and unfolded; empty when missing. */
  readonly subject: string
  /** How many trace fields (Received, Return-Path, Delivered-To …) it carries: more of them tell more of its way. */
  readonly traceFields: number
  /** null where the body was not read. */
  readonly wire: Digest | null
  /** The message's own octets, without what the store's format puts around it. */
  readonly size: Octets
  /** Flags that the message's own header states for it: Status, X-Status, X-Keywords, X-Mozilla-Status, X-Mozilla-Keys. */
  readonly headerFlags: readonly string[]
}
