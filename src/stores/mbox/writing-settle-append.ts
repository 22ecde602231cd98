import { wireDigest } from '../../message/wire.js'
import { locator } from '../store.js'
import type { Outcome } from '../writable.js'
import { ReadableFile } from './file.js'
import type { Variant } from './quoting.js'
import { SplitterAt } from './splitter-at.js'
import { placePath } from './writing-append.js'
import type { WritingFile } from './writing-file.js'
import { type FoundMessage, matchMessages, type Placed } from './writing-found.js'
import {
  type AppendMark,
  anchorOf,
  checkLine,
  endOf,
  type FileEnd,
  type MarkedMessage,
  shortWire,
} from './writing-mark.js'
import { type Edit, rewrite } from './writing-rewrite.js'
import { keptText } from './writing-scratch.js'
import { settleRewrite } from './writing-settle-rewrite.js'

/**
 * Finds out which messages of a mark arrived in full, and takes away what was half written; what other programs appended stays.
 *
 * @param file - opened to be changed, under its locks; null: it is gone
 */
export async function settleAppend(
  file: WritingFile | null,
  mark: AppendMark,
  variant: Variant | null,
): Promise<readonly Outcome[]> {
  const base = `${mark.base}.settling`
  await settleRewrite(file, base)
  const place = keptText(placePath(mark.base))
  const end: FileEnd = place === null ? mark.end : JSON.parse(place)
  const placed = file === null ? [] : await new AppendedPart(file, mark, end, variant, base).settle()
  return mark.messages.map((message): Outcome => {
    const { token } = message
    if ('why' in message) return { token, outcome: 'refused', words: message.why }
    const found = placed.find((each) => each.token === token)
    return found === undefined
      ? { token, outcome: 'not-done' }
      : { token, outcome: 'done', locator: locator(`offset=${found.offset}`) }
  })
}

const LONGEST_LINE = 512

/** What lies behind the place where messages were to be put. */
class AppendedPart {
  readonly #file: WritingFile
  readonly #end: FileEnd
  readonly #messages: readonly MarkedMessage[]
  readonly #variant: Variant | null
  readonly #base: string

  constructor(file: WritingFile, mark: AppendMark, end: FileEnd, variant: Variant | null, base: string) {
    this.#file = file
    this.#end = end
    this.#messages = mark.messages.flatMap((message) => ('why' in message ? [] : [message]))
    this.#variant = variant
    this.#base = base
  }

  async settle(): Promise<readonly Placed[]> {
    const { size, pad, anchor } = this.#end
    if (this.#file.size < size || endOf(this.#file, '\n', size).anchor !== anchor) return this.#findElsewhere()
    const start = size + pad.length
    if (this.#file.read(size, start).toString('latin1') !== pad) return this.#settleWithout(size)
    const placed = this.#wholeFrom(start)
    const rest = this.#messages.slice(placed.length)
    const at = placed.length === 0 ? start : (placed.at(-1)?.end ?? start)
    if (rest.length === 0 || this.#file.size === at) {
      if (placed.length === 0) await this.#cut(size, this.#file.size)
      return placed
    }
    return [...placed, ...(await this.#settleRest(at, rest, placed.length === 0 ? size : at))]
  }

  /** The messages that stand in full where they were to be put, one behind the other. */
  #wholeFrom(start: number): readonly (Placed & { readonly end: number })[] {
    const placed: (Placed & { readonly end: number })[] = []
    let at = start
    for (const message of this.#messages) {
      if (!this.#isWhole(at, message)) break
      placed.push({ token: message.token, offset: at, end: at + message.length })
      at += message.length
    }
    return placed
  }

  #isWhole(at: number, { length, wire, fromLine }: MarkedMessage): boolean {
    if (this.#file.size < at + length) return false
    const octets = this.#file.read(at, at + length)
    const lineEnd = octets.indexOf(10)
    if (lineEnd < 0 || octets.at(-1) !== 10) return false
    const isLine = checkLine(octets.toString('latin1', 0, lineEnd).trimEnd()) === fromLine
    return isLine && shortWire(wireDigest(octets.subarray(lineEnd + 1))) === wire
  }

  /** The pad is not there in full: nothing was written but some of it, or another program wrote there. */
  async #settleWithout(size: number): Promise<readonly Placed[]> {
    const behind = this.#file.read(size, size + LONGEST_LINE).toString('latin1')
    if (this.#end.pad.startsWith(behind)) await this.#cut(size, this.#file.size)
    else if (behind.includes('From ')) return this.#settleRest(size, this.#messages, size)
    return []
  }

  /**
   * @param at - where the first message that is not whole was to stand
   * @param keep - what lies before it stays if nothing comes behind
   */
  async #settleRest(at: number, rest: readonly MarkedMessage[], keep: number): Promise<readonly Placed[]> {
    const first = this.#file.read(at, at + LONGEST_LINE).toString('latin1')
    const isTornLine = !first.includes('\n') && first.length < LONGEST_LINE && 'From '.startsWith(first.slice(0, 5))
    if (isTornLine) {
      await this.#cut(keep, this.#file.size)
      return []
    }
    const found = await this.#split(first.startsWith('From ') ? at : await this.#nextSeparator(at))
    const { placed, halves } = matchMessages(found, rest, at)
    const holes = first.startsWith('\0') ? [{ from: at, to: found[0]?.offset ?? this.#file.size }] : []
    await this.#remove([...holes, ...halves], placed.length === 0 && found[0]?.offset === at ? keep : this.#file.size)
    return placed
  }

  /** Takes stretches away: at the end of the file by cutting it off, else by a rewrite that can be taken back itself. */
  async #remove(stretches: readonly { readonly from: number; readonly to: number }[], keep: number): Promise<void> {
    const edits: Edit[] = []
    for (const { from, to } of stretches) {
      const last = edits.at(-1)
      if (last?.to === from) edits[edits.length - 1] = { ...last, to }
      else edits.push({ from, to, insert: '' })
    }
    const [only] = edits
    if (edits.length === 1 && only?.to === this.#file.size) await this.#cut(Math.min(keep, only.from), only.to)
    else await rewrite(this.#file, edits, this.#base, null)
  }

  async #cut(from: number, to: number): Promise<void> {
    if (from >= to || to !== this.#file.size) return
    this.#file.truncate(from)
    await this.#file.sync()
  }

  /**
   * Another program wrote the file anew. Ours come after the message that was the last one: where several end as that one did,
   * after the latest that leaves all of ours behind it that there are.
   */
  async #findElsewhere(): Promise<readonly Placed[]> {
    const found = await this.#split(0)
    const isLast = found.some(({ anchor }) => anchor === this.#end.anchor)
    let best: readonly Placed[] = []
    found.forEach(({ anchor }, nth) => {
      if (isLast && anchor !== this.#end.anchor) return
      const { placed } = matchMessages(found.slice(isLast ? nth + 1 : 0), this.#messages, -1)
      if (placed.length >= best.length) best = placed
    })
    return best
  }

  async #nextSeparator(from: number): Promise<number> {
    const all = await this.#split(0)
    return all.find(({ offset }) => offset >= from)?.offset ?? this.#file.size
  }

  /** The messages from a separator line on; from 0: all. */
  async #split(from: number): Promise<readonly FoundMessage[]> {
    using file = new ReadableFile(this.#file.path)
    const splitter = await SplitterAt.open(file, this.#variant)
    const found: FoundMessage[] = []
    const size = this.#file.size
    for (let message = splitter && (await splitter.at(from === 0 ? splitter.first : from)); message !== null; ) {
      const { offset, fromLine, octets } = message
      const one = {
        offset,
        fromLine: checkLine(fromLine),
        wire: shortWire(wireDigest(octets)),
        anchor: anchorOf(octets),
      }
      message = (await splitter?.next()) ?? null
      found.push({ ...one, end: message?.offset ?? size })
    }
    return found
  }
}
