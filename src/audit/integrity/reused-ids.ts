import type { StoreIndex } from '../../index/store-index.js'
import type { DuplicateGroup } from '../findings.js'
import { judgeInFull, sharedId } from '../full-judgement.js'
import { type Copies, walkGroups } from '../identity-groups.js'
import { rulesInOrder } from '../keep-rules.js'
import type { IndexRule, IndexSighting } from './rule.js'

/** Copies that are judged together, so that their messages are read in the order they lie in. */
const COPIES_AT_ONCE = 4000

export const reusedMessageId: IndexRule = {
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
  let batch: Copies[] = []
  let copies = 0
  for (const group of walkGroups([index], 'id', 'store')) {
    if (sharedId(group) === null) continue
    batch.push(group)
    copies += group.length
    if (copies < COPIES_AT_ONCE) continue
    yield* await judge(index, batch)
    batch = []
    copies = 0
  }
  yield* await judge(index, batch)
}

async function judge(index: StoreIndex, groups: readonly Copies[]): Promise<readonly IndexSighting[]> {
  const found: IndexSighting[] = []
  await judgeInFull([index], groups, rulesInOrder([]), (group) => found.push(...sightingsOf(group)))
  return found
}

function sightingsOf({ copies }: DuplicateGroup): readonly IndexSighting[] {
  const [{ copy: first }] = copies
  const detail = `another mail has the same Message-ID: ${first.folder} ${first.locator}`
  return copies
    .filter((judged) => judged.class === 'different')
    .map(({ copy }) => ({ folder: copy.folder, copy, offset: null, detail }))
}
