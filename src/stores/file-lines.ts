import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { codeOf } from './file-reader.js'
import { openablePath } from './octet-name.js'

const BLOCK = 1 << 16
/** No line of a file that programs keep for themselves is longer; what is beyond is left out. */
const LONGEST = 1 << 14

export interface FileLine {
  /** Octets, without the line ending. */
  readonly text: string
  /** From 1. */
  readonly number: number
  /** False for what stands behind the last line ending. */
  readonly isEnded: boolean
}

/**
 * The lines of a file, one after the other, in bounded memory. A pipe or a device in its place has none.
 *
 * @param path - octets
 * @throws a system error
 */
export function* linesOf(path: string): Generator<FileLine> {
  const fd = openQuietly(path)
  try {
    if (!fstatSync(fd).isFile()) return
    const block = Buffer.allocUnsafe(BLOCK)
    let [rest, number] = ['', 0]
    for (let size = readSync(fd, block, 0, BLOCK, null); size > 0; size = readSync(fd, block, 0, BLOCK, null)) {
      const lines = (rest + block.toString('latin1', 0, size)).split('\n')
      rest = (lines.pop() ?? '').slice(0, LONGEST)
      for (const line of lines) yield { text: withoutCr(line.slice(0, LONGEST)), number: ++number, isEnded: true }
    }
    if (rest !== '') yield { text: withoutCr(rest), number: number + 1, isEnded: false }
  } finally {
    closeSync(fd)
  }
}

const withoutCr = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line)

function openQuietly(path: string): number {
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)
  try {
    return openSync(openablePath(path), flags | (constants.O_NOATIME ?? 0))
  } catch (error) {
    if (codeOf(error) !== 'EPERM') throw error
    return openSync(openablePath(path), flags)
  }
}

/** No list that is read at once has more lines; what is beyond is left out. */
const MOST = 50_000

/** The lines of a file that may be lacking; null: it is, or it cannot be read. */
export function linesIfAny(path: string): readonly FileLine[] | null {
  const lines: FileLine[] = []
  try {
    for (const line of linesOf(path)) if (lines.push(line) === MOST) break
    return lines
  } catch (error) {
    codeOf(error)
    return null
  }
}
