import { setImmediate } from 'node:timers/promises'
import type { CompareOptions } from '../audit/compare/comparison.js'
import type { KeepsFlag } from '../audit/compare/flags.js'
import { type FolderPairOptions, pairFolders } from '../audit/folder-pairs.js'
import { UsageError } from '../errors.js'
import { folderFilter } from '../stores/folder-globs.js'
import { type FolderAbilities, type FolderName, folderName } from '../stores/store.js'
import { caseFolding } from './case-folding.js'
import type { CommonFlags } from './flags.js'
import { throwIfInterrupted } from './interruption.js'
import { type PairFlags, wantedCopies } from './pair-flags.js'
import type { OpenScan } from './scan-stores.js'

/** The two stores of a comparison, scanned. */
export interface ScannedPair {
  readonly master: OpenScan
  readonly slave: OpenScan
}

export function pairOf([master, slave]: readonly OpenScan[]): ScannedPair {
  if (master !== undefined && slave !== undefined) return { master, slave }
  throw new UsageError('MASTER and SLAVE are one store', 'Name two.')
}

/** What a comparison is asked for, and what it must know of the stores beside their indexes. */
export async function compareOptions(
  { master, slave }: ScannedPair,
  flags: PairFlags & Pick<CommonFlags, 'folder' | 'not-folder'>,
): Promise<CompareOptions> {
  const pairing = {
    maps: flags.map ?? [],
    matchSpecialUse: flags['match-special-use'],
    nameOnSlave: (await slave.store.namer?.()) ?? ((folder: FolderName) => folder),
    foldsCase: await caseFolding(sideOf(master), sideOf(slave)),
  }
  return {
    ...pairing,
    wantsFolder: wantedFolders({ master, slave }, pairing, flags),
    wantsCopy: wantedCopies(flags),
    keepsFlag: { master: await flagsKeptBy(master), slave: await flagsKeptBy(slave) },
    subscribed: { master: await subscribedIn(master), slave: await subscribedIn(slave) },
    unlisted: { master: unlistedIn(master), slave: unlistedIn(slave) },
    pause: async () => {
      await setImmediate()
      throwIfInterrupted()
    },
  }
}

/** What the configuration of either store leaves out was not looked at: nothing is brought there, and nothing is missing. */
function wantedFolders(
  { master, slave }: ScannedPair,
  options: FolderPairOptions,
  { folder = [], 'not-folder': notFolder = [] }: Pick<CommonFlags, 'folder' | 'not-folder'>,
): CompareOptions['wantsFolder'] {
  const asked = folderFilter(folder, notFolder)
  const { slaveOf } = pairFolders(master.scanned.index.folders(), slave.scanned.index.folders(), options)
  return (name) => asked(name) && master.wanted(name) && slave.wanted(slaveOf(name))
}

const sideOf = ({ store, scanned }: OpenScan) => ({
  store,
  folders: scanned.index.folders().map(({ folder }) => folder),
})

const subscribedIn = async ({ store }: OpenScan): Promise<readonly FolderName[] | null> =>
  (await store.subscriptions?.()) ?? null

/** Folders that were named and could not be opened at all; an empty name where nobody knows which there are. */
function unlistedIn({ scanned }: OpenScan): FolderName[] {
  const known = new Set<string>(scanned.index.folders().map(({ folder }) => folder))
  const named = scanned.problems.filter(({ locator }) => locator === null).map(({ folder }) => folder ?? '')
  return named.filter((folder) => !known.has(folder)).map(folderName)
}

/** What the folders of a store can keep, as they say; one that is not there yet is taken to be like the others. */
export async function flagsKeptBy({ store, scanned }: OpenScan): Promise<KeepsFlag> {
  const known = new Map<FolderName, FolderAbilities>()
  for (const { folder } of scanned.index.folders()) {
    await using opened = await store.open(folder)
    known.set(folder, opened.abilities)
  }
  const [first] = known.values()
  return (folder, flag) => {
    const abilities = known.get(folder) ?? first
    return abilities === undefined || (flag.startsWith('\\') ? abilities.keepsFlags : abilities.keepsKeywords)
  }
}

/** Why a folder cannot keep a flag, in words; empty: it can. */
export function whyNoFlagIn(keeps: KeepsFlag, store: string): (folder: FolderName, flag: string) => string {
  return (folder, flag) => {
    if (keeps(folder, flag)) return ''
    return `${store} keeps no ${flag.startsWith('\\') ? 'flags' : 'keywords'}`
  }
}
