import { closeSync, openSync, readSync } from 'node:fs'

/** One line of a file. */
export interface FileLine {
  readonly text: string
  /** Octets before it. */
  readonly offset: number
  /** Whether it ends in a line feed: the last one may not, where the writer was killed. */
  readonly isWhole: boolean
}

const PIECE = 1 << 16
const LF = 10

/** Reads a file line by line, a piece at a time. @param from - the offset at which a line begins */
export function* linesFrom(path: string, from = 0): Generator<FileLine> {
  const handle = openSync(path, 'r')
  try {
    let rest: Buffer = Buffer.alloc(0)
    let offset = from
    for (let at = from; ; ) {
      const piece = Buffer.allocUnsafe(PIECE)
      const count = readSync(handle, piece, 0, PIECE, at)
      if (count === 0) break
      at += count
      const text = Buffer.concat([rest, piece.subarray(0, count)])
      let start = 0
      for (let end = text.indexOf(LF); end >= 0; end = text.indexOf(LF, start)) {
        yield { text: text.toString('utf8', start, end), offset: offset + start, isWhole: true }
        start = end + 1
      }
      offset += start
      rest = text.subarray(start)
    }
    if (rest.length > 0) yield { text: rest.toString('utf8'), offset, isWhole: false }
  } finally {
    closeSync(handle)
  }
}
