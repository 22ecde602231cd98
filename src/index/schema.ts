import type { Generated } from 'kysely'

/** Version of the tables below. An index made with another one is made anew. */
export const SCHEMA_VERSION = 5

/** How the index was made: schema and canonicaliser version, the store's identity. */
interface MetaTable {
  name: string
  value: string
}

interface FolderTable {
  number: Generated<number>
  name: string
  specialUse: string | null
  /** Place of the folder in the store: INBOX first, then by name. */
  ordinal: number
  /** 1: the present command asks for it. */
  chosen: number
  /** What the store said at the end of the last complete scan; null: none was complete. */
  state: Generated<string | null>
  /** What its locators hold under, as of that scan: UIDVALIDITY. */
  generation: Generated<string | null>
  /** Its rows, but for those that are `unseen`; their octets; those of them with no ID. */
  messages: Generated<number>
  octets: Generated<number>
  noId: Generated<number>
}

/** One stored instance of a message. */
interface CopyTable {
  row: number
  folder: number
  position: number
  locator: string
  /** The identity: a Message-ID, `content:<digest>`, `wire:<digest>`; null: no ID, and the content is not read yet. */
  key: string | null
  /** As the scan made it; null where it read the header alone. */
  wire: string | null
  size: number
  date: number | null
  received: number | null
  sender: string
  subject: string
  /** Separated by a blank. */
  flags: string
  traceFields: number
  boundsInDoubt: number
  stamp: string
  object: string
  otherNames: number
  emailId: string | null
  /** The `wire` digest that a question had made since, where the scan made none. */
  lateWire: Generated<string | null>
  /** `headSumOf` Date, From and Subject. */
  headSum: number
  /** Why it is left out of every question: one of HIDDEN; 0 is shown. */
  hidden: Generated<number>
}

/** What decoding told of a copy. */
interface ContentTable {
  row: number
  content: string
  octets: number
  isWhole: number
}

/** How two messages differ, by their `wire` digests. */
interface DifferenceTable {
  kept: string
  other: string
  verdict: string
}

export interface IndexSchema {
  meta: MetaTable
  folder: FolderTable
  copy: CopyTable
  content: ContentTable
  difference: DifferenceTable
}

export const HIDDEN = {
  no: 0,
  /** An earlier copy of this store is the same file system object. */
  alias: 1,
  /** Known from an earlier scan and not met in the last one, which did not read the folder in full. */
  unseen: 2,
  /** A copy in another store that the present command names is the same object. */
  elsewhere: 3,
} as const
