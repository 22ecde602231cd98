import { type Candidate, examine } from './candidate.js'
import { SeparatorSearch } from './separator-search.js'
import type { OpenMessage } from './split-message.js'
import type { TextStart } from './text-start.js'
import type { OctetWindow } from './window.js'

/** Finds the places in a window that begin with `From `, and looks at them. */
export class PlaceSearch {
  readonly #window: OctetWindow
  readonly text: TextStart
  readonly #search: SeparatorSearch

  constructor(window: OctetWindow, text: TextStart) {
    this.#window = window
    this.text = text
    this.#search = new SeparatorSearch(window, text.lineEnding)
  }

  /** The first place from `from` on; -1: none in what is at hand. */
  next(from: number, open: OpenMessage | null): number {
    const { octets, base, end } = this.#window
    if (from === this.text.offset && octets.toString('latin1', from - base, from - base + 5) === 'From ') return from
    return this.#search.next(from, open === null ? end : Math.max(open.bodyStart, open.separator.next))
  }

  examine(offset: number): Candidate {
    const { octets, base } = this.#window
    const { lineEnding, offset: textStart } = this.text
    return examine({ octets, at: offset - base, base, lineEnding, textStart })
  }
}
