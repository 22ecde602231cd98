import { digest, epochSeconds, type MessageFacts, messageId, octets } from '../message/message.js'
import type { ReadMessage, SectionRead, SectionTask } from './mbox/section.js'
import type { SplitState } from './mbox/split-message.js'
import type { FileRequest, MessageFile } from './readers.js'

/** What a reading thread is asked. Messages lie one behind the other in shared memory, so that none is copied twice. */
export type ReadingTask =
  | { readonly kind: 'messages'; readonly octets: SharedArrayBuffer; readonly ends: readonly number[] }
  | { readonly kind: 'files'; readonly requests: readonly FileRequest[] }
  | SectionTask

/** Facts as they travel between threads: JSON of plain lists is made and read faster than objects are cloned. */
export type FactsText = readonly [
  id: string | null,
  date: number | null,
  from: string,
  subject: string,
  traceFields: number,
  wire: string | null,
  size: number,
  headerFlags: readonly string[],
]

export const factsText = (facts: MessageFacts): FactsText => [
  facts.id,
  facts.date,
  facts.from,
  facts.subject,
  facts.traceFields,
  facts.wire,
  facts.size,
  facts.headerFlags,
]

export function factsOf([id, date, from, subject, traceFields, wire, size, headerFlags]: FactsText): MessageFacts {
  return {
    id: id === null ? null : messageId(id),
    date: date === null ? null : epochSeconds(date),
    from,
    subject,
    traceFields,
    wire: wire === null ? null : digest(wire),
    size: octets(size),
    headerFlags,
  }
}

type StatsText = readonly [dev: number, ino: number, nlink: number, size: number, mtimeMs: number, ctimeMs: number]

export type FileText =
  | readonly [
      stats: StatsText,
      isLink: boolean,
      readAt: number,
      facts: FactsText,
      flags: readonly string[] | null,
      received: number | null,
    ]
  | Exclude<MessageFile, { kind: 'read' }>

export function fileText(file: MessageFile): FileText {
  if (file.kind !== 'read') return file
  const { dev, ino, nlink, size, mtimeMs, ctimeMs } = file.stats
  const { isLink, readAt, facts, flags, received } = file
  return [[dev, ino, nlink, size, mtimeMs, ctimeMs], isLink, readAt, factsText(facts), flags, received]
}

export function fileOf(text: FileText): MessageFile {
  if ('kind' in text) return text
  const [[dev, ino, nlink, size, mtimeMs, ctimeMs], isLink, readAt, facts, flags, received] = text
  return {
    kind: 'read',
    stats: { dev, ino, nlink, size, mtimeMs, ctimeMs },
    isLink,
    readAt,
    facts: factsOf(facts),
    flags,
    received: received === null ? null : epochSeconds(received),
  }
}

type ReadText = readonly [offset: number, received: number | null, boundsInDoubt: boolean, facts: FactsText | null]
export type SectionText = readonly [begin: number | null, end: SplitState | null, messages: readonly ReadText[]]

export function sectionText(read: SectionRead | null): SectionText | null {
  return read === null ? null : [read.begin, read.end, read.messages.map(readText)]
}

const readText = ({ offset, received, boundsInDoubt, facts }: ReadMessage): ReadText => [
  offset,
  received,
  boundsInDoubt,
  facts === null ? null : factsText(facts),
]

export function sectionOf(text: SectionText | null): SectionRead | null {
  return text === null ? null : { begin: text[0], end: text[1], messages: text[2].map(readOf) }
}

function readOf([offset, received, boundsInDoubt, facts]: ReadText): ReadMessage {
  return {
    offset,
    received: received === null ? null : epochSeconds(received),
    boundsInDoubt,
    facts: facts === null ? null : factsOf(facts),
  }
}
