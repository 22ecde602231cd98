import type { StoreIndex } from '../../index/store-index.js'
import { findDuplicates } from '../duplicates.js'
import { receivedDatesAlike } from './received-dates.js'
import type { IndexRule, IndexSighting } from './rule.js'

const reusedMessageId: IndexRule = {
  name: 'reused-message-id',
  scope: 'store',
  severity: 'warning',
  summary: 'Messages with different content share one Message-ID.',
  source: 'RFC 5322 §3.6.4',
  origin:
    'A program that gives every mail the same ID, or one ID to all recipients of a letter; drafts saved again and again; a mail edited or forwarded under its old ID.',
  risk: 'Programs that take the Message-ID for the mail (clients, sync tools, finders of duplicates) show, copy or keep one of them and lose the others.',
  remedy: 'Leave them. mbaudit never counts them as duplicates; mbaudit show STORE ID says what differs.',
  find: findReusedIds,
}

async function* findReusedIds(index: StoreIndex): AsyncIterable<IndexSighting> {
  const found = await findDuplicates([index], { by: 'id', scope: 'store', keep: [] })
  for (const { copies } of found.rows()) {
    const [{ copy: first }] = copies
    const detail = `another mail has the same Message-ID: ${first.folder} ${first.locator}`
    for (const { copy, class: likeness } of copies)
      if (likeness === 'different') yield { folder: copy.folder, copy, offset: null, detail }
  }
}

const markedDeleted: IndexRule = {
  name: 'marked-deleted',
  scope: 'folder',
  severity: 'note',
  summary: 'Messages are marked as deleted and still there.',
  source: 'RFC 9051 §2.3.2, maildir(5)',
  origin: 'A client marked them and nobody expunged the folder since.',
  risk: 'They take room and may come back to light: not every program knows the mark, and a copy to another format may lose it.',
  remedy: 'Expunge (compact) the folder in your mail client if you want them gone; take the mark off if not.',
  find: findMarkedDeleted,
}

/** In an mbox each of them is told where it lies, by a rule of its own. */
async function* findMarkedDeleted(index: StoreIndex): AsyncIterable<IndexSighting> {
  if (index.type === 'mbox') return
  for (const { folder, deleted } of index.folders()) {
    const detail = `${deleted} ${deleted === 1 ? 'message' : 'messages'}`
    if (deleted > 0) yield { folder, copy: null, offset: null, detail }
  }
}

/** What is found by asking the index. */
export const INDEX_RULES: readonly IndexRule[] = [reusedMessageId, markedDeleted, receivedDatesAlike]
