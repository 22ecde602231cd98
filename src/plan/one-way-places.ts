import type { Difference, FolderDifferences } from '../audit/compare/comparison.js'
import type { IndexedCopy } from '../index/copy-index.js'
import type { FolderName, SpecialUse } from '../stores/store.js'
import type { Sides } from './one-way.js'
import type { Safe } from './step.js'
import { isView, StoreFacts } from './store-facts.js'

/** More than the position of any message in a folder. */
const POSITIONS = 2 ** 42

/** What else lies where, on both sides. */
export class OneWayPlaces {
  readonly master: StoreFacts
  readonly slave: StoreFacts
  readonly #differences: FolderDifferences
  readonly #ordinals: ReadonlyMap<FolderName, number>

  constructor(differences: FolderDifferences, sides: Sides) {
    this.master = new StoreFacts(sides.master)
    this.slave = new StoreFacts(sides.slave)
    this.#differences = differences
    this.#ordinals = new Map(sides.master.folders().map(({ folder }, ordinal) => [folder, ordinal]))
  }

  /** The order of the master: its folders may come together in one, and it may be several stores. */
  rank(copy: IndexedCopy): number {
    const home = this.master.index.homeOrdinal?.(copy) ?? 0
    const folder = home * this.#ordinals.size + (this.#ordinals.get(copy.folder) ?? 0)
    return folder * POSITIONS + copy.position
  }

  /** Whether nobody knows what lies in a folder of the slave: what is missing there may be there. */
  isUnknown(slaveFolder: FolderName): boolean {
    return this.#differences.notReadInFull.slave.includes(slaveFolder)
  }

  /** Whether a folder of the slave shows messages of other folders. */
  isShownOnly(slaveFolder: FolderName): boolean {
    return isView(this.slave.folder(slaveFolder)?.specialUse ?? null)
  }

  useOfTarget({ masterFolder, slaveFolder }: Difference): SpecialUse | null {
    return (this.slave.folder(slaveFolder) ?? this.master.folder(masterFolder))?.specialUse ?? null
  }

  /** Whether the mail lies in a view of the master and is seen in another of its folders, from which it is taken. */
  isSeenElsewhere({ masterFolder, identity }: Difference): boolean {
    const use = this.master.folder(masterFolder)?.specialUse ?? null
    if (!isView(use)) return false
    const others = this.master.index.copiesOf(identity, 'id').filter(({ folder }) => folder !== masterFolder)
    return others.some(({ specialUse }) => !isView(specialUse) || (specialUse === '\\All' && use !== '\\All'))
  }

  /** That the master still lacks the mail: in the whole of it; where it has it elsewhere, in the folder that the copy lies in. */
  lackingOn({ slave, identity }: Difference): Safe {
    const onMaster = this.master.index.copiesOf(identity, 'id')
    const [copy] = slave
    const masters = copy === undefined ? [] : this.#differences.pairing.mastersOf(copy.folder)
    const [only] = masters
    const { store } = this.master.index
    if (onMaster.length === 0 || only === undefined || masters.length > 1)
      return { lacking: { store, folder: null, identity, atMost: onMaster.length } }
    const atMost = onMaster.filter(({ folder }) => folder === only).length
    return { lacking: { store, folder: only, identity, atMost } }
  }

  /** Whether the mail of a copy stays in another folder of the slave, in one where the master has it too. */
  staysElsewhere(copy: IndexedCopy, { identity }: Difference): boolean {
    const { pairing } = this.#differences
    const places = new Set(this.master.index.copiesOf(identity, 'id').map(({ folder }) => pairing.slaveOf(folder)))
    if (places.size === 0) return false
    return this.slave.index
      .copiesOf(identity, 'id')
      .some((other) => other.row !== copy.row && places.has(other.folder) && areAlike(other, copy))
  }

  /**
   * Whether copies of the slave are likely to be what its server made of this mail: Date, From and Subject are the same, and
   * it has it more often than the master. Another one would be altered as well, each time anew.
   */
  isAltered({ master, slave }: Difference): boolean {
    const [wanted] = master
    return wanted !== undefined && slave.length > master.length && slave.every((copy) => haveSameHead(copy, wanted))
  }
}

function areAlike(a: IndexedCopy, b: IndexedCopy): boolean {
  return a.wire !== null && b.wire !== null ? a.wire === b.wire : haveSameHead(a, b)
}

const haveSameHead = (a: IndexedCopy, b: IndexedCopy): boolean =>
  a.date === b.date && a.from === b.from && a.subject === b.subject
