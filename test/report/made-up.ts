import type { JudgedCopy } from '../../src/audit/findings.js'
import type { IndexedCopy } from '../../src/index/copy-index.js'
import { digest, epochSeconds, messageId, octets } from '../../src/message/message.js'
import { folderName, locator } from '../../src/stores/store.js'

/** A copy made up for reports; every field can be set. */
export function copy(row: number, set: Partial<IndexedCopy> = {}): IndexedCopy {
  return {
    row,
    store: 'mail',
    folder: folderName('INBOX'),
    specialUse: null,
    locator: locator(`offset=${row * 100}`),
    position: row * 100,
    id: messageId(`<${row}@example.org>`),
    wire: digest('ab'.repeat(32)),
    content: null,
    size: octets(1000 + row),
    date: epochSeconds(1_709_200_800),
    received: null,
    from: 'Ana <ana@example.org>',
    subject: `Subject ${row}`,
    flags: ['\\Seen'],
    traceFields: 1,
    boundsInDoubt: false,
    emailId: null,
    object: String(row),
    ...set,
  }
}

/** A copy that stays. */
export const kept = (row: number): JudgedCopy => ({
  copy: copy(row),
  keep: true,
  class: null,
  reason: null,
  rule: 'oldest',
})
/** A copy that is extra. */
export const extra = (row: number): JudgedCopy => ({
  copy: copy(row),
  keep: false,
  class: 'identical',
  reason: null,
  rule: null,
})
