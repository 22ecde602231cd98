import type { IndexedCopy } from '../../index/copy-index.js'
import type { FolderName } from '../../stores/store.js'

/** What a side can keep: a flag that it cannot is no difference. */
export type KeepsFlag = (folder: FolderName, flag: string) => boolean

/** What would have to change on the slave for a mail to be flagged there as on the master. */
export interface FlagDifference {
  readonly add: readonly string[]
  readonly remove: readonly string[]
}

export interface FlagSides {
  readonly masterFolder: FolderName
  readonly slaveFolder: FolderName
  readonly master: readonly IndexedCopy[]
  readonly slave: readonly IndexedCopy[]
}

/** Flags that only hold of a mail when all of its copies have them: one of them marked deleted says nothing of the others. */
const OF_ALL = new Set(['\\deleted', '\\draft'])
/** A flag of the session, which nobody sets (RFC 3501 §2.3.2). */
const OF_SESSION = '\\recent'
const NOTHING: FlagDifference = { add: [], remove: [] }

/**
 * The flags of one mail, by what they are the same in: case counts in none of them (RFC 9051 §2.3.2). Of several copies
 * those that any has, but `\Deleted` and `\Draft` where all do.
 */
export function flagsOfMail(copies: readonly IndexedCopy[]): ReadonlyMap<string, string> {
  const counts = new Map<string, number>()
  const spelled = new Map<string, string>()
  for (const { flags } of copies) {
    for (const flag of flags) {
      const key = flag.toLowerCase()
      if (key === OF_SESSION) continue
      counts.set(key, (counts.get(key) ?? 0) + 1)
      if (!spelled.has(key)) spelled.set(key, flag)
    }
  }
  for (const key of OF_ALL) if ((counts.get(key) ?? 0) < copies.length) spelled.delete(key)
  return spelled
}

/** What differs, but for flags that the side that lacks them could not keep. */
export function flagDifference(
  { masterFolder, slaveFolder, master, slave }: FlagSides,
  keeps: { readonly master: KeepsFlag; readonly slave: KeepsFlag },
): FlagDifference {
  if (areFlaggedAlike(master, slave)) return NOTHING
  const [wanted, there] = [flagsOfMail(master), flagsOfMail(slave)]
  const add = lackingIn(there, wanted).filter((flag) => keeps.slave(slaveFolder, flag))
  const remove = lackingIn(wanted, there).filter((flag) => keeps.master(masterFolder, flag))
  return { add, remove }
}

/** The usual case at once: flags are sorted. */
function areFlaggedAlike(master: readonly IndexedCopy[], slave: readonly IndexedCopy[]): boolean {
  const [one, other] = [master[0]?.flags, slave[0]?.flags]
  if (master.length !== 1 || slave.length !== 1 || one === undefined || other === undefined) return false
  return one.length === other.length && one.every((flag, at) => flag === other[at])
}

const lackingIn = (some: ReadonlyMap<string, string>, others: ReadonlyMap<string, string>): readonly string[] =>
  [...others].filter(([key]) => !some.has(key)).map(([, flag]) => flag)
