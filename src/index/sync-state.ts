import type { FolderName, Locator } from '../stores/store.js'
import type { Sqlite } from './database.js'
import type { KnownPair, PairChange, PairedFolders, PairFolder, PairRow, PairSide } from './pair-row.js'
import { compareOctets } from './side-by-side.js'
import { isDamage, type OpenedState, openStateFile, type StateUse, type SyncStateOwner } from './sync-state-file.js'
import { Interned, PAIR_COLUMNS, placeKey, type StoredPair, sumOf } from './sync-state-rows.js'

/** The state of a channel's last sync, in a file of its own. It fits `TwoWayState` of the planner. */
export interface SyncState extends Disposable {
  /** Empty: it is not kept. */
  readonly path: string
  readonly standing: 'whole' | 'part' | 'none'
  /** What befell the state, for the user: that it is of other stores, damaged, of another version. Empty at a first sync. */
  readonly notes: readonly string[]
  readonly count: number
  /** When the last sync was written down (RFC 3339); null: never. */
  readonly written: string | null
  /** The run that was begun after the last writing, and that is to be taken in; null: none. */
  readonly underWay: string | null
  pairs(): Iterable<KnownPair>
  pairsAt(side: PairSide, folder: FolderName, locator: Locator): readonly KnownPair[]
  folders(): readonly PairedFolders[]
  foldersOf(side: PairSide): readonly PairFolder[]
  /** Writes changes as one: all of them or none are there afterwards. */
  write(changes: Iterable<PairChange>, about: StateWriting): void
}

export interface StateWriting {
  /** RFC 3339. */
  readonly now: string
  /** The run that is about to begin; null: none is. */
  readonly underWay: string | null
  /** Absent: as they were. */
  readonly folders?: readonly PairedFolders[]
  /** Whether mail was left out of it that nobody knows of whether it is new: then the state is not whole. Absent: as it was. */
  readonly asksAgain?: boolean
}

/**
 * Opens the state of a channel, or begins a new one. What cannot be believed is put aside under another name and never read
 * again; it is never an error.
 *
 * @param directory - `$XDG_STATE_HOME/mbaudit`; null: nothing is kept
 * @param rebuild - forgets what is known (`--rebuild-state`)
 * @param isLook - leaves the file as it is, whatever is in it; none is made
 */
export function openSyncState(
  directory: string | null,
  owner: SyncStateOwner,
  rebuild: boolean,
  isLook = false,
): SyncState {
  const opened = openStateFile(directory, owner, useOf(rebuild, isLook))
  try {
    return new StateInFile(opened)
  } catch (error) {
    opened.db.close()
    if (!isDamage(error)) throw error
    const again = openStateFile(directory, owner, useOf(true, isLook))
    return new StateInFile({ ...again, notes: ['the state of the last sync is damaged'] })
  }
}

function useOf(rebuild: boolean, isLook: boolean): StateUse {
  if (isLook) return rebuild ? 'look-rebuilt' : 'look'
  return rebuild ? 'rebuild' : 'use'
}

const octetsOf = (digest: string | null | undefined): Buffer | null =>
  digest === null || digest === undefined ? null : Buffer.from(digest, 'hex')

/** Rows held at a time. */
const PAGE = 1000

class StateInFile implements SyncState {
  readonly path: string
  readonly standing: SyncState['standing']
  readonly notes: readonly string[]
  readonly #db: Sqlite
  readonly #interned: Interned
  readonly #page
  readonly #at
  /** Rows that do not say what was written; they go with the next writing. */
  readonly #unsound = new Set<number>()
  /** Whether any pair was ever in it: a first sync asks for each message. */
  #hasPairs = false

  constructor({ db, path, notes }: OpenedState) {
    this.#db = db
    this.path = path
    this.#interned = new Interned(db)
    this.#page = db
      .prepare<[string, string, number, number], StoredPair>(
        `select ${PAIR_COLUMNS} from "pair" where "identity" >= ? and ("identity", "number") > (?, ?) order by "identity", "number" limit ?`,
      )
      .raw()
    this.#at = {
      a: db.prepare<[number], StoredPair>(`select ${PAIR_COLUMNS} from "pair" where "aKey" = ?`).raw(),
      b: db.prepare<[number], StoredPair>(`select ${PAIR_COLUMNS} from "pair" where "bKey" = ?`).raw(),
    }
    const lost = this.#countLost()
    this.#hasPairs = this.count > 0
    this.standing = this.written === null ? 'none' : lost === 0 && !this.#meta('asksAgain') ? 'whole' : 'part'
    this.notes = lost === 0 ? notes : [...notes, `of the state of the last sync a part is lost`]
  }

  get count(): number {
    return this.#db.prepare<[], number>('select count(*) from "pair"').pluck().get() ?? 0
  }

  get written(): string | null {
    return this.#meta('written')
  }

  get underWay(): string | null {
    return this.#meta('underWay') || null
  }

  *pairs(): Iterable<KnownPair> {
    let from: readonly [string, number] = ['', 0]
    for (;;) {
      const page = this.#page.all(from[0], ...from, PAGE)
      for (const stored of page) {
        const pair = this.#unsound.has(stored[0]) ? null : this.#interned.readSound(stored)
        if (pair !== null) yield pair
      }
      const last = page.at(-1)
      if (last === undefined || page.length < PAGE) return
      from = [last[1], last[0]]
    }
  }

  pairsAt(side: PairSide, folder: FolderName, where: Locator): readonly KnownPair[] {
    if (!this.#hasPairs) return []
    return this.#at[side].all(placeKey(folder, where)).flatMap((stored) => {
      const pair = this.#interned.read(stored)
      return pair?.[side].folder === folder && pair[side].locator === where ? [pair] : []
    })
  }

  folders(): readonly PairedFolders[] {
    return this.#db.prepare<[], PairedFolders>('select "a", "b" from "folders" order by "a", "b"').all()
  }

  foldersOf(side: PairSide): readonly PairFolder[] {
    const column = side === 'a' ? '"aPlace"' : '"bPlace"'
    return this.#interned.foldersAt(this.#db.prepare<[], number>(`select distinct ${column} from "pair"`).pluck().all())
  }

  write(changes: Iterable<PairChange>, { now, underWay, folders, asksAgain }: StateWriting): void {
    const db = this.#db
    const forget = db.prepare<[number]>('delete from "pair" where "number" = ?')
    db.transaction(() => {
      const put = this.#putting()
      for (const change of changes) {
        if (change.forget !== null) forget.run(change.forget)
        if (change.put !== null) put(change.put)
        this.#hasPairs ||= change.put !== null
      }
      for (const number of this.#unsound) forget.run(number)
      if (folders !== undefined) this.#writeFolders(folders)
      // What is lost stays lost until a plan has looked at it.
      const asks = asksAgain ?? (this.standing === 'part' ? true : null)
      if (asks !== null) this.#setMeta('asksAgain', asks ? 'yes' : '')
      this.#setMeta('count', String(this.count))
      this.#setMeta('written', now)
      this.#setMeta('underWay', underWay ?? '')
    })()
    this.#unsound.clear()
  }

  [Symbol.dispose](): void {
    this.#db.close()
  }

  /** A copy is in one pair: what the state had for either of them goes. */
  #putting(): (row: PairRow) => void {
    const replace = this.#db.prepare<[number, string, number, string]>(
      'delete from "pair" where ("aKey" = ? and "identity" = ?) or ("bKey" = ? and "identity" = ?)',
    )
    const add = this.#db.prepare(
      `insert into "pair" ("identity", "wire", "size", "aPlace", "aLocator", "bPlace", "bLocator", "flags", "aKey", "bKey", "sum", "aWire", "bWire")
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    return (row) => {
      const { identity, wire, size, a, b, flags } = row
      const [aKey, bKey] = [placeKey(a.folder, a.locator), placeKey(b.folder, b.locator)]
      replace.run(aKey, identity, bKey, identity)
      add.run(
        identity,
        octetsOf(wire),
        size,
        this.#interned.placeNumber(a),
        a.locator,
        this.#interned.placeNumber(b),
        b.locator,
        this.#interned.flagsNumber(flags),
        aKey,
        bKey,
        sumOf(row),
        octetsOf(a.wire),
        octetsOf(b.wire),
      )
    }
  }

  #writeFolders(folders: readonly PairedFolders[]): void {
    this.#db.exec('delete from "folders"')
    const add = this.#db.prepare<[string, string]>('insert or ignore into "folders" values (?, ?)')
    for (const { a, b } of folders) add.run(a, b)
  }

  /** How many rows say what was written, as they are met in the order of identities; -1: they are not in order. */
  #countSound(): number {
    this.#unsound.clear()
    let sound = 0
    let before = ''
    const walk = this.#db.prepare<[], StoredPair>(`select ${PAIR_COLUMNS} from "pair" order by "identity", "number"`)
    for (const stored of walk.raw().iterate()) {
      const [number, identity] = stored
      if (compareOctets(before, identity) > 0) return -1
      before = identity
      if (this.#interned.read(stored) === null) this.#unsound.add(number)
      else sound++
    }
    return sound
  }

  /** What the file has lost. An index of it that is damaged is made anew before. */
  #countLost(): number {
    const wanted = Number(this.#meta('count'))
    if (this.#countSound() === wanted) return 0
    this.#db.exec('reindex')
    return wanted - this.#countSound()
  }

  #meta(name: string): string | null {
    return this.#db.prepare<[string], string>('select "value" from "meta" where "name" = ?').pluck().get(name) ?? null
  }

  #setMeta(name: string, value: string): void {
    this.#db.prepare<[string, string]>('insert or replace into "meta" values (?, ?)').run(name, value)
  }
}
