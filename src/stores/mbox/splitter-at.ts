import type { Dialect } from './candidate.js'
import type { ReadableFile } from './file.js'
import { hasLengths, type Variant } from './quoting.js'
import { nextMessage, type OctetSource, sourceOf } from './source.js'
import type { SplitMessage } from './split-message.js'
import { MboxSplitter } from './splitter.js'

/** Finds messages of a file that is not compressed, from any separator line on. */
export class SplitterAt {
  readonly dialect: Dialect
  /** Offset of the file's first message. */
  readonly first: number
  readonly #source: OctetSource
  readonly #splitter: MboxSplitter

  private constructor(source: OctetSource, dialect: Dialect, variant: Variant | null, first: number) {
    this.dialect = dialect
    this.first = first
    this.#source = source
    this.#splitter = new MboxSplitter({ far: source.far, trustsLengths: hasLengths(variant) }, dialect)
  }

  /** How the file separates its messages is learnt from its first one; null: there is none. */
  static async open(file: ReadableFile, variant: Variant | null): Promise<SplitterAt | null> {
    const source = sourceOf(file, null)
    const first = new MboxSplitter({ far: source.far, trustsLengths: hasLengths(variant) })
    const message = await nextMessage(first, source)
    return first.dialect === null ? null : new SplitterAt(source, first.dialect, variant, message?.offset ?? 0)
  }

  /** The message whose separator line stands at an offset; null: none does. Its octets are gone with the next call. */
  async at(offset: number): Promise<SplitMessage | null> {
    this.#splitter.moveTo(offset)
    return nextMessage(this.#splitter, this.#source)
  }

  /** The message behind the last one; null: that was the last of the file. */
  async next(): Promise<SplitMessage | null> {
    return nextMessage(this.#splitter, this.#source)
  }
}
