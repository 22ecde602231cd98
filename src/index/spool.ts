import { openScratch, type Sqlite } from './database.js'
import { compareOctets } from './side-by-side.js'

/** Where an item stands in a spool: by these numbers, then by the octets of the text in UTF-8, then in the order in which items came in. */
export type SpoolOrder = readonly [number, number, number, string?]

const CREATE = `create table "item" ("number" integer primary key, "first" integer not null, "second" integer not null,
  "third" real not null, "fourth" text not null, "item" text not null)`
const IN_ORDER = 'select "item" from "item" order by "first", "second", "third", "fourth", "number"'
const AS_THEY_CAME = 'select "item" from "item" order by "number"'

/** What is written once and read in order needs little at hand. */
const CACHE_KIB = 4 * 1024

/** Sorts more items than memory holds: they come in as they are found and go out in order, as often as wanted. JSON values alone. */
export class Spool<Item> implements Disposable {
  readonly #db: Sqlite
  readonly #add
  /** How many came in. */
  count = 0
  #last: SpoolOrder | null = null
  /** Whether they came in in order: then nothing needs sorting. */
  #isSorted = true

  constructor() {
    this.#db = openScratch(CACHE_KIB)
    this.#db.exec(CREATE)
    this.#db.exec('begin')
    this.#add = this.#db.prepare<[number, number, number, string, string]>(
      'insert into "item" ("first", "second", "third", "fourth", "item") values (?, ?, ?, ?, ?)',
    )
  }

  add(item: Item, order: SpoolOrder): void {
    const [first, second, third, fourth = ''] = order
    if (this.#isSorted && this.#last !== null) this.#isSorted = compareOrders(this.#last, order) <= 0
    this.#last = order
    this.#add.run(first, second, third, fourth, JSON.stringify(item))
    this.count++
  }

  *inOrder(): Iterable<Item> {
    for (const text of this.texts()) yield JSON.parse(text)
  }

  /** The items in order, each as its JSON. */
  *texts(): Iterable<string> {
    const walk = this.#db.prepare<[], [string]>(this.#isSorted ? AS_THEY_CAME : IN_ORDER).raw()
    for (const [text] of walk.iterate()) yield text
  }

  [Symbol.dispose](): void {
    this.#db.close()
  }
}

function compareOrders(a: SpoolOrder, b: SpoolOrder): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || compareOctets(a[3] ?? '', b[3] ?? '')
}
