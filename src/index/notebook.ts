import { openScratch, type Sqlite } from './database.js'

const CREATE = 'create table "note" ("key" text primary key, "text" text not null) without rowid'
const WRITE =
  'insert into "note" ("key", "text") values (?, ?) on conflict ("key") do update set "text" = excluded."text"'

/** Remembers more than memory holds, by key, as long as it is open. */
export class Notebook implements Disposable {
  readonly #db: Sqlite
  readonly #write
  readonly #read

  constructor() {
    this.#db = openScratch()
    this.#db.exec(CREATE)
    this.#db.exec('begin')
    this.#write = this.#db.prepare<[string, string]>(WRITE)
    this.#read = this.#db.prepare<[string], string>('select "text" from "note" where "key" = ?').pluck()
  }

  set(key: string, text: string): void {
    this.#write.run(key, text)
  }

  get(key: string): string | null {
    return this.#read.get(key) ?? null
  }

  has(key: string): boolean {
    return this.#read.get(key) !== undefined
  }

  /** Counts up what stands under a key. */
  count(key: string): void {
    this.set(key, String(this.countOf(key) + 1))
  }

  countOf(key: string): number {
    return Number(this.get(key) ?? 0)
  }

  [Symbol.dispose](): void {
    this.#db.close()
  }
}
