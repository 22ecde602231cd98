import { codeOf, giveWay, whyOf } from '../file-reader.js'
import type { Observation } from '../observation.js'
import { DialectExamination } from './examine-dialect.js'
import { examineEnd } from './examine-end.js'
import { examineLength } from './examine-length.js'
import { LineEndingExamination } from './examine-line-endings.js'
import { examinedMessage } from './examine-message.js'
import { counted, type MboxNotes } from './examine-notes.js'
import { examineFields, examineFromLines, examineNuls } from './examine-octets.js'
import { SeparatorExamination } from './examine-separators.js'
import { examineStart } from './examine-start.js'
import { UidExamination } from './examine-uids.js'
import { type FileState, ReadableFile } from './file.js'
import { isInternalData } from './internal-data.js'
import type { MboxFile } from './mbox-file.js'
import { statOf } from './path-stats.js'
import { hasLengths } from './quoting.js'
import { nextMessage, type OctetSource, sourceOf } from './source.js'
import type { SplitMessage } from './split-message.js'
import { MboxSplitter } from './splitter.js'

const MESSAGES_AT_ONCE = 500

/** Reads an mbox file once from its start to its end, and hands over what is odd in it. */
export async function* examineFile(mbox: MboxFile, notes: MboxNotes): AsyncGenerator<readonly Observation[]> {
  try {
    using file = new ReadableFile(mbox.path)
    const before = file.state()
    examineSize(before.size, notes)
    yield* examineMessages(mbox, file, notes)
    notes.beginMessage(null)
    examineChange(before, file, notes)
  } catch (error) {
    notes.beginMessage(null)
    notes.tell('unreadable-file', null, whyOf(error))
  }
  yield notes.take()
}

async function* examineMessages(
  mbox: MboxFile,
  file: ReadableFile,
  notes: MboxNotes,
): AsyncGenerator<readonly Observation[]> {
  const source = sourceOf(file, mbox.compression)
  const examination = new MessageExamination(mbox, source, notes)
  try {
    for (let done = 1; ; done++) {
      const coming = examination.next()
      const message = coming instanceof Promise ? await coming : coming
      if (message === null) break
      examination.take(message)
      if (done % MESSAGES_AT_ONCE !== 0 && !notes.isFull) continue
      yield notes.take()
      await giveWay()
    }
  } catch (error) {
    if (mbox.compression === null) throw error
    notes.tell('unreadable-file', null, `the compressed file is damaged or cut off (${codeOf(error)})`)
  }
  examination.finish()
}

/** All that is looked at in the messages of one file. */
class MessageExamination {
  readonly #notes: MboxNotes
  readonly #mbox: MboxFile
  readonly #source: OctetSource
  readonly #splitter: MboxSplitter
  readonly #separators: SeparatorExamination
  readonly #uids: UidExamination
  readonly #dialect: DialectExamination
  readonly #lineEndings: LineEndingExamination
  #isFirst = true
  #hasNuls = false

  constructor(mbox: MboxFile, source: OctetSource, notes: MboxNotes) {
    this.#notes = notes
    this.#mbox = mbox
    this.#source = source
    this.#separators = new SeparatorExamination(notes)
    this.#uids = new UidExamination(notes)
    this.#dialect = new DialectExamination(notes)
    this.#lineEndings = new LineEndingExamination(notes)
    this.#splitter = new MboxSplitter({
      far: source.far,
      trustsLengths: hasLengths(mbox.variant),
      watch: (place, reading) => this.#separators.pass(place, reading),
    })
  }

  next(): SplitMessage | null | Promise<SplitMessage | null> {
    return nextMessage(this.#splitter, this.#source)
  }

  take(message: SplitMessage): void {
    const notes = this.#notes
    const next = this.#separators.next
    const until = next?.offset ?? this.#splitter.position
    notes.beginMessage(message.offset)
    const examined = examinedMessage(message, this.#isFirst)
    if (this.#isFirst && isInternalData(message.octets))
      notes.tell('internal-message', message.offset, 'the first message')
    if (message.isTooLarge)
      notes.tell('mailbox-very-large', message.offset, `${gib(until - message.start)} in one message`)
    this.#separators.take(examined)
    examineFields(examined, notes)
    if (examineNuls(examined, next?.follows === 0, notes)) this.#hasNuls = true
    if (hasLengths(this.#mbox.variant)) examineLength(examined, this.#source.far, until, next === null, notes)
    if (next === null) examineEnd(examined, until, notes)
    this.#uids.take(examined)
    this.#dialect.take(message, examineFromLines(examined, notes))
    this.#lineEndings.take(message)
    this.#isFirst = false
  }

  /** Tells what only the whole of the file shows. */
  finish(): void {
    const notes = this.#notes
    notes.beginMessage(null)
    const hasNulsFirst = examineStart(this.#splitter, this.#source.far, notes)
    if (this.#hasNuls || hasNulsFirst) examineHoles(this.#mbox.path, notes)
    this.#separators.finish()
    this.#uids.finish()
    this.#dialect.finish()
    this.#lineEndings.finish()
  }
}

const GIB = 2 ** 30
const gib = (octets: number): string => `${(octets / GIB).toFixed(1)} GiB`

export function examineSize(size: number, notes: MboxNotes): void {
  if (size > 4 * GIB) notes.tell('mailbox-very-large', null, gib(size))
  else if (size > 2 * GIB) notes.tell('mailbox-large', null, gib(size))
}

/** The unit of `stat`'s blocks; and the smallest hole. */
const BLOCK = 512
const PAGE = 4096

/**
 * Where octets read as NULs, a file that has holes never got them from any program. That it takes less room than it is long
 * proves no hole: some file systems compress.
 */
function examineHoles(path: string, notes: MboxNotes): void {
  const stats = statOf(path)
  const lacking = stats === null ? 0 : stats.size - stats.blocks * BLOCK
  if (stats === null || lacking < PAGE) return
  const room = `the file takes ${counted(lacking, 'octet')} less on the disk than it is long (${stats.size})`
  notes.tell('nul-run', null, `${room}: likely it has holes, which were never written`)
}

function examineChange(before: FileState, file: ReadableFile, notes: MboxNotes): void {
  const after = file.state()
  const byName = file.stateByName()
  if (byName === null) notes.tell('changed-while-read', null, 'it was removed while it was read')
  else if (byName.object !== before.object)
    notes.tell('changed-while-read', null, 'another file took its place while it was read')
  else if (after.key !== before.key) {
    const sizes = after.size === before.size ? '' : `, from ${before.size} to ${counted(after.size, 'octet')}`
    notes.tell('changed-while-read', null, `it was changed while it was read${sizes}`)
  }
}
