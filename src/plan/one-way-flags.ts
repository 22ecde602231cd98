import type { Difference } from '../audit/compare/comparison.js'
import { flagDifference, flagsOfMail } from '../audit/compare/flags.js'
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
    const flags = this.#options.copies === 'all' ? source.flags : [...flagsOfMail(master).values()]
    return flags.filter((flag) => flag.toLowerCase() !== SESSION_FLAG && this.#canKeep(slaveFolder, flag))
  }

  /** Whether the mail is flagged alike on both sides, so that no difference tells of its flags. */
  areAlike(difference: Difference): boolean {
    const slave = (folder: FolderName, flag: string): boolean => this.#options.whyNoFlag(folder, flag) === ''
    const { add, remove } = flagDifference(difference, { master: this.#options.masterKeeps, slave })
    return add.length + remove.length === 0
  }

  /** What flags a copy as the mail is flagged on the master; null: it is. An archive marks nothing as deleted. */
  change({ master, masterFolder, slaveFolder }: Difference, copy: IndexedCopy): FlagChange | null {
    const wanted = flagsOfMail(master)
    const has = new Set(copy.flags.map((flag) => flag.toLowerCase()))
    const lacking = [...wanted].filter(([key]) => !has.has(key) && this.#isWelcome(key)).map(([, flag]) => flag)
    const add = lacking.filter((flag) => this.#canKeep(slaveFolder, flag))
    const remove = copy.flags.filter((flag) => {
      const key = flag.toLowerCase()
      return key !== SESSION_FLAG && !wanted.has(key) && this.#options.masterKeeps(masterFolder, flag)
    })
    return add.length + remove.length === 0 ? null : { had: copy.flags, add, remove }
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
