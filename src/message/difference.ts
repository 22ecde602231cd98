import { bodyDigest, contentDigest, readMessage } from './content.js'
import { describeContent, describeTrace } from './difference-details.js'
import { explainDifference, type ModifiedReason, readSide, type Side } from './explanation.js'
import { wireDigest } from './wire.js'

/** How far a copy of a mail is the same as the one that is kept (docs/identity-and-duplicates.md). */
export interface Difference {
  readonly class: 'identical' | 'same-content' | 'modified' | 'different'
  /** With class `modified` alone. */
  readonly reason: ModifiedReason | null
  /** The copy that breaks off, or that lacks what was taken out of it, where the other does not. */
  readonly truncated: 'kept' | 'other' | null
  /** The copy that the other holds in full, and more: with the reasons `truncated` and `attachment-missing` alone. */
  readonly lacking: 'kept' | 'other' | null
  /** Sentences on what differs, for a person. They hold text of the mail as it is: control characters too. */
  readonly details: readonly string[]
}

/**
 * Compares two messages, each exactly the octets of one. Class and reason are the same whichever of them is kept.
 */
export function compareMessages(kept: Buffer, other: Buffer): Difference {
  if (wireDigest(kept) === wireDigest(other)) {
    return {
      class: 'identical',
      reason: null,
      truncated: null,
      lacking: null,
      details: ['Both are the same mail, octet for octet as it travelled.'],
    }
  }
  const a = readMessage(kept)
  const b = readMessage(other)
  if (contentDigest(a.envelope, bodyDigest(a.leaves)) === contentDigest(b.envelope, bodyDigest(b.leaves))) {
    const truncated = a.isWhole === b.isWhole ? null : a.isWhole ? 'other' : 'kept'
    return { class: 'same-content', reason: null, truncated, lacking: null, details: describeTrace(kept, other) }
  }
  const keptSide = readSide(a)
  const otherSide = readSide(b)
  const explanation = explainDifference(keptSide, otherSide)
  const nameOf = (side: Side | null | undefined) => (side === keptSide ? 'kept' : side === otherSide ? 'other' : null)
  return {
    class: explanation ? 'modified' : 'different',
    reason: explanation?.reason ?? null,
    truncated: nameOf(explanation?.truncated),
    lacking: nameOf(explanation?.lacking),
    details: describeContent(keptSide, otherSide),
  }
}
