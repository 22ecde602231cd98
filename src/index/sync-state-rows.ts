import { hash } from 'node:crypto'
import { type Digest, digest } from '../message/message.js'
import { type FolderName, folderName, locator } from '../stores/store.js'
import type { Sqlite } from './database.js'
import type { KnownPair, PairFolder, PairPlace, PairRow } from './pair-row.js'

/** A row of the table of pairs, as `PAIR_COLUMNS` has it. */
export type StoredPair = [
  number: number,
  identity: string,
  wire: Buffer | null,
  size: number,
  aPlace: number,
  aLocator: string,
  bPlace: number,
  bLocator: string,
  flags: number,
  sum: number,
  aWire: Buffer | null,
  bWire: Buffer | null,
]
export const PAIR_COLUMNS =
  '"number", "identity", "wire", "size", "aPlace", "aLocator", "bPlace", "bLocator", "flags", "sum", "aWire", "bWire"'

/** Under what a place is looked for: 48 bits of a digest. */
export const placeKey = (folder: FolderName, where: string): number => shortHash(JSON.stringify([folder, where]))

const shortHash = (text: string): number => Number.parseInt(hash('sha1', text).slice(0, 12), 16)

/** Proves that a row says what was written. */
export function sumOf({ identity, wire, size, a, b, flags }: PairRow): number {
  const places = [a, b].map(({ folder, locator: where, generation, wire: own = null }) => [
    folder,
    where,
    generation,
    own,
  ])
  return shortHash(JSON.stringify([identity, wire, size, places, flags]))
}

const digestIn = (stored: Buffer | null): Digest | null => (stored === null ? null : digest(stored.toString('hex')))

function placed({ folder, generation }: PairFolder, where: string, stored: Buffer | null): PairPlace {
  const wire = digestIn(stored)
  return { folder, locator: locator(where), generation, ...(wire === null ? {} : { wire }) }
}

/** Folders and sets of flags are few: each is kept once, by number, and known in memory. */
export class Interned {
  readonly #places = new Map<string, number>()
  readonly #placeOf = new Map<number, PairFolder>()
  readonly #flags = new Map<string, number>()
  readonly #flagsOf = new Map<number, readonly string[]>()
  readonly #addPlace
  readonly #addFlags

  constructor(db: Sqlite) {
    const places = db.prepare<[], [number, string, string | null]>('select * from "place"').raw().all()
    for (const [number, folder, generation] of places) this.#notePlace(number, folderName(folder), generation)
    for (const [number, text] of db.prepare<[], [number, string]>('select * from "flags"').raw().all())
      this.#noteFlags(number, text)
    this.#addPlace = db.prepare<[number, string, string | null]>('insert into "place" values (?, ?, ?)')
    this.#addFlags = db.prepare<[number, string]>('insert into "flags" values (?, ?)')
  }

  placeNumber({ folder, generation }: PairPlace): number {
    const known = this.#places.get(JSON.stringify([folder, generation]))
    if (known !== undefined) return known
    const number = Math.max(0, ...this.#placeOf.keys()) + 1
    this.#addPlace.run(number, folder, generation)
    this.#notePlace(number, folder, generation)
    return number
  }

  flagsNumber(flags: readonly string[]): number {
    const text = flags.join(' ')
    const known = this.#flags.get(text)
    if (known !== undefined) return known
    const number = Math.max(0, ...this.#flagsOf.keys()) + 1
    this.#addFlags.run(number, text)
    this.#noteFlags(number, text)
    return number
  }

  /** @param numbers - of `placeNumber` */
  foldersAt(numbers: readonly number[]): PairFolder[] {
    return numbers.flatMap((number) => this.#placeOf.get(number) ?? [])
  }

  /** null: what the row says is not what was written. */
  read(stored: StoredPair): KnownPair | null {
    const pair = this.readSound(stored)
    return pair !== null && sumOf(pair) === stored[9] ? pair : null
  }

  /** Of a row that was looked at before. */
  readSound(stored: StoredPair): KnownPair | null {
    const [number, identity, wire, size, aPlace, aLocator, bPlace, bLocator, flags, , aWire, bWire] = stored
    const [a, b, had] = [this.#placeOf.get(aPlace), this.#placeOf.get(bPlace), this.#flagsOf.get(flags)]
    if (a === undefined || b === undefined || had === undefined) return null
    return {
      number,
      identity,
      wire: digestIn(wire),
      size,
      a: placed(a, aLocator, aWire),
      b: placed(b, bLocator, bWire),
      flags: had,
    }
  }

  #notePlace(number: number, folder: FolderName, generation: string | null): void {
    this.#places.set(JSON.stringify([folder, generation]), number)
    this.#placeOf.set(number, { folder, generation })
  }

  #noteFlags(number: number, text: string): void {
    this.#flags.set(text, number)
    this.#flagsOf.set(number, text === '' ? [] : text.split(' '))
  }
}
