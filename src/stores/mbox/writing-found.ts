import type { MarkedMessage } from './writing-mark.js'

/** A message that stands in a file. */
export interface FoundMessage {
  readonly offset: number
  /** Where the next one begins, or the file ends. */
  readonly end: number
  /** Checks of its From_ line, of what it is, and of its last octets. */
  readonly fromLine: number
  readonly wire: string
  readonly anchor: string
}

/** Where a message was found that was to be appended. */
export interface Placed {
  readonly token: string
  readonly offset: number
}

export interface Matched {
  readonly placed: readonly Placed[]
  /** Stretches of messages that were half written. */
  readonly halves: readonly { readonly from: number; readonly to: number }[]
}

/**
 * Finds messages again by what they are. Half written is only what stands just where one of ours was to begin, under its very
 * From_ line, and is no longer than it: all else is another program's.
 *
 * @param at - where the first of the wanted was to stand; -1: not known any more
 */
export function matchMessages(found: readonly FoundMessage[], wanted: readonly MarkedMessage[], at: number): Matched {
  const open = [...wanted]
  const starts = startsOf(wanted, at)
  const placed: Placed[] = []
  const halves: { from: number; to: number }[] = []
  let half: MarkedMessage | null = null
  let halfFrom = 0
  for (const one of found) {
    const ours = at < 0 ? undefined : starts.get(one.offset)
    const isCut = one === found.at(-1) && ours?.wire === one.wire && one.end - one.offset < ours.length
    const nth = isCut ? -1 : open.findIndex(({ wire }) => wire === one.wire)
    const [match] = nth < 0 ? [] : open.splice(nth, 1)
    if (match !== undefined) {
      placed.push({ token: match.token, offset: one.offset })
      half = null
      continue
    }
    if (ours !== undefined && ours.fromLine === one.fromLine && one.end - one.offset <= ours.length) {
      half = ours
      halfFrom = one.offset
      halves.push({ from: one.offset, to: one.end })
    } else if (half?.bareFroms?.includes(one.offset - halfFrom) && one.end <= halfFrom + half.length) {
      halves.push({ from: one.offset, to: one.end })
    }
  }
  return { placed, halves }
}

function startsOf(wanted: readonly MarkedMessage[], at: number): ReadonlyMap<number, MarkedMessage> {
  const starts = new Map<number, MarkedMessage>()
  let start = at
  for (const message of wanted) {
    starts.set(start, message)
    start += message.length
  }
  return starts
}
