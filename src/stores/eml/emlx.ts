import { type EpochSeconds, epochSeconds } from '../../message/message.js'
import { sortedFlags } from '../flag-text.js'
import type { ExtractedMessage } from '../readers.js'

/** Bits of `flags` in an .emlx file's property list, as Apple Mail sets them. */
const BITS: readonly (readonly [bit: number, flag: string])[] = [
  [0, '\\Seen'],
  [1, '\\Deleted'],
  [2, '\\Answered'],
  [4, '\\Flagged'],
  [6, '\\Draft'],
  [8, '$Forwarded'],
  [24, '$Junk'],
  [25, '$NotJunk'],
]

/**
 * Takes the message out of Apple Mail's .emlx: a line with its octets counted, the message, a property list. A file
 * without such a line is taken as the message itself.
 */
export function readEmlx(file: Buffer): ExtractedMessage {
  const [line, count] = /^\s*(\d{1,10})[ \t]*\r?\n/.exec(file.toString('latin1', 0, 32)) ?? []
  if (line === undefined) return { message: file, flags: null, received: null }
  const end = Math.min(line.length + Number(count), file.length)
  const list = file.toString('latin1', end)
  return {
    message: file.subarray(line.length, end),
    flags: flagsOf(integerOf(list, 'flags')),
    received: secondsOf(integerOf(list, 'date-received')),
  }
}

function integerOf(list: string, key: string): bigint | null {
  const digits = new RegExp(`<key>${key}</key>\\s*<(?:integer|real)>(\\d{1,20})`).exec(list)?.[1]
  return digits === undefined ? null : BigInt(digits)
}

function flagsOf(bits: bigint | null): readonly string[] | null {
  if (bits === null) return null
  return sortedFlags(BITS.filter(([bit]) => (bits >> BigInt(bit)) & 1n).map(([, flag]) => flag))
}

function secondsOf(seconds: bigint | null): EpochSeconds | null {
  return seconds === null || seconds === 0n || seconds > 0xffff_ffffn ? null : epochSeconds(Number(seconds))
}
