import type { StoreIndex } from '../../index/store-index.js'
import { receivedDatesAlike } from './received-dates.js'
import { reusedMessageId } from './reused-ids.js'
import type { IndexRule, IndexSighting } from './rule.js'

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
