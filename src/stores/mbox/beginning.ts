import { examine, separates } from './candidate.js'
import { compressionOf } from './compression.js'
import { ReadableFile } from './file.js'
import { parseFromLine } from './separator.js'

/** So many octets are enough to recognise a file by. */
export const SIGNATURE_LENGTH = 1 << 16

/**
 * Whether a file is an mbox that is not compressed and begins with a message, as nearly all do. Of any other `formOf` tells
 * what it is.
 *
 * @param path - octets of the path as a Latin-1 string
 * @throws a system error
 */
export function isPlainMbox(path: string): boolean {
  using file = new ReadableFile(path)
  const room = Buffer.alloc(SIGNATURE_LENGTH)
  const octets = room.subarray(0, file.read(room, 0))
  return compressionOf(octets, path) === null && beginsAsMbox(octets)
}

/** Whether a From_ line stands first, after a byte order mark, empty lines or NULs at most. */
export function beginsAsMbox(octets: Buffer): boolean {
  let at = octets.toString('latin1', 0, 3) === '\xef\xbb\xbf' ? 3 : 0
  while (octets[at] === 0 || octets[at] === 10 || octets[at] === 13) at++
  if (octets.toString('latin1', at, at + 5) !== 'From ') return false
  const lineEnding = octets.indexOf(10) < 0 ? 13 : 10
  const place = examine({ octets, at, base: 0, lineEnding, textStart: at })
  const dialect = { lineEnding, firstIsDated: place.isDated, firstIsPatch: place.isPatch } as const
  return separates(place, dialect) && (place.isBeforeHeader || parseFromLine(place.line).date !== null)
}
