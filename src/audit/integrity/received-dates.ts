import type { IndexedCopy } from '../../index/copy-index.js'
import type { StoreIndex } from '../../index/store-index.js'
import type { FolderName } from '../../stores/store.js'
import type { IndexRule, IndexSighting } from './rule.js'

/** Fewer messages may well have come on one day. */
const FEWEST = 20
const DAY = 86_400
const LONG = 60 * DAY

export const receivedDatesAlike: IndexRule = {
  name: 'received-dates-alike',
  scope: 'folder',
  severity: 'note',
  summary: 'All messages of the folder were received on one day, says the store; their Date fields are months apart.',
  source: 'RFC 9051 §2.3.3 (internal date)',
  origin: 'They were likely imported, copied or restored that day, and the dates when they came were not kept.',
  risk: 'Clients that sort by date of receipt show them in a heap, and rules such as "older than a year" count from the import.',
  remedy: 'Sort by the Date field. A copy of the store from before the import, if there is one, has the true dates.',
  find: findAlike,
}

/** From the least to the greatest. */
interface Range {
  from: number
  to: number
}

interface FolderDates {
  messages: number
  readonly received: Range
  readonly sent: Range
}

async function* findAlike(index: StoreIndex): AsyncIterable<IndexSighting> {
  for (const [folder, { messages, received, sent }] of datesOf(index.copies())) {
    if (messages < FEWEST || received.to - received.from > DAY || sent.to - sent.from < LONG) continue
    const days = Math.floor((sent.to - sent.from) / DAY)
    const detail = `${messages} messages received on ${dayOf(received.to)}, sent over ${days} days`
    yield { folder, copy: null, offset: null, detail }
  }
}

function datesOf(copies: Iterable<IndexedCopy>): ReadonlyMap<FolderName, FolderDates> {
  const folders = new Map<FolderName, FolderDates>()
  for (const { folder, received, date } of copies) {
    if (received === null || date === null) continue
    const dates = folders.get(folder) ?? { messages: 0, received: nothing(), sent: nothing() }
    folders.set(folder, dates)
    dates.messages++
    widen(dates.received, received)
    widen(dates.sent, date)
  }
  return folders
}

const nothing = (): Range => ({ from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY })

function widen(range: Range, value: number): void {
  range.from = Math.min(range.from, value)
  range.to = Math.max(range.to, value)
}

const dayOf = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10)
