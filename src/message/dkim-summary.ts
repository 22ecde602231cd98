import { verifyBodyHashes } from './dkim.js'

/** What the signatures of a message say of its body, all together: the gravest of them. */
export type DkimSummary = 'intact' | 'altered' | 'unverifiable'

/** @returns null where the message has no signature */
export function summariseBodyHashes(message: Buffer): DkimSummary | null {
  const verdicts = new Set(verifyBodyHashes(message).map(({ verdict }) => verdict))
  if (verdicts.size === 0) return null
  if (verdicts.has('altered')) return 'altered'
  return verdicts.has('intact') ? 'intact' : 'unverifiable'
}
