import type { FarSight } from './split-message.js'

/** As much of what stands before the first message is looked at. */
const LOOKED_AT = 1 << 16
/** Fields that hardly any text but a message's header has at the start of a line. */
const HEADER_FIELD = /^(?:Message-ID|Received|Return-Path|Delivered-To|Date|From|Subject|MIME-Version):/gim

/**
 * Whether what stands before the first message is one that lost its separator line: two header fields in it are enough. Then
 * the file does not say all that it held.
 */
export function looksLikeLostMessage(far: FarSight, prefix: number): boolean {
  const start = far.peek(0, Math.min(LOOKED_AT, prefix)).toString('latin1')
  return (start.match(HEADER_FIELD) ?? []).length > 1
}
