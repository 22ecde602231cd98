import { readFacts } from '../message/facts.js'
import type { EpochSeconds, MessageFacts } from '../message/message.js'
import { readEmlx } from './eml/emlx.js'
import { FileReader } from './file-reader.js'
import type { SectionTask } from './mbox/section.js'

/** How a message lies in a file of its own: as it is, or in Apple Mail's wrapping. */
export type FileForm = 'plain' | 'emlx'

/** What the file system tells of a file. */
export interface FileFacts {
  readonly dev: number
  readonly ino: number
  readonly nlink: number
  readonly size: number
  readonly mtimeMs: number
  readonly ctimeMs: number
}

/** What came of reading a file that holds one message. */
export type MessageFile =
  | {
      readonly kind: 'read'
      readonly stats: FileFacts
      readonly isLink: boolean
      /** Milliseconds since 1970, from before the file was read. */
      readonly readAt: number
      readonly facts: MessageFacts
      /** Flags that the file tells beside its message; null: none of its own. */
      readonly flags: readonly string[] | null
      readonly received: EpochSeconds | null
    }
  | { readonly kind: 'gone' }
  | { readonly kind: 'no-file'; readonly what: string }
  | { readonly kind: 'failed'; readonly why: string }

export interface FileRequest {
  /** Octets of the path as a Latin-1 string. */
  readonly path: string
  readonly form: FileForm
}

/** Messages taken one by one out of a larger file, whose facts are told together. */
export interface MessageReading {
  /** @param message - looked at or copied at once: it may be overwritten afterwards */
  add(message: Buffer): void
  /** The facts of all messages added, in their order. */
  finish(): Promise<readonly MessageFacts[]> | readonly MessageFacts[]
}

/** Who reads messages for a scan: this thread, or others that work beside it (`thread-readers.ts`). */
export interface Readers {
  /** How many requests may be under way at once. */
  readonly ahead: number
  /** Whether there is so much to read that other threads are worth it, and one of them could begin with more soon. */
  readonly hasRoom: boolean
  /** Tells that much is to be read: another thread may be started for it at once. */
  expectMuch(): void
  readMessages(): MessageReading
  readFiles(requests: readonly FileRequest[]): Promise<readonly MessageFile[]> | readonly MessageFile[]
  /** Has a section of an mbox file read by another thread: gives its `SectionText` in JSON, which takes less room than what it says. */
  readSection(task: SectionTask): Promise<string>
}

/** Reads in the thread that asks. */
export const THIS_THREAD: Readers = {
  ahead: 0,
  hasRoom: false,
  expectMuch: () => {},
  readSection: async () => 'null',
  readMessages: () => {
    const facts: MessageFacts[] = []
    return { add: (message) => facts.push(readFacts(message)), finish: () => facts }
  },
  readFiles: (requests) => {
    reader ??= new FileReader()
    const files = requests.map((request) => readMessageFile(request, reader ?? new FileReader()))
    reader.shrink()
    return files
  },
}

let reader: FileReader | null = null

function readMessageFile({ path, form }: FileRequest, reader: FileReader): MessageFile {
  const readAt = Date.now()
  const file = reader.read(path)
  if (file.kind !== 'read') return file
  const { stats, isLink } = file
  const { message, flags, received } = extractMessage(file.octets, form)
  return { kind: 'read', stats, isLink, readAt, facts: readFacts(message), flags, received }
}

/** A message taken out of its file. */
export interface ExtractedMessage {
  readonly message: Buffer
  readonly flags: readonly string[] | null
  readonly received: EpochSeconds | null
}

export function extractMessage(file: Buffer, form: FileForm): ExtractedMessage {
  return form === 'emlx' ? readEmlx(file) : { message: file, flags: null, received: null }
}
