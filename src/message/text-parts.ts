import { isAscii, isUtf8 } from 'node:buffer'
import type { LeafPart, PartTree } from './part-tree.js'
import { decodeTransfer } from './transfer-encoding.js'

/** A part of text, and what its octets are whatever it says of them. */
export interface TextPart {
  readonly part: LeafPart
  /** As it lies in the message. */
  readonly encoded: Buffer
  /** Of its decoded octets: in seven bits, valid UTF-8 beyond that, or neither. */
  readonly holds: 'ascii' | 'utf-8' | 'other'
}

/** Quoted-printable of an octet over 127. */
const HIGH_ESCAPE = /=[89A-Fa-f][0-9A-Fa-f]/

/** The parts of text in their order; decoded only where that can tell. */
export function readTextParts(octets: Buffer, tree: PartTree): TextPart[] {
  return tree.leaves
    .filter(({ kind }) => kind.type.startsWith('text/'))
    .map((part) => {
      const encoded = octets.subarray(part.bodyStart, part.bodyEnd)
      return { part, encoded, holds: heldBy(part, encoded) }
    })
}

function heldBy({ kind }: LeafPart, encoded: Buffer): TextPart['holds'] {
  const isPlain = kind.encoding === 'none' || kind.encoding === 'quoted-printable'
  if (isPlain && isAscii(encoded) && !(kind.encoding !== 'none' && HIGH_ESCAPE.test(encoded.toString('latin1')))) {
    return 'ascii'
  }
  const { octets } = decodeTransfer(encoded, kind.encoding)
  if (isAscii(octets)) return 'ascii'
  return isUtf8(octets) ? 'utf-8' : 'other'
}
