import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { FolderPairing } from '../audit/folder-pairs.js'
import { UsageError } from '../errors.js'
import { otherSide, type PairRow, type PairSide } from '../index/pair-row.js'
import type { StoreIndex } from '../index/store-index.js'
import type { SyncState } from '../index/sync-state.js'
import { readMsinfo } from '../plan/state-import/msinfo.js'
import { uidInName } from '../plan/state-import/offlineimap-state.js'
import type { RivalFolder } from '../plan/state-import/rival-state.js'
import { areOf, takeOverIds, takeOverUids, type UidFolder } from '../plan/state-import/take-over.js'
import type { TwoWayState } from '../plan/two-way-state.js'
import { countOf } from '../report/wording.js'
import type { FolderName, Locator } from '../stores/store.js'
import type { ScannedPair } from './pair-options.js'
import { findRivalStates, type RivalFound, type RivalSide, uidValidityOf } from './rival-states.js'
import type { OpenScan } from './scan-stores.js'

/** What is taken over, into what. */
export interface TakeOver {
  /** As `--take-over` names it. */
  readonly path: string
  readonly channel: string
  readonly cwd: string
  readonly pairing: FolderPairing
  readonly note: (line: string) => void
  /** RFC 3339. */
  readonly now: string
}

/**
 * Makes what mailsync, mbsync or OfflineIMAP remember of a channel its own state, as far as the messages that are there bear it out.
 *
 * @returns the state for this plan: what was taken over is known, all else is not
 * @throws UsageError where the channel has a state, or nothing of it is found
 */
export async function takeOver(
  { master, slave }: ScannedPair,
  state: SyncState,
  { path, channel, cwd, pairing, note, now }: TakeOver,
): Promise<TwoWayState> {
  if (state.written !== null)
    throw new UsageError(`channel ${channel} was synced before, and has a state of its own`, 'Leave out --take-over.')
  const place = resolve(cwd, path)
  const stats = statSync(place, { throwIfNoEntry: false })
  if (stats === undefined) throw new UsageError(`${place}: nothing is there`, 'Check the path of --take-over.')
  const sides = { a: master, b: slave }
  for (const side of [master, slave]) await side.scanned.index.needIdentities()
  const work = { place, channel, pairing, sides, note }
  const rows = stats.isFile() ? rowsOfIds(work) : rowsOfUids(work)
  state.write(
    rows.map((put) => ({ forget: null, put })),
    { now, underWay: null },
  )
  note(`${countOf(rows.length, 'pair')} of messages taken over from ${place}`)
  return {
    standing: 'part',
    pairs: () => state.pairs(),
    pairsAt: (side, folder, where) => state.pairsAt(side, folder, where),
    folders: () => [],
    foldersOf: (side) => state.foldersOf(side),
  }
}

interface Work {
  readonly place: string
  readonly channel: string
  readonly pairing: FolderPairing
  readonly sides: Readonly<Record<PairSide, OpenScan>>
  readonly note: (line: string) => void
}

/** mailsync's msinfo: its names are those of folders without prefix, with dots or slashes between levels. */
function rowsOfIds({ place, channel, pairing, sides, note }: Work): PairRow[] {
  const { state, damage } = readMsinfo(readFileSync(place, 'utf8'), channel)
  if (damage !== null)
    throw new UsageError(`${place}: ${damage.message}`, 'Nothing was taken over, and nothing synced.')
  const names = new Map(sides.a.scanned.index.folders().map(({ folder }) => [folder.replaceAll('/', '.'), folder]))
  return [...state].flatMap(([name, ids]) => {
    const folder = names.get(name.replaceAll('/', '.'))
    const [a, b] = [idFolder(sides.a, folder ?? null), idFolder(sides.b, folder ? pairing.slaveOf(folder) : null)]
    if (a === null || b === null) {
      note(`${place}: folder ${name} is not on both sides, or was not read in full: nothing of it is taken over`)
      return []
    }
    return [...takeOverIds(ids, a, b).rows]
  })
}

function idFolder({ scanned: { index } }: OpenScan, folder: FolderName | null) {
  const facts = index.folders().find((each) => each.folder === folder)
  if (folder === null || facts === undefined || !facts.isComplete) return null
  return {
    folder,
    generation: facts.generation,
    copiesOf: (identity: string) => index.copiesOf(identity, 'id').filter((copy) => copy.folder === folder),
  }
}

function rowsOfUids(work: Work): PairRow[] {
  const { place, channel, sides, note } = work
  const rival = { a: rivalSide(sides.a), b: rivalSide(sides.b) }
  const uids = { a: new UidNames(sides.a.scanned.index), b: new UidNames(sides.b.scanned.index) }
  return findRivalStates(place, channel, rival).flatMap((found) => {
    const { file, near, read } = found
    const { state, damage } = read
    const say = (where: string, why: string): PairRow[] => {
      note(`${where}: ${why}: nothing of it is taken over`)
      return []
    }
    if (damage !== null) return say(damage.line === 0 ? file : `${file}:${damage.line}`, damage.message)
    const ways = (found.farSide === null ? SIDES : [found.farSide]).flatMap(
      (side) => wayOf(work, uids, found, side) ?? [],
    )
    const [first, ...others] = fittingWays(state, ways)
    if (first === undefined) return say(file, `its folder ${near} is not on both sides, or was not read in full`)
    if (others.length > 0 && state.pairs.some((pair) => pair.far !== pair.near))
      return say(file, 'nothing tells which of the two stores was the far one')
    const { rows, refused, why } = takeOverUids(state, first.far, first.near, first.farSide)
    if (why !== null) return say(file, why)
    if (refused > 0) note(`${file}: ${countOf(refused, 'pair')} of messages that are not one mail now`)
    return [...rows]
  })
}

const SIDES: readonly PairSide[] = ['a', 'b']

/** The folders that a state may be of. */
interface Way {
  readonly farSide: PairSide
  readonly far: UidFolder
  readonly near: UidFolder
}

/** null: they are not on both sides, or were not read in full. */
function wayOf(
  { sides, pairing }: Work,
  uids: Readonly<Record<PairSide, UidNames>>,
  { near, marks }: RivalFound,
  farSide: PairSide,
): Way | null {
  const nearSide = otherSide(farSide)
  const nearFolder = sides[nearSide].scanned.index.folders().find(({ folder }) => folder === near)?.folder
  if (nearFolder === undefined) return null
  const farFolder = nearSide === 'b' ? pairing.masterOf(nearFolder) : pairing.slaveOf(nearFolder)
  const marked = { marks, isMarked: marks !== null }
  const far = uidFolder(sides[farSide], uids[farSide], farFolder, marked)
  const here = uidFolder(sides[nearSide], uids[nearSide], nearFolder, marked)
  return far === null || here === null ? null : { farSide, far, near: here }
}

/** Those whose UIDVALIDITY is that of the state, if any has it. */
function fittingWays(state: RivalFolder, ways: readonly Way[]): readonly Way[] {
  const fitting = ways.filter(({ far, near }) => areOf(state, far, near))
  return fitting.length > 0 ? fitting : ways.slice(0, 1)
}

const rivalSide = ({ store, scanned }: OpenScan): RivalSide => ({
  name: store.spec.name,
  type: store.spec.type,
  path: 'path' in store.spec ? store.spec.path : '',
  folders: scanned.index.folders().map(({ folder }) => folder),
})

function uidFolder(
  { store, scanned: { index } }: OpenScan,
  names: UidNames,
  folder: FolderName,
  { marks, isMarked }: { readonly marks: ReadonlySet<string> | null; readonly isMarked: boolean },
): UidFolder | null {
  const facts = index.folders().find((each) => each.folder === folder)
  if (facts === undefined || !facts.isComplete) return null
  if (store.spec.type === 'imap') {
    const { generation } = facts
    return { folder, generation, validity: generation, copyOf: (uid) => index.copyAt(folder, `uid=${uid}`) }
  }
  if (store.spec.type !== 'maildir' || !('path' in store.spec)) return null
  return {
    folder,
    generation: facts.generation,
    validity: isMarked ? null : uidValidityOf(store.spec.path, folder),
    copyOf: (uid) => {
      const where = names.locatorOf(folder, uid, marks)
      return where === null ? null : index.copyAt(folder, where)
    },
  }
}

/** The UIDs that stand in the names of a Maildir's files. */
class UidNames {
  readonly #index: StoreIndex
  #folders: Map<FolderName, Map<number, Locator[]>> | null = null

  constructor(index: StoreIndex) {
    this.#index = index
  }

  /** null: no file has it, or several have, or one that came from another folder. */
  locatorOf(folder: FolderName, uid: number, marks: ReadonlySet<string> | null): Locator | null {
    this.#folders ??= this.#read()
    const [only, ...more] =
      this.#folders
        .get(folder)
        ?.get(uid)
        ?.filter((each) => uidInName(each, marks) === uid) ?? []
    return only === undefined || more.length > 0 ? null : only
  }

  #read(): Map<FolderName, Map<number, Locator[]>> {
    const folders = new Map<FolderName, Map<number, Locator[]>>()
    for (const { folder, locator } of this.#index.copies()) {
      const uid = uidInName(locator, null)
      if (uid === null) continue
      const uids = folders.get(folder) ?? new Map<number, Locator[]>()
      uids.set(uid, [...(uids.get(uid) ?? []), locator])
      folders.set(folder, uids)
    }
    return folders
  }
}
