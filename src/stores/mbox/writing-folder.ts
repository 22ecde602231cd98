import { randomBytes } from 'node:crypto'
import { epochSeconds } from '../../message/message.js'
import { writingFailure } from '../durable-files.js'
import { codeOf } from '../file-reader.js'
import { utf8Octets } from '../octet-name.js'
import type { Readers } from '../readers.js'
import type { Folder, FolderMeasure, KnownCopies, Locator, ReadCopy, ScanBatch } from '../store.js'
import type { Change, Mark, Outcome, Outgoing, Work, WritableFolder, WritingAbilities } from '../writable.js'
import { ReadableFile } from './file.js'
import { mboxFolder } from './folder.js'
import type { MboxFile } from './mbox-file.js'
import { offsetOf, readMbox } from './read.js'
import { append } from './writing-append.js'
import { type PlacedChange, planChanges } from './writing-change.js'
import type { FcntlLocks } from './writing-fcntl.js'
import { WritingFile } from './writing-file.js'
import { whyNoFlag } from './writing-flags.js'
import { lockMailbox } from './writing-lock.js'
import { type AppendMark, type ChangeMark, endOf, markMessage, notDone, readMark, writeMark } from './writing-mark.js'
import { type Rendition, render, type Unwritable, type WritingStyle } from './writing-rendition.js'
import { rewrite } from './writing-rewrite.js'
import { settleAppend } from './writing-settle-append.js'
import { settleRewrite } from './writing-settle-rewrite.js'
import { learnStyle } from './writing-style.js'

const WRITING: WritingAbilities = {
  movesNatively: false,
  atOnce: { messages: 2_000, octets: 1 << 23 },
  whyNoFlag,
  // Larger ones are not read.
  largest: 2 ** 30 - 2 ** 20,
}

type Rendered = readonly (Rendition | Unwritable)[]

/** One mbox file, written to in place under its locks. Others may write to it as well. */
export class WritableMbox implements WritableFolder {
  readonly writing = WRITING
  readonly #mbox: MboxFile
  readonly #store: string
  readonly #locks: FcntlLocks
  readonly #reading: Folder
  #style: WritingStyle | null = null
  /** What was rendered for the last mark, so that it is not rendered again. */
  #rendered: { readonly mark: Mark; readonly messages: Rendered } | null = null
  /** The file as it was when it was opened, or after our own last change. */
  #state: string

  /** @param store - what results call it */
  constructor(mbox: MboxFile, store: string, locks: FcntlLocks) {
    this.#mbox = mbox
    this.#store = store
    this.#locks = locks
    this.#reading = mboxFolder(mbox)
    this.#state = this.#stateNow()
  }

  get name(): Folder['name'] {
    return this.#mbox.folder
  }

  get abilities(): Folder['abilities'] {
    return this.#reading.abilities
  }

  scan(known: KnownCopies, readers?: Readers): AsyncIterable<ScanBatch> {
    return this.#reading.scan(known, readers)
  }

  /** Whatever was changed since a scan: who has written a message reads it again, and looks at what it is. */
  read(locators: Iterable<Locator>): AsyncIterable<ReadCopy> {
    return readMbox(this.#mbox, locators, null)
  }

  measure(): Promise<FolderMeasure> {
    return this.#reading.measure()
  }

  prepare(work: Work, scratch: string): Promise<Mark> {
    const base = `${utf8Octets(scratch)}/mbox-${randomBytes(8).toString('hex')}`
    return this.#told(async () => {
      if (work.kind === 'append') return this.#prepareAppend(work.messages, base)
      const tokens = work.kind === 'change' ? work.changes.map(({ token }) => token) : []
      return writeMark({ kind: 'change', base, tokens })
    })
  }

  carryOut(work: Work, mark: Mark): Promise<readonly Outcome[]> {
    const contents = readMark(mark)
    return this.#told(async () => {
      if (work.kind === 'append' && contents.kind === 'append') return this.#append(work.messages, mark, contents)
      if (work.kind === 'change' && contents.kind === 'change') return this.#change(work.changes, contents)
      throw new TypeError(`an mbox cannot ${work.kind} by this mark`)
    })
  }

  settle(mark: Mark): Promise<readonly Outcome[]> {
    const contents = readMark(mark)
    return this.#told(async () => {
      if (this.#stateNow() === GONE) return this.#settle(contents, null)
      await using _lock = await lockMailbox(this.#mbox.path, this.#locks)
      using file = new WritingFile(this.#mbox.path, 'change')
      const outcomes = await this.#settle(contents, file)
      this.#state = this.#stateNow()
      return outcomes
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#rendered = null
    await this.#reading[Symbol.asyncDispose]()
  }

  async #prepareAppend(messages: readonly Outgoing[], base: string): Promise<Mark> {
    const style = await this.#learnStyle()
    const now = epochSeconds(Math.floor(Date.now() / 1_000))
    using file = new WritingFile(this.#mbox.path, 'append')
    const end = endOf(file, style.lineEnd)
    const rendered = messages.map((message, nth) => render(message, style, now, nth === 0 && end.size === 0))
    const marked = messages.map((message, nth) => markMessage(message, rendered[nth] ?? NEVER))
    const mark = writeMark({ kind: 'append', base, end, now, messages: marked })
    this.#rendered = { mark, messages: rendered }
    return mark
  }

  async #append(messages: readonly Outgoing[], mark: Mark, contents: AppendMark): Promise<readonly Outcome[]> {
    if (messages.length === 0) return []
    const style = await this.#learnStyle()
    const rendered = this.#rendered?.mark === mark ? this.#rendered.messages : renderAgain(messages, style, contents)
    this.#rendered = null
    await using _lock = await lockMailbox(this.#mbox.path, this.#locks)
    using file = new WritingFile(this.#mbox.path, 'append')
    const outcomes = await append(file, contents, rendered, style.lineEnd)
    this.#state = this.#stateNow()
    return outcomes
  }

  async #change(changes: readonly Change[], { base }: ChangeMark): Promise<readonly Outcome[]> {
    if (changes.length === 0) return []
    const style = await this.#learnStyle()
    await using _lock = await lockMailbox(this.#mbox.path, this.#locks)
    using file = new WritingFile(this.#mbox.path, 'change')
    const isSame = this.#stateNow() === this.#state
    const { path, variant } = this.#mbox
    const planned = await planChanges(path, variant, style.lineEnd, changes.map(placed), isSame)
    await rewrite(file, planned.edits, base, planned.outcomes)
    this.#state = this.#stateNow()
    return planned.outcomes
  }

  async #settle(contents: AppendMark | ChangeMark, file: WritingFile | null): Promise<readonly Outcome[]> {
    if (contents.kind === 'append') return settleAppend(file, contents, this.#mbox.variant)
    const end = await settleRewrite(file, contents.base)
    if (end.end === 'undone') return contents.tokens.map(notDone)
    return JSON.parse(JSON.stringify(end.note))
  }

  async #learnStyle(): Promise<WritingStyle> {
    this.#style ??= await learnStyle(this.#mbox)
    return this.#style
  }

  #stateNow(): string {
    try {
      using file = new ReadableFile(this.#mbox.path)
      return file.state().key
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
      return GONE
    }
  }

  async #told<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act()
    } catch (error) {
      throw writingFailure(error, this.#store, this.name)
    }
  }
}

const GONE = ''
const NEVER: Unwritable = { why: 'it was not rendered' }

const placed = (change: Change): PlacedChange => ({ change, offset: offsetOf(change.locator) })

const renderAgain = (messages: readonly Outgoing[], style: WritingStyle, { now, end }: AppendMark): Rendered =>
  messages.map((message, nth) => render(message, style, now, nth === 0 && end.size === 0))
