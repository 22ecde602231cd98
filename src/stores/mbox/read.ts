import { findHeaderSection, readHeaderFields, unfold } from '../../message/header-section.js'
import { findMailboxFields, withoutFields, withoutMailboxFields } from '../../message/mailbox-fields.js'
import { codeOf, whyOf } from '../file-reader.js'
import type { Locator, ReadCopy } from '../store.js'
import type { Dialect } from './candidate.js'
import { ReadableFile } from './file.js'
import type { MboxFile } from './mbox-file.js'
import { hasDoublyQuoted, hasLengths, hasQuotedFrom, likelyVariant, unquote, type Variant } from './quoting.js'
import { nextMessage, type OctetSource, sourceOf } from './source.js'
import type { SplitMessage } from './split-message.js'
import { MboxSplitter } from './splitter.js'
import { OctetWindow } from './window.js'

/**
 * Reads messages by their places, in one pass where these ascend.
 *
 * @param key - the state of the file that the places were told of; null: not known
 */
export async function* readMbox(
  mbox: MboxFile,
  locators: Iterable<Locator>,
  key: string | null,
): AsyncGenerator<ReadCopy> {
  const waiting = locators[Symbol.iterator]()
  let next = waiting.next()
  try {
    using file = new ReadableFile(mbox.path)
    const reader = new PlaceReader(mbox, file)
    for (; !next.done; next = waiting.next()) {
      const locator = next.value
      const isChanged = key !== null && file.state().key !== key
      const bytes = isChanged ? null : await reader.read(offsetOf(locator))
      yield bytes === null ? { locator, bytes, problem: isChanged ? CHANGED : GONE } : { locator, bytes, problem: null }
    }
  } catch (error) {
    const problem = codeOf(error) === 'ENOENT' ? GONE : whyOf(error)
    for (; !next.done; next = waiting.next()) yield { locator: next.value, bytes: null, problem }
  }
}

const GONE = 'the message is gone: another program changed the folder'
const CHANGED = 'another program changed the folder since it was scanned'

/** Where the separator line stands; -1 for a locator of another kind of store. */
export function offsetOf(locator: Locator): number {
  const match = /^offset=(\d{1,15})$/.exec(locator)
  return match === null ? -1 : Number(match[1])
}

const FIRST_STEP = 1 << 16
/** Octets of a message that is not copied. */
const LARGE = 1 << 20
/** Octets before a place that tell what stands there. */
const LOOK_BEHIND = 1 << 12

class PlaceReader {
  readonly #mbox: MboxFile
  readonly #file: ReadableFile
  readonly #window = new OctetWindow()
  #source: OctetSource
  #splitter: MboxSplitter | null = null
  #variant: Variant | null
  /** Offset of the last message that was given. */
  #last = -1
  /** How many octets are read next. */
  #step = FIRST_STEP

  constructor(mbox: MboxFile, file: ReadableFile) {
    this.#mbox = mbox
    this.#file = file
    this.#source = this.#openSource()
    this.#variant = mbox.variant
  }

  async read(offset: number): Promise<Buffer | null> {
    const message = offset < 0 ? null : await this.#find(offset)
    if (message === null || message.isTooLarge) return null
    const octets = this.#take(message)
    const variant = await this.#variantOf(message, octets)
    return unquote(withoutMailboxFields(message.hasLength ? withoutLength(octets) : octets), variant)
  }

  /** The octets of a message as its reader's own: a copy, or where they are many the memory that they lie in. */
  #take({ start, octets }: SplitMessage): Buffer {
    if (octets.length < LARGE) return Buffer.from(octets)
    this.#window.handOver(start + octets.length - LOOK_BEHIND)
    return octets
  }

  async #find(offset: number): Promise<SplitMessage | null> {
    return this.#source.far === null ? this.#findInOrder(offset) : this.#findFar(offset)
  }

  async #findFar(offset: number): Promise<SplitMessage | null> {
    const splitter = this.#splitter ?? (await this.#learnDialect())
    if (splitter === null) return null
    this.#splitter = splitter
    if (offset < this.#last || offset > splitter.position) this.#step = FIRST_STEP
    this.#last = offset
    splitter.moveTo(offset)
    return nextMessage(splitter, this.#source)
  }

  /** Few octets are read at a place, and more the further the reading goes on from there. */
  #openSource(): OctetSource {
    const source = sourceOf(this.#file, this.#mbox.compression)
    if (source.far === null) return source
    return {
      far: source.far,
      read: (room, offset) => {
        const count = this.#file.read(room.subarray(0, this.#step), offset)
        this.#step *= 2
        return count
      },
    }
  }

  /** How the file separates its messages is learnt from its first one. */
  async #learnDialect(): Promise<MboxSplitter | null> {
    const first = this.#newSplitter()
    await nextMessage(first, this.#source)
    if (first.dialect === null) return null
    return this.#newSplitter(first.dialect)
  }

  async #findInOrder(offset: number): Promise<SplitMessage | null> {
    if (this.#splitter === null || offset <= this.#last) {
      this.#source = this.#openSource()
      this.#splitter = this.#newSplitter()
    }
    for (;;) {
      const message = await nextMessage(this.#splitter, this.#source)
      this.#last = message?.offset ?? Number.POSITIVE_INFINITY
      if (message === null || message.offset >= offset) return message?.offset === offset ? message : null
    }
  }

  #newSplitter(dialect: Dialect | null = null): MboxSplitter {
    this.#window.clear()
    const options = { far: this.#source.far, trustsLengths: hasLengths(this.#mbox.variant) }
    return new MboxSplitter(options, dialect, this.#window)
  }

  /** Asks the whole file only where it matters: `>From ` is read alike in mboxo, mboxrd and mboxcl. */
  async #variantOf({ hasLength, hasBareFrom }: SplitMessage, octets: Buffer): Promise<Variant> {
    if (hasLength && hasBareFrom && this.#variant === null) return 'mboxcl2'
    if (this.#variant === null && (hasLength ? hasQuotedFrom(octets) : hasDoublyQuoted(octets))) {
      this.#variant = await this.#learnVariant()
    }
    return this.#variant ?? 'mboxo'
  }

  async #learnVariant(): Promise<Variant> {
    const source = sourceOf(this.#file, this.#mbox.compression)
    const splitter = new MboxSplitter({ far: source.far, trustsLengths: true })
    const counts = { messages: 0, withLength: 0, withBareFrom: 0, withQuotedFrom: 0 }
    for (let message = await nextMessage(splitter, source); message !== null; ) {
      counts.messages++
      if (message.hasLength) counts.withLength++
      if (message.hasBareFrom) counts.withBareFrom++
      if (hasQuotedFrom(message.octets)) counts.withQuotedFrom++
      message = await nextMessage(splitter, source)
    }
    return likelyVariant(counts)
  }
}

/** Takes the Content-Length field away that told where the message ends: it is the format's own. */
function withoutLength(octets: Buffer): Buffer {
  const own = findMailboxFields(octets).length
  if (own !== null) return withoutFields(octets, [own])
  const { bodyStart } = findHeaderSection(octets)
  const length = String(octets.length - bodyStart)
  const field = readHeaderFields(octets).find(
    ({ name, value }) => name === 'content-length' && unfold(value) === length,
  )
  return field === undefined ? octets : withoutFields(octets, [field])
}
