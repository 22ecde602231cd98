import { closeSync, fdatasync, fsyncSync, ftruncateSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { EXIT, MbauditError } from '../errors.js'
import { formatEntry, JOURNAL_VERSION, type JournalEntry, type JournalHeader, parseEntry } from './journal-entry.js'
import { linesFrom } from './line-file.js'
import { openPrivateFile, syncDirectory, writeAll } from './private-files.js'

const flush = promisify(fdatasync)

/**
 * Reads a journal from its beginning. A last line that is torn was being written when its writer was killed: its work was
 * not begun, or its end is found out anew; it is left out.
 *
 * @throws JournalDamagedError
 */
export function* readJournal(path: string): Generator<JournalEntry> {
  let number = 0
  for (const { text, isWhole } of linesFrom(path)) {
    number++
    if (!isWhole) return
    const entry = parseEntry(text)
    if (entry === null || 'journal' in entry !== (number === 1)) throw new JournalDamagedError(path, number)
    if ('journal' in entry && entry.version !== JOURNAL_VERSION) throw new JournalDamagedError(path, number)
    yield entry
  }
}

/** A journal says something that none of ours says: what its run did cannot be told. */
export class JournalDamagedError extends MbauditError {
  constructor(path: string, line: number) {
    const hint =
      'The run cannot be taken back or gone on with. What it did to the mail stays as it is; other runs are not touched.'
    super('UNREADABLE', EXIT.store, `${path}, line ${line}: this is no line of a journal`, hint)
  }
}

/** The journal cannot be written: nothing is begun that could not be told of afterwards. */
export class JournalLostError extends MbauditError {
  constructor(error: unknown) {
    const hint = 'Make room where the state of mbaudit lies, and give the command again: it goes on from there.'
    super('UNREADABLE', EXIT.partial, `the journal cannot be written (${wordsOf(error)})`, hint, {}, error)
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Writes a journal. What is written while the disk is busy goes there in one go. */
export class Journal implements AsyncDisposable {
  readonly #handle: number
  #waiting: string[] = []
  #flushed: Promise<void> = Promise.resolve()
  #hasFailed = false
  #last: number

  private constructor(handle: number, last: number) {
    this.#handle = handle
    this.#last = last
  }

  static create(path: string, header: JournalHeader): Journal {
    const handle = openPrivateFile(path, 'ax')
    const journal = new Journal(handle, 0)
    writeAll(handle, Buffer.from(formatEntry(header)))
    syncDirectory(dirname(path))
    return journal
  }

  /** Goes on with a journal. @param last - the highest number of a piece of work in it */
  static goOn(path: string, last: number): Journal {
    return new Journal(openAtEnd(path), last)
  }

  /** The number of the next piece of work. */
  next(): number {
    return ++this.#last
  }

  /** Resolves once the entry, and all that were written before it, would outlive a power cut. Rejects for ever once it cannot. */
  write(entry: JournalEntry): Promise<void> {
    if (this.#hasFailed) return this.#flushed
    this.#waiting.push(formatEntry(entry))
    if (this.#waiting.length === 1) {
      this.#flushed = this.#flushed.then(() => this.#flush())
      // Told to whoever waits for it, and to every writer after that.
      this.#flushed.catch(() => undefined)
    }
    return this.#flushed
  }

  async #flush(): Promise<void> {
    const lines = this.#waiting.splice(0)
    try {
      writeAll(this.#handle, Buffer.from(lines.join('')))
      await flush(this.#handle)
    } catch (error) {
      this.#hasFailed = true
      throw new JournalLostError(error)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#flushed.catch(() => undefined)
    closeSync(this.#handle)
  }
}

/** Opens a journal to write more of it; a torn last line is taken away. */
function openAtEnd(path: string): number {
  let end = 0
  for (const { offset, isWhole, text } of linesFrom(path)) end = isWhole ? offset + Buffer.byteLength(text) + 1 : offset
  const handle = openSync(path, 'r+')
  ftruncateSync(handle, end)
  closeSync(handle)
  return openPrivateFile(path, 'a')
}

/** Adds one entry, durably. */
export function addEntry(path: string, entry: JournalEntry): void {
  const handle = openAtEnd(path)
  try {
    writeAll(handle, Buffer.from(formatEntry(entry)))
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
