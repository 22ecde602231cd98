import { excerpt } from '../../message/excerpt.js'
import { counted, type MboxNotes } from './examine-notes.js'
import type { FarSight } from './split-message.js'
import type { MboxSplitter } from './splitter.js'

const BLOCK = 1 << 20
const MARK = '\xef\xbb\xbf'

/**
 * Tells of what stands before the first message of a file, or in a file without one.
 *
 * @returns whether there are NULs
 */
export function examineStart({ prefix, dialect }: MboxSplitter, far: FarSight | null, notes: MboxNotes): boolean {
  const mark = far?.peek(0, MARK.length).toString('latin1') === MARK ? MARK.length : 0
  if (mark > 0) notes.tell('garbage-before-first-message', 0, 'a byte order mark')
  if (prefix === 0) return false
  const nuls = far === null ? 0 : countNuls(far, mark, mark + prefix)
  if (nuls > 0) notes.tell('nul-run', mark, `${counted(nuls, 'NUL')} in a row, at the start of the file`)
  if (nuls > 0 && far !== null && isBlank(far, mark + nuls, mark + prefix)) return true
  const what =
    dialect === null ? 'no separator line is in the file' : `${counted(prefix, 'octet')} before the first message`
  const shown = far === null ? '' : `: "${excerpt(far.peek(mark, 60), 0)}"`
  notes.tell('garbage-before-first-message', mark, `${what}${shown}`)
  return nuls > 0
}

/** Whether there are but a few ends of lines. */
const isBlank = (far: FarSight, from: number, to: number): boolean =>
  to - from < BLOCK && far.peek(from, to - from).every((octet) => octet === LF || octet === CR)

const LF = 10
const CR = 13

/** How many NULs stand in a row from an offset on. */
function countNuls(far: FarSight, from: number, to: number): number {
  for (let at = from; at < to; at += BLOCK) {
    const octets = far.peek(at, Math.min(BLOCK, to - at))
    const other = octets.findIndex((octet) => octet !== 0)
    if (other >= 0) return at + other - from
  }
  return to - from
}
