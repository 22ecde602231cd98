import { walkSideBySide } from '../../index/side-by-side.js'
import type { IdentifiedCopy, StoreIndex } from '../../index/store-index.js'
import type { FolderName } from '../../stores/store.js'
import { plainName } from '../folder-map.js'
import { type FolderPairing, pairFolders } from '../folder-pairs.js'
import { alikeOf } from './alike.js'
import type { CompareOptions, CompareSummary, Comparison, Difference, FolderDifferences } from './comparison.js'
import { DifferenceBook } from './difference-book.js'
import { type IdentityJudge, identityJudge } from './judge-identity.js'
import type { Left } from './left-mails.js'
import type { Sides } from './mails.js'
import type { Judged } from './places.js'
import { type Readings, readingsOf } from './readings.js'
import { ServerChanges } from './server-changes.js'

/** Copies of identities that are judged together, so that their messages are read in the order they lie in. */
const COPIES_AT_ONCE = 1000

/** Identities that are judged without a pause: some tens of milliseconds. */
const IDENTITIES_AT_ONCE = 2000

/**
 * Compares what two stores hold, mail by mail and folder by folder, and has read what that takes. The stores have distinct
 * names; both indexes are walked by identity, and one identity is in memory at a time.
 */
export async function compareStores(
  master: StoreIndex,
  slave: StoreIndex,
  options: CompareOptions,
): Promise<Comparison> {
  await master.needIdentities()
  await slave.needIdentities()
  const comparer = new Comparer(master, slave, options)
  try {
    await comparer.read()
  } catch (error) {
    comparer[Symbol.dispose]()
    throw error
  }
  return comparer
}

class Comparer implements Comparison {
  readonly folders: FolderDifferences
  readonly #indexes: readonly [StoreIndex, StoreIndex]
  readonly #judge: IdentityJudge
  readonly #book: DifferenceBook
  readonly #serverChanges: ServerChanges
  readonly #options: CompareOptions
  readonly #unjudged = { master: 0, slave: 0 }

  constructor(master: StoreIndex, slave: StoreIndex, options: CompareOptions) {
    this.#indexes = [master, slave]
    this.#options = options
    const pairing = pairFolders(master.folders(), slave.folders(), options)
    const readings = {
      master: readingsOf(master, options.unlisted.master),
      slave: readingsOf(slave, options.unlisted.slave),
    }
    this.folders = describeFolders(pairing, readings, options)
    this.#judge = identityJudge(master, slave, { pairing, readings, keepsFlag: options.keepsFlag })
    this.#book = new DifferenceBook(pairing, options)
    const areInFull = ({ notInFull }: Readings): boolean => notInFull.length === 0
    const inFull = { master: areInFull(readings.master), slave: areInFull(readings.slave) }
    this.#serverChanges = new ServerChanges(master, slave, inFull)
  }

  /** Judges all identities, having read what they rest on. */
  async read(): Promise<void> {
    let open: Sides[] = []
    let held = 0
    let walked = 0
    for (const sides of this.#unlike()) {
      if (++walked % IDENTITIES_AT_ONCE === 0) await this.#options.pause()
      if (sides === null) continue
      if (!this.#judge.restsOnBodies(sides)) {
        this.#note(this.#judge.judge(sides))
        continue
      }
      open.push(sides)
      held += sides.master.length + sides.slave.length
      if (held < COPIES_AT_ONCE) continue
      await this.#readOpen(open)
      open = []
      held = 0
    }
    await this.#readOpen(open)
    await this.#serverChanges.settle(this.#book)
  }

  async #readOpen(open: readonly Sides[]): Promise<void> {
    await this.#judge.read(open)
    for (const sides of open) this.#note(this.#judge.judge(sides))
  }

  #note({ told, unjudged }: Judged): void {
    this.#serverChanges.note(this.#book.add(told))
    this.#unjudged.master += this.#countWanted(unjudged.master)
    this.#unjudged.slave += this.#countWanted(unjudged.slave)
  }

  #countWanted(lefts: readonly Left[]): number {
    const { wantsFolder, wantsCopy } = this.#options
    const { masterOf } = this.folders.pairing
    return lefts.filter(
      ({ place, copies }) => wantsFolder(masterOf(place)) && (wantsCopy === null || copies.some(wantsCopy)),
    ).length
  }

  /** The identities that must be judged; null for each that was told to be the same without it. */
  *#unlike(): Iterable<Sides | null> {
    const [master, slave] = this.#indexes
    const outlines = this.#options.wantsCopy === null ? [master.outlines(), slave.outlines()] : [null]
    const walks = outlines.filter((walk) => walk !== null)
    if (walks.length < 2) return yield* this.#walk()
    const { pairing } = this.folders
    for (const { key, met } of walkSideBySide(walks, ({ identity }) => identity)) {
      const alike = alikeOf(met, pairing)
      if (alike !== null) this.#book.addSame(alike.master.folder, alike.evidence)
      yield alike === null
        ? { identity: key, master: master.copiesOf(key, 'id'), slave: slave.copiesOf(key, 'id') }
        : null
    }
  }

  *#walk(): Iterable<Sides> {
    const walks = this.#indexes.map((index) => index.copiesByIdentity())
    for (const { key, met } of walkSideBySide<IdentifiedCopy>(walks, ({ identity }) => identity)) {
      const of = (side: number) => met.filter(({ walk }) => walk === side).map(({ item }) => item.copy)
      yield { identity: key, master: of(0), slave: of(1) }
    }
  }

  get summary(): CompareSummary {
    const { missing, extra } = this.folders
    return {
      ...this.#book.counts,
      foldersMissing: missing.length,
      foldersExtra: extra.length,
      unjudged: { ...this.#unjudged },
    }
  }

  differences(): Iterable<Difference> {
    return this.#book.differences()
  }

  *pairs(): Iterable<Difference> {
    for (const sides of this.#walk()) {
      for (const difference of this.#judge.judge(sides).told)
        if (difference.kind === 'same' && this.#book.isWanted(difference)) yield difference
    }
    yield* this.differences()
  }

  [Symbol.dispose](): void {
    this.#book[Symbol.dispose]()
  }
}

function describeFolders(
  pairing: FolderPairing,
  readings: { readonly master: Readings; readonly slave: Readings },
  { wantsFolder, subscribed }: CompareOptions,
): FolderDifferences {
  const lacking = pairing.pairs.filter(({ slave, isThere }) => !isThere && readings.slave.isInFull(slave))
  const isExtra = (folder: FolderName): boolean => {
    const master = pairing.masterOf(folder)
    return wantsFolder(master) && readings.master.isInFull(master)
  }
  return {
    pairing,
    missing: lacking.map(({ master }) => master).filter(wantsFolder),
    extra: pairing.extra.filter(isExtra),
    notReadInFull: { master: readings.master.notInFull, slave: readings.slave.notInFull },
    subscribed: compareSubscriptions(pairing, subscribed, wantsFolder),
  }
}

function compareSubscriptions(
  pairing: FolderPairing,
  { master, slave }: CompareOptions['subscribed'],
  wantsFolder: CompareOptions['wantsFolder'],
): FolderDifferences['subscribed'] {
  if (master === null || slave === null) return null
  const wanted = new Set(master.map((folder) => plainName(pairing.slaveOf(folder))))
  const there = new Set(slave.map(plainName))
  return {
    masterOnly: master.filter((folder) => wantsFolder(folder) && !there.has(plainName(pairing.slaveOf(folder)))),
    slaveOnly: slave.filter((folder) => wantsFolder(pairing.masterOf(folder)) && !wanted.has(plainName(folder))),
  }
}
