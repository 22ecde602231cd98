import { UsageError } from '../errors.js'
import type { IndexedCopy } from '../index/copy-index.js'
import { identityOf } from '../index/identity.js'
import { distinctIndexes } from '../index/same-object.js'
import type { StoreIndex } from '../index/store-index.js'
import { parseMessageId } from '../message/message-id.js'
import type { DuplicateGroup } from './findings.js'
import { judgeInFull } from './full-judgement.js'
import type { Copies } from './identity-groups.js'
import { rulesInOrder } from './keep-rules.js'
import { type ExplainedPair, explainPair } from './pair.js'

export type { ExplainedPair }

/** One mail and every copy of it in the stores. */
export interface ExplainedMail {
  /** As asked for. */
  readonly query: string
  /** What its copies have in common: `<id>`, `content:<digest>`, `wire:<digest>`; null when it could not be read. */
  readonly identity: string | null
  /** The copy that was named, or the first that has the ID. */
  readonly copy: IndexedCopy
  /** Every copy of the mail, `copy` among them, in the order of their places. */
  readonly copies: readonly IndexedCopy[]
  /** The copies as `dupes --scope all` judges them; null when there is one alone. */
  readonly group: DuplicateGroup | null
}

export interface Explanation {
  readonly mails: readonly ExplainedMail[]
  /** Given when two were asked for. */
  readonly pair: ExplainedPair | null
}

/**
 * Finds one or two mails by Message-ID (with or without brackets), by the identity of a mail with no ID, by locator, or by
 * `FOLDER/locator`, and says what is known of them.
 *
 * @throws UsageError when nothing answers to a query, or several folders have the locator (they are named)
 */
export async function explainMail(
  named: readonly StoreIndex[],
  queries: readonly [string] | readonly [string, string],
): Promise<Explanation> {
  const indexes = distinctIndexes(named)
  for (const index of indexes) await index.needIdentities()
  const mails: ExplainedMail[] = []
  for (const query of queries) mails.push(await explainOne(indexes, query))
  const [first, second] = mails
  return { mails, pair: first && second ? await explainPair(indexes, first.copy, second.copy) : null }
}

async function explainOne(indexes: readonly StoreIndex[], query: string): Promise<ExplainedMail> {
  const copy = findCopy(indexes, query)
  const identity = identityOf(copy)
  const copies = identity === null ? [copy] : copiesOf(indexes, identity)
  const group = await judge(indexes, copies)
  for (const index of indexes) await index.needWires(copies.filter(({ store }) => store === index.store))
  const shown = copies.map((each) => withWire(indexes, each))
  return { query, identity, copy: withWire(indexes, copy), copies: shown, group }
}

const withWire = (indexes: readonly StoreIndex[], copy: IndexedCopy): IndexedCopy =>
  copy.wire === null ? { ...copy, wire: indexes.find(({ store }) => store === copy.store)?.wire(copy) ?? null } : copy

const copiesOf = (indexes: readonly StoreIndex[], identity: string): readonly IndexedCopy[] =>
  indexes.flatMap((index) => index.copiesOf(identity, 'id'))

async function judge(indexes: readonly StoreIndex[], copies: readonly IndexedCopy[]): Promise<DuplicateGroup | null> {
  const [first, second, ...rest] = copies
  if (first === undefined || second === undefined) return null
  const group: Copies = [first, second, ...rest]
  let judged: DuplicateGroup | null = null
  await judgeInFull(indexes, [group], rulesInOrder([]), (found) => {
    judged = found
  })
  return judged
}

function findCopy(indexes: readonly StoreIndex[], query: string): IndexedCopy {
  const [byId] = [query, parseMessageId(query) ?? query].flatMap((identity) => copiesOf(indexes, identity))
  if (byId !== undefined) return byId
  const found = copiesAt(indexes, query)
  const [first, ...others] = found
  if (first === undefined)
    throw new UsageError(
      `no message has the ID or the locator ${query}`,
      'mbaudit list shows every message with its folder, locator and ID; FOLDER/LOCATOR names one of several.',
    )
  const elsewhere = others.filter(({ store, folder }) => store !== first.store || folder !== first.folder)
  if (elsewhere.length === 0) return first
  const places = [first, ...elsewhere].map(({ folder, locator }) => `${folder}/${locator}`)
  throw new UsageError(`${query} stands for messages in several folders`, `Name one of them: ${places.join(', ')}`)
}

/** Copies that a locator alone names, or `FOLDER/locator`. */
function copiesAt(indexes: readonly StoreIndex[], query: string): readonly IndexedCopy[] {
  const found = indexes.flatMap((index) => index.copiesAt(query))
  for (let at = query.indexOf('/'); found.length === 0 && at !== -1; at = query.indexOf('/', at + 1)) {
    const [folder, locator] = [query.slice(0, at), query.slice(at + 1)]
    found.push(...indexes.flatMap((index) => index.copiesAt(locator).filter((copy) => copy.folder === folder)))
  }
  return found
}
