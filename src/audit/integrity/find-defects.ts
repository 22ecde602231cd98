import { EXIT, MbauditError } from '../../errors.js'
import type { DefectSpool } from '../../index/defect-spool.js'
import { distinctIndexes } from '../../index/same-object.js'
import type { StoreIndex } from '../../index/store-index.js'
import { excerpt } from '../../message/excerpt.js'
import type { EpochSeconds } from '../../message/message.js'
import type { Observation } from '../../stores/observation.js'
import type { Findings } from '../findings.js'
import type { ChosenRule } from './choose-rules.js'
import type { CheckSummary, Defect, SignatureCounts } from './defect.js'
import { DefectBook } from './defect-book.js'
import { MessageView } from './message-view.js'
import type { IndexRule, MessageRule } from './rule.js'
import { ruleFailed } from './rule-failed.js'

/** A store to be checked: what is known of its messages, and what it sees itself in its format. */
export interface CheckedStore {
  readonly index: StoreIndex
  readonly observe: () => AsyncIterable<readonly Observation[]>
}

export interface CheckOptions {
  readonly rules: readonly ChosenRule[]
  /** When the check began. */
  readonly now: EpochSeconds
  /** Holds what is found; to be left open as long as the findings are walked. */
  readonly spool: DefectSpool
}

/** Looks for what the chosen rules say of the stores and of each message in them. Defects come in the order of their places. */
export async function findDefects(
  stores: readonly CheckedStore[],
  { rules, now, spool }: CheckOptions,
): Promise<Findings<CheckSummary, Defect>> {
  const indexes = distinctIndexes(stores.map(({ index }) => index))
  const book = new DefectBook(spool, indexes, rules)
  const signatures = rules.some(({ rule }) => 'detect' in rule) ? { intact: 0, altered: 0, unverifiable: 0 } : null
  for (const { index, observe } of stores.filter((each) => indexes.includes(each.index))) {
    const check = new StoreCheck(index, book, now)
    if (rules.some(({ rule }) => !('detect' in rule || 'find' in rule))) await check.observe(observe)
    for (const { rule } of rules) if ('find' in rule) await check.ask(rule)
    const messageRules = rules.map(({ rule }) => rule).filter((rule) => 'detect' in rule)
    if (signatures !== null) await check.readMessages(messageRules, signatures)
    book.endStore()
  }
  const messages = indexes.reduce((sum, index) => sum + index.totals().messages, 0)
  return { summary: book.summarise(messages, countAll(signatures)), rows: () => book.rows() }
}

type Counts = { -readonly [verdict in Exclude<keyof SignatureCounts, 'signed'>]: number }

const countAll = (counts: Counts | null): SignatureCounts | null =>
  counts && { signed: counts.intact + counts.altered + counts.unverifiable, ...counts }

/** The check of one store. What throws is noted, and the check goes on. */
class StoreCheck {
  readonly #index: StoreIndex
  readonly #book: DefectBook
  readonly #now: EpochSeconds

  constructor(index: StoreIndex, book: DefectBook, now: EpochSeconds) {
    this.#index = index
    this.#book = book
    this.#now = now
  }

  async observe(observe: CheckedStore['observe']): Promise<void> {
    try {
      for await (const batch of observe())
        for (const observation of batch) this.#book.addObservation(this.#index, observation)
    } catch (error) {
      this.#noteFailure('the store', error)
    }
  }

  async ask(rule: IndexRule): Promise<void> {
    try {
      for await (const sighting of rule.find(this.#index)) this.#book.addOfIndex(this.#index, rule.name, sighting)
    } catch (error) {
      this.#noteFailure(rule.name, error)
    }
  }

  async readMessages(rules: readonly MessageRule[], signatures: Counts): Promise<void> {
    for await (const [copy, octets] of this.#index.readAll()) {
      const mail = new MessageView(octets, copy, this.#index.type, this.#now)
      for (const rule of rules) this.#judge(rule, mail)
      this.#try('body hashes', mail, () => {
        for (const { verdict } of mail.bodyHashes) signatures[verdict]++
      })
      this.#book.meet(this.#index, copy)
    }
  }

  #judge(rule: MessageRule, mail: MessageView): void {
    this.#try(rule.name, mail, () => {
      for (const sighting of rule.detect(mail)) this.#book.addOfMessage(this.#index, rule.name, mail.copy, sighting)
    })
  }

  #try(what: string, mail: MessageView, work: () => void): void {
    try {
      work()
    } catch (error) {
      const detail = describeFailure(what, error)
      this.#book.addOfMessage(this.#index, ruleFailed.name, mail.copy, { offset: null, detail })
    }
  }

  #noteFailure(what: string, error: unknown): void {
    if (error instanceof MbauditError && error.exitStatus === EXIT.interrupted) throw error
    this.#book.addOfStore(this.#index, ruleFailed.name, describeFailure(what, error))
  }
}

function describeFailure(what: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return `${what}: ${excerpt(Buffer.from(message), 0)}`
}
