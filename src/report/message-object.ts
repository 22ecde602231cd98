import type { IndexedCopy } from '../index/copy-index.js'
import type { Cell } from './report.js'
import { formatDate } from './wording.js'

/** The columns of a message in CSV, which are the keys of a message object, in their order. */
export const MESSAGE_COLUMNS = [
  'store',
  'folder',
  'locator',
  'id',
  'digest',
  'content',
  'size',
  'date',
  'received',
  'from',
  'subject',
  'flags',
] as const

/** A copy as the results show it (docs/schemas). */
export function messageObject(copy: IndexedCopy) {
  return {
    store: copy.store,
    folder: copy.folder,
    locator: copy.locator,
    id: copy.id,
    digest: copy.wire,
    content: copy.content,
    size: copy.size,
    date: formatDate(copy.date),
    received: formatDate(copy.received),
    from: copy.from,
    subject: copy.subject,
    flags: copy.flags,
  }
}

/** A copy as cells of a CSV row; flags are separated by a blank. */
export function messageCells(copy: IndexedCopy): Cell[] {
  const shown = messageObject(copy)
  return MESSAGE_COLUMNS.map((column) => (column === 'flags' ? shown.flags.join(' ') : shown[column]))
}

/** A copy of which only its place and its digests are told. */
export function withoutSubject(copy: IndexedCopy): IndexedCopy {
  return { ...copy, from: '', subject: '' }
}
