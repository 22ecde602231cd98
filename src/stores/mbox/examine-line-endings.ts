import type { MboxNotes } from './examine-notes.js'
import type { SplitMessage } from './split-message.js'

const LF = 10
const CR = 13

const KINDS = [
  'LF',
  'CRLF',
  'LF after the separator and CRLF in the message',
  'CRLF after the separator and LF in the message',
] as const
type Kind = (typeof KINDS)[number]

/** Counts how the separators and the first lines of messages end, and tells where this is not one way all through a file. */
export class LineEndingExamination {
  readonly #notes: MboxNotes
  readonly #kinds = new Map<Kind, { readonly first: number; count: number }>()

  constructor(notes: MboxNotes) {
    this.#notes = notes
  }

  take(message: SplitMessage): void {
    const kind = kindOf(message)
    if (kind === null) return
    const known = this.#kinds.get(kind)
    if (known === undefined) this.#kinds.set(kind, { first: message.offset, count: 1 })
    else known.count++
  }

  finish(): void {
    const kinds = [...this.#kinds].sort(([, a], [, b]) => b.count - a.count || a.first - b.first)
    const odd = kinds[1] ?? kinds.find(([kind]) => kind !== 'LF' && kind !== 'CRLF')
    if (odd === undefined) return
    const counts = kinds.map(([kind, { count, first }]) => `${kind} in ${count} (the first at ${first})`)
    this.#notes.tell('mixed-line-endings', odd[1].first, counts.join(', '))
  }
}

/** null: a line that could show it is lacking. */
function kindOf({ octets, offset, fromLine, start }: SplitMessage): Kind | null {
  const lineFeed = octets.indexOf(LF)
  const ending = start - offset - fromLine.length
  if (lineFeed < 0 || ending < 1) return null
  const isCrlf = octets[lineFeed - 1] === CR
  if (ending === 1) return isCrlf ? KINDS[2] : 'LF'
  return isCrlf ? 'CRLF' : KINDS[3]
}
