import { giveWay } from '../file-reader.js'
import type { Readers } from '../readers.js'
import { sectionOf } from '../reading-task.js'
import type { FileState, ReadableFile } from './file.js'
import { type ReadMessage, readSection, type Section, type SectionRead, type SectionRules } from './section.js'
import type { SplitState } from './split-message.js'

/** Octets of a section at most, and about how many messages there are in one: what was read waits in memory for its turn. */
const LARGEST = 1 << 22
const MESSAGES = 400
const SMALLEST = 1 << 18

/** @param average - octets of a message */
export const sectionSize = (average: number): number =>
  Math.min(Math.max(Math.ceil(average) * MESSAGES, SMALLEST), LARGEST)

/** The rest of a file, to be read in sections. */
export interface FileRest {
  readonly file: ReadableFile
  readonly state: FileState
  readonly from: SplitState
  /** Octets of a section. */
  readonly sectionSize: number
  readonly rules: SectionRules
}

/** Whether so much is left of a file that its reading is shared out. */
export const isWorthSharing = (from: SplitState, { size }: FileState): boolean => size - from.offset >= 2 * LARGEST

/** A section that is being read, or was. */
interface Asked {
  readonly section: Section
  readonly answer: Promise<SectionRead | string | null>
  isThere: boolean
}

/**
 * Reads the rest of a file in sections, by several threads at once, and gives its messages in order, exactly as one splitter
 * would that reads it through. Where the first message of a section starts is guessed by its reader. The guess holds if the
 * messages before it end at that very separator and carry nothing over it; else the section is read again from where they end.
 */
export async function* readSections(rest: FileRest, readers: Readers): AsyncGenerator<readonly ReadMessage[]> {
  const { file, rules } = rest
  const shared = new SharedSections(rest, readers)
  for (let at: SplitState | null = rest.from; at !== null; ) {
    const { section, answer } = await shared.next(at)
    // The last section goes on to the end, however far the file has grown.
    if (section.until <= at.offset) continue
    const given = await answer
    const guessed = typeof given === 'string' ? sectionOf(JSON.parse(given)) : given
    const read: SectionRead = holds(guessed, at) ? guessed : readSection(file, { ...section, start: at }, rules)
    yield read.messages
    at = read.end
  }
}

function holds(read: SectionRead | null, at: SplitState): read is SectionRead {
  return read !== null && read.begin === at.offset && !at.doubtNext && at.partEnd <= at.offset
}

/** Shares sections out, ahead of their turn: other threads come first, and this one reads while it would wait for them. */
class SharedSections {
  readonly #rest: FileRest
  readonly #readers: Readers
  readonly #under: Asked[] = []
  #next: number

  constructor(rest: FileRest, readers: Readers) {
    this.#rest = rest
    this.#readers = readers
    this.#next = rest.from.offset
  }

  /**
   * The next section, once it was read or nothing is left to do meanwhile.
   *
   * @param at - the separator that the messages of those before it end at
   */
  async next(at: SplitState): Promise<Asked> {
    for (;;) {
      await giveWay()
      while (this.#hasMore && this.#readers.hasRoom) this.#ask()
      const oldest = this.#under[0]
      if (oldest?.isThere || (oldest !== undefined && !this.#mayRead)) {
        this.#under.shift()
        return oldest
      }
      this.#readHere(oldest === undefined ? at : null)
    }
  }

  get #hasMore(): boolean {
    return this.#next < Number.POSITIVE_INFINITY
  }

  get #mayRead(): boolean {
    return this.#hasMore && this.#under.length < this.#readers.ahead
  }

  #ask(): void {
    const { file, state, rules } = this.#rest
    const section = this.#take()
    const task = { kind: 'section', path: file.path, key: state.key, section, rules } as const
    const asked: Asked = { section, answer: this.#readers.readSection(task), isThere: false }
    const arrived = (): void => {
      asked.isThere = true
    }
    asked.answer.then(arrived, arrived)
    this.#under.push(asked)
  }

  #readHere(at: SplitState | null): void {
    const { file, rules } = this.#rest
    const taken = this.#take()
    const isIn = at !== null && at.offset >= taken.from && at.offset < taken.until
    const section = isIn ? { ...taken, start: at } : taken
    this.#under.push({ section, answer: Promise.resolve(readSection(file, section, rules)), isThere: true })
  }

  #take(): Section {
    const { from: first, sectionSize, state } = this.#rest
    const from = this.#next
    const start = from === first.offset ? first : null
    const isLast = state.size - from < 2 * sectionSize
    this.#next = isLast ? Number.POSITIVE_INFINITY : from + sectionSize
    return { from, until: this.#next, start }
  }
}
