import { openScratch, type Sqlite } from './database.js'

/** A defect as the spool holds it: names that repeat are numbers, which the one who fills it gives out. */
export interface SpooledDefect {
  readonly store: number
  /** Place of the folder in its store; that of the store as a whole comes before all. */
  readonly ordinal: number
  readonly folder: string | null
  /** Order inside the folder; null: not known yet, or no copy's. */
  readonly position: number | null
  readonly locator: string | null
  readonly rule: number
  /** Octets. */
  readonly offset: number | null
  readonly detail: string
  readonly id: string | null
}

export interface SpooledCount {
  readonly rule: number
  readonly count: number
  /** The one that came in first. */
  readonly first: SpooledDefect
}

/** A copy's place, and what is known of it. */
export type PlacedCopy = Pick<SpooledDefect, 'store' | 'folder' | 'locator' | 'position' | 'id'>

type Columns = [
  number,
  number,
  string | null,
  number | null,
  string | null,
  number,
  number | null,
  string,
  string | null,
]

const COLUMNS = '"store", "ordinal", "folder", "position", "locator", "rule", "offset", "detail", "id"'
const CREATE = `create table "defect" ("number" integer primary key, "store" integer not null, "ordinal" integer not null,
  "folder" text, "position" real, "locator" text, "rule" integer not null, "offset" integer, "detail" text not null,
  "id" text, "waits" integer not null)`
/** Those that wait for their copy to be met. */
const CREATE_WAITING = 'create index "defectWaiting" on "defect" ("locator", "folder", "store") where "waits" = 1'
const IN_ORDER = '"store", "ordinal", "folder", "position", "locator", "rule", "offset", "number"'

/**
 * Defects beyond what memory holds: they come in as they are found and go out in the order of their places. A private
 * database of its own, gone when it is closed.
 */
export class DefectSpool implements Disposable {
  readonly #db: Sqlite
  readonly #add
  readonly #place

  constructor() {
    this.#db = openScratch()
    this.#db.exec(CREATE)
    this.#db.exec(CREATE_WAITING)
    this.#db.exec('begin')
    this.#add = this.#db.prepare<[...Columns, number]>(
      `insert into "defect" (${COLUMNS}, "waits") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#place = this.#db.prepare<[number | null, string | null, string | null, string | null, number]>(
      `update "defect" set "position" = ?, "id" = ?, "waits" = 0
       where "waits" = 1 and "locator" = ? and "folder" = ? and "store" = ?`,
    )
  }

  /** @param waits - whether the copy at this locator is to be told later, by `place` */
  add(defect: SpooledDefect, waits = false): void {
    const { store, ordinal, folder, position, locator, rule, offset, detail, id } = defect
    this.#add.run(store, ordinal, folder, position, locator, rule, offset, detail, id, waits ? 1 : 0)
  }

  /** Gives defects that wait for this copy its position and its ID. */
  place({ position, id, locator, folder, store }: PlacedCopy): void {
    this.#place.run(position, id, locator, folder, store)
  }

  /** How many there are of each rule. */
  counts(): readonly SpooledCount[] {
    const counted = this.#db
      .prepare<[], [number, ...Columns]>(
        `select "total", ${COLUMNS} from "defect" inner join
         (select count(*) as "total", min("number") as "first" from "defect" group by "rule") on "number" = "first"`,
      )
      .raw()
    return counted.all().map(([count, ...columns]) => {
      const first = defectOf(columns)
      return { rule: first.rule, count, first }
    })
  }

  /** In the order of their places. */
  *inOrder(): Iterable<SpooledDefect> {
    const walk = this.#db.prepare<[], Columns>(`select ${COLUMNS} from "defect" order by ${IN_ORDER}`).raw()
    for (const columns of walk.iterate()) yield defectOf(columns)
  }

  [Symbol.dispose](): void {
    this.#db.close()
  }
}

function defectOf([store, ordinal, folder, position, locator, rule, offset, detail, id]: Columns): SpooledDefect {
  return { store, ordinal, folder, position, locator, rule, offset, detail, id }
}
