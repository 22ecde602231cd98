import type { readContent as Decoder } from '../message/content.js'
import { digest, epochSeconds } from '../message/message.js'
import { wireDigest } from '../message/wire.js'
import { type FolderName, folderName, locator } from '../stores/store.js'
import type { IndexedCopy } from './copy-index.js'
import type { Sqlite } from './database.js'
import { identityKey, identityOf, isWithoutId } from './identity.js'
import type { MessageReader } from './message-reader.js'
import type { QuestionStatements, UnreadRow } from './question-statements.js'
import { inPlaceOrder } from './read-all.js'
import type { BodyChoice } from './scan.js'
import { type FolderRow, PAGE } from './scan-statements.js'
import { STATEMENTS } from './statements.js'

/** What bodies are read with. */
interface Means {
  readonly db: Sqlite
  readonly ask: QuestionStatements
  readonly reader: MessageReader
  readonly folders: readonly FolderRow[]
  readonly bodies: BodyChoice
}

/** Has messages read for questions, and keeps what is made of their bodies. */
export class Bodies {
  readonly #means: Means

  constructor(means: Means) {
    this.#means = means
  }

  /** Reads what a question has not read yet: content, identity, or the digest alone; page by page, in the order of places. */
  async readAll(question: 'unread' | 'unreadWithoutId' | 'withoutWire'): Promise<void> {
    const { db, ask, folders } = this.#means
    if (question !== 'unreadWithoutId') db.exec(STATEMENTS.placeIndex)
    for (const { number, name } of folders) {
      let from: readonly [number, string, number] = [-1, '', 0]
      for (;;) {
        const page = ask[question].all(number, ...from, PAGE)
        await this.#read(folderName(name), page, question !== 'withoutWire')
        const last = page.at(-1)
        if (last === undefined || page.length < PAGE) break
        from = [last[0], last[1], last[2]]
      }
    }
  }

  /** Reads copies for all that is made of bodies. */
  async readCopies(copies: readonly IndexedCopy[]): Promise<void> {
    for (const [folder, wanted] of inPlaceOrder(this.#means.folders, copies))
      await this.#read(folder, wanted.map(unreadRowOf), true)
  }

  async #read(folder: FolderName, rows: readonly UnreadRow[], wantsContent: boolean): Promise<void> {
    const { db, reader, bodies } = this.#means
    const wanted = bodies === 'none' ? rows.filter(([, , , , , wire]) => wire !== null) : rows
    if (wanted.length === 0) return
    // The decoder is loaded for what it decodes alone.
    const { readContent } = await import('../message/content.js')
    db.exec('begin')
    try {
      const read = reader.read(folder, wanted, ([, where]) => locator(where))
      for await (const [row, bytes] of read) {
        const decodes = wantsContent || isWithoutId(row[3])
        this.#keep(row, bytes, decodes ? readContent : null)
      }
    } finally {
      db.exec('commit')
    }
  }

  #keep([, , row, key, date, wire, lateWire]: UnreadRow, bytes: Buffer, decode: typeof Decoder | null): void {
    const { ask } = this.#means
    const known = wire ?? lateWire ?? wireDigest(bytes)
    if (wire === null && lateWire === null) ask.keepWire.run(known, row)
    if (decode === null) return
    const { content, octets, isWhole } = decode(bytes)
    ask.addContent.run(row, content, octets, isWhole ? 1 : 0)
    if (key !== null) return
    const facts = { id: null, date: date === null ? null : epochSeconds(date), wire: digest(known) }
    const identity = identityKey(facts, content)
    if (identity !== null) ask.nameCopy.run(identity, row)
  }
}

function unreadRowOf(copy: IndexedCopy): UnreadRow {
  const { position, locator, row, date, wire } = copy
  return [position, locator, row, identityOf(copy), date, wire, null]
}
