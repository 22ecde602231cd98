import type { Difference } from '../audit/compare/comparison.js'
import { type FlagDifference, flagDifference, flagsOfMail } from '../audit/compare/flags.js'
import type { IndexedCopy } from '../index/copy-index.js'
import type { FolderName } from '../stores/store.js'
import type { Notes } from './notes.js'
import type { OneWayOptions } from './one-way.js'
import type { FlagChange } from './step.js'

const SESSION_FLAG = '\\recent'
const DELETED = '\\deleted'

/** What becomes of flags on their way from the master to the slave. What cannot be kept is noted once. */
export class OneWayFlags {
  readonly #options: OneWayOptions
  readonly #notes: Notes

  constructor(options: OneWayOptions, notes: Notes) {
    this.#options = options
    this.#notes = notes
  }

  /** Those that a copy of the master is stored with. */
  ofCopy({ master, slaveFolder }: Difference, source: IndexedCopy): readonly string[] {
    const own = this.#options.copies === 'all' ? source.flags : [...flagsOfMail(master).values()]
    const flags = [...own, ...(this.#options.inherits?.(source) ?? [])]
    return flags.filter((flag) => flag.toLowerCase() !== SESSION_FLAG && this.#canKeep(slaveFolder, flag))
  }

  /** Whether the mail is flagged alike on both sides, so that no difference tells of its flags. */
  areAlike(difference: Difference): boolean {
    const { add, remove } = this.#compare(difference)
    return add.length + remove.length === 0
  }

  /**
   * What flags copies as their mail is flagged on the master: one for each copy; null: nothing. An archive marks nothing as
   * deleted. Flags are those of the mail: copies of it may differ in them.
   */
  changes(difference: Difference, copies: readonly IndexedCopy[]): readonly (FlagChange | null)[] {
    if (copies.length === 0) return []
    const { add, remove } = this.#compare({ ...difference, slave: copies })
    this.#noteLacking({ ...difference, slave: copies })
    const wanted = add.filter((flag) => this.#isWelcome(flag.toLowerCase()))
    const unwanted = new Set(remove.map((flag) => flag.toLowerCase()))
    return copies.map(({ flags: had }) => {
      const has = new Set(had.map((flag) => flag.toLowerCase()))
      const lacking = wanted.filter((flag) => !has.has(flag.toLowerCase()))
      const surplus = had.filter((flag) => unwanted.has(flag.toLowerCase()))
      return lacking.length + surplus.length === 0 ? null : { had, add: lacking, remove: surplus }
    })
  }

  #compare(difference: Difference): FlagDifference {
    const slave = (folder: FolderName, flag: string): boolean => this.#options.whyNoFlag(folder, flag) === ''
    const { add, remove } = flagDifference(difference, { master: this.#options.masterKeeps, slave })
    // Some stores show flags that they cannot change, such as those in the header of an .eml file.
    return { add, remove: remove.filter((flag) => slave(difference.slaveFolder, flag)) }
  }

  #noteLacking(difference: Difference): void {
    const { masterKeeps: master, whyNoFlag } = this.#options
    const { add, remove } = flagDifference(difference, { master, slave: () => true })
    for (const flag of add) this.#canKeep(difference.slaveFolder, flag)
    for (const flag of remove) {
      const why = whyNoFlag(difference.slaveFolder, flag)
      if (why !== '') this.#notes.count(`will still be ${flag}: ${why}`)
    }
  }

  #isWelcome(key: string): boolean {
    return this.#options.mode === 'mirror' || key !== DELETED
  }

  #canKeep(folder: FolderName, flag: string): boolean {
    const why = this.#options.whyNoFlag(folder, flag)
    if (why !== '') this.#notes.count(`will be without ${flag}: ${why}`)
    return why === ''
  }
}
