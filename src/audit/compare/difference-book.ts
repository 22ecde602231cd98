import { Spool } from '../../index/spool.js'
import type { FolderName } from '../../stores/store.js'
import type { FolderPairing } from '../folder-pairs.js'
import {
  type CompareOptions,
  type CompareSummary,
  DIFFERENCE_KINDS,
  type Difference,
  type DifferenceKind,
  type Evidence,
} from './comparison.js'

/** A difference as it is kept. */
export interface Entry {
  readonly number: number
  readonly difference: Difference
  /** Whether it is of what was asked for; one that is not may still be the partner of another. */
  readonly isWanted: boolean
}

type Counted = Exclude<DifferenceKind, 'same'>

/** Counts what a comparison tells, and keeps the differences outside memory, by folder, kind and place. */
export class DifferenceBook implements Disposable {
  readonly #pairing: FolderPairing
  readonly #options: Pick<CompareOptions, 'wantsFolder' | 'wantsCopy'>
  readonly #places = new Map<FolderName, number>()
  readonly #counts = { same: 0, missing: 0, extra: 0, moved: 0, changed: 0, flags: 0, copies: 0 }
  readonly #evidence = { headers: 0, digests: 0 }
  #both = 0
  #rows = 0
  #entries = new Spool<Entry>()

  constructor(pairing: FolderPairing, options: Pick<CompareOptions, 'wantsFolder' | 'wantsCopy'>) {
    this.#pairing = pairing
    this.#options = options
    for (const { slave } of pairing.pairs) this.placeOf(slave)
    for (const folder of pairing.extra) this.placeOf(folder)
  }

  /** The number of a folder of the slave, in the order of results. */
  placeOf(folder: FolderName): number {
    const known = this.#places.get(folder)
    if (known !== undefined) return known
    this.#places.set(folder, this.#places.size)
    return this.#places.size - 1
  }

  /** Keeps what is told of one identity, and counts what of it was asked for. @returns what was kept */
  add(told: readonly Difference[]): readonly Entry[] {
    const kept: Entry[] = []
    const flagged = new Set(told.filter(({ kind }) => kind === 'flags').map(({ master }) => master))
    for (const difference of told) {
      const isWanted = this.isWanted(difference)
      if (isWanted) this.#count(difference, difference.kind === 'copies' && flagged.has(difference.master))
      const mayPair = difference.kind === 'missing' || difference.kind === 'extra'
      if (difference.kind === 'same' || (!isWanted && !mayPair)) continue
      const entry = { number: this.#entries.count, difference, isWanted }
      this.#entries.add(entry, this.#orderOf(difference))
      kept.push(entry)
    }
    return kept
  }

  /** Counts a mail that is the same in folders that pair. */
  addSame(masterFolder: FolderName, evidence: Evidence): void {
    if (!this.#options.wantsFolder(masterFolder)) return
    this.#counts.same++
    this.#both++
    this.#evidence[evidence]++
  }

  /** A mail that moved is of what was asked for where both of its folders are. */
  isWanted({ kind, masterFolder, master, slave }: Difference): boolean {
    const { wantsFolder, wantsCopy } = this.#options
    const [{ folder: from } = { folder: null }] = kind === 'moved' ? slave : []
    if (!wantsFolder(masterFolder) || (from !== null && !wantsFolder(this.#pairing.masterOf(from)))) return false
    return wantsCopy === null || [master, slave].every((copies) => copies.length === 0 || copies.some(wantsCopy))
  }

  #count({ kind, master, slave, evidence }: Difference, isToldTwice: boolean): void {
    this.#counts[kind]++
    if (kind !== 'same') this.#rows += Math.max(master.length, slave.length)
    if (kind === 'missing' || kind === 'extra') return
    if (isToldTwice) return
    if (kind !== 'moved') this.#both++
    this.#evidence[evidence]++
  }

  /** Replaces differences by others. */
  replace(gone: ReadonlySet<number>, added: Iterable<Difference>): void {
    const before = this.#entries
    this.#entries = new Spool<Entry>()
    for (const entry of before.inOrder()) {
      if (!gone.has(entry.number)) this.#entries.add(entry, this.#orderOf(entry.difference))
      else if (entry.isWanted) this.#uncount(entry.difference)
    }
    before[Symbol.dispose]()
    for (const difference of added) this.add([difference])
  }

  #uncount({ kind, master, slave, evidence }: Difference): void {
    this.#counts[kind]--
    this.#rows -= Math.max(master.length, slave.length)
    if (kind === 'missing' || kind === 'extra') return
    this.#both--
    this.#evidence[evidence]--
  }

  #orderOf({ kind, slaveFolder, master, slave }: Difference): readonly [number, number, number] {
    const position = (master[0] ?? slave[0])?.position ?? 0
    return [this.placeOf(slaveFolder), DIFFERENCE_KINDS.indexOf(kind), position]
  }

  entries(): Iterable<Entry> {
    return this.#entries.inOrder()
  }

  *differences(): Iterable<Difference> {
    for (const { difference, isWanted } of this.#entries.inOrder()) if (isWanted) yield difference
  }

  get counts(): Pick<CompareSummary, 'inBoth' | 'evidence' | 'rows' | Counted> {
    const { same: _, ...counts } = this.#counts
    const evidence: Readonly<Record<Evidence, number>> = { ...this.#evidence }
    return { inBoth: this.#both, ...counts, evidence, rows: this.#rows }
  }

  [Symbol.dispose](): void {
    this.#entries[Symbol.dispose]()
  }
}
