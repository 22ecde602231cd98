import { readFacts } from '../../message/facts.js'
import type { EpochSeconds, MessageFacts } from '../../message/message.js'
import type { Dialect } from './candidate.js'
import { ReadableFile } from './file.js'
import { parseFromLine } from './separator.js'
import { nextMessage, type OctetSource } from './source.js'
import type { SplitState } from './split-message.js'
import { MboxSplitter } from './splitter.js'
import { OctetWindow } from './window.js'

/** A stretch of an mbox file. Its messages are those that start in it. */
export interface Section {
  readonly from: number
  readonly until: number
  /** The separator at `from`; null: where the first message starts is not known yet. */
  readonly start: SplitState | null
}

/** How the file separates its messages, and how it is to be read. */
export interface SectionRules {
  readonly dialect: Dialect
  readonly trustsLengths: boolean
}

/** A section of a file that another thread is to read, as long as the file stands as `key` says. */
export interface SectionTask {
  readonly kind: 'section'
  /** Octets of the path as a Latin-1 string. */
  readonly path: string
  readonly key: string
  readonly section: Section
  readonly rules: SectionRules
}

/** A message that was split off and read. */
export interface ReadMessage {
  readonly offset: number
  readonly received: EpochSeconds | null
  readonly boundsInDoubt: boolean
  /** null: it is too large to be held. */
  readonly facts: MessageFacts | null
}

/** What was read of a section. */
export interface SectionRead {
  /** Where the first message starts; null: none was found. */
  readonly begin: number | null
  /** The separator behind the last message; null: the file ends there. */
  readonly end: SplitState | null
  readonly messages: readonly ReadMessage[]
}

/** Reads a section in a thread that has not opened the file; null: it is not there as it was, or cannot be read. */
export function readSectionOf({ path, key, section, rules }: SectionTask): SectionRead | null {
  try {
    using file = new ReadableFile(path)
    return file.state().key === key ? readSection(file, section, rules) : null
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null
    throw error
  }
}

export function readSection(
  file: ReadableFile,
  section: Section,
  { dialect, trustsLengths }: SectionRules,
): SectionRead {
  const { from, until, start } = section
  const source = sourceOfSection(file, until)
  window ??= new OctetWindow()
  window.clear()
  const splitter = new MboxSplitter({ far: source.far, trustsLengths }, dialect, window)
  if (start === null) splitter.seek(from, until)
  else splitter.resume(start)
  const messages: ReadMessage[] = []
  let end: SplitState | null = null
  do {
    const message = nextMessage(splitter, source)
    if (message === null || message instanceof Promise) break
    const { offset, fromLine, boundsInDoubt, isTooLarge, octets } = message
    const facts = isTooLarge ? null : readFacts(octets)
    messages.push({ offset, received: parseFromLine(fromLine).date, boundsInDoubt, facts })
    end = splitter.state
  } while (end !== null && end.offset < until)
  return { begin: messages[0]?.offset ?? null, end, messages }
}

/** Used for one section after the other: fresh memory costs as much time as reading it. */
let window: OctetWindow | undefined

/** So many octets are read at first of a message that goes on behind its section, then twice as many. */
const FIRST_STEP = 1 << 16

function sourceOfSection(file: ReadableFile, until: number): OctetSource {
  let step = FIRST_STEP
  return {
    far: file.far(),
    read: (room, offset) => {
      const wanted = Math.max(until + FIRST_STEP - offset, step)
      if (offset >= until) step *= 2
      return file.read(room.subarray(0, wanted), offset)
    },
  }
}
