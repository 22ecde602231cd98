import type { CompareOptions } from '../audit/compare/comparison.js'
import { type FolderPairOptions, pairFolders } from '../audit/folder-pairs.js'
import type { IndexedCopy } from '../index/copy-index.js'
import { joinIndexes } from '../index/joined-index.js'
import { nameInTarget, type OtherName } from '../plan/migrate-names.js'
import type { OneWayOptions } from '../plan/one-way.js'
import { folderFilter } from '../stores/folder-globs.js'
import { type FolderName, folderName } from '../stores/store.js'
import { caseFolding } from './case-folding.js'
import type { MigrationParts } from './migration-sides.js'
import { FolderNameError, foldsCaseAt, namerOf, type TargetSample } from './migration-target.js'
import { wantedCopies } from './pair-flags.js'
import { compareOptions, whyNoFlagIn as whyKept } from './pair-options.js'
import type { MigrationFlags } from './said-options.js'

/** How the stores of a migration are compared, and which folders are called otherwise in the target. */
export interface MigrationOptions {
  readonly asked: CompareOptions
  readonly others: readonly OtherName[]
}

/**
 * What is laid beside what: all messages, since any mail of the target counts; folders as asked for.
 *
 * @throws FolderNameError for a folder that the target can have under no name
 */
export async function migrationOptions(
  parts: MigrationParts,
  sample: TargetSample,
  flags: MigrationFlags,
): Promise<MigrationOptions> {
  const { sources, target } = parts
  const each: CompareOptions[] = []
  for (const source of sources) each.push(await compareOptions({ master: source, slave: target }, flags))
  const [first] = each
  if (first === undefined) throw new TypeError('a migration has a source')
  const folders = joinIndexes(sources.map(({ scanned }) => scanned.index)).folders()
  const there = target.scanned.index.folders()
  const filter = folderFilter(flags.folder ?? [], flags['not-folder'] ?? [])
  const isAsked = (name: FolderName) => filter(name) && sources.some((source) => source.wanted(name))
  const foldsCase = await caseFoldingOf(parts, sample)
  const nameFor = await namerOf(sample.store)
  const named = nameInTarget(
    folders.map(({ folder }) => folder).filter(isAsked),
    there.map(({ folder }) => folder),
    { maps: first.maps, flatten: flags.flatten, nameFor, foldsCase },
  )
  requireNames(named.names, sample, target.store.spec.name)
  const pairing: FolderPairOptions = {
    maps: first.maps,
    matchSpecialUse: first.matchSpecialUse,
    nameOnSlave: (folder) => named.names.get(folder) ?? nameFor(folder),
    foldsCase: { master: false, slave: false },
  }
  const { slaveOf } = pairFolders(folders, there, pairing)
  const asked: CompareOptions = {
    ...first,
    ...pairing,
    wantsFolder: (name) => isAsked(name) && target.wanted(slaveOf(name)),
    wantsCopy: null,
    keepsFlag: {
      master: (folder, flag) => each.some(({ keepsFlag }) => keepsFlag.master(folder, flag)),
      slave: first.keepsFlag.slave,
    },
    subscribed: {
      master: joinLists(each.map(({ subscribed }) => subscribed.master)),
      slave: sample.isStandIn ? ((await sample.store.subscriptions?.()) ?? null) : first.subscribed.slave,
    },
    unlisted: { master: each.flatMap(({ unlisted }) => unlisted.master), slave: first.unlisted.slave },
  }
  return { asked, others: named.others }
}

async function caseFoldingOf({ sources, target }: MigrationParts, sample: TargetSample): Promise<boolean> {
  const { spec } = target.store
  if (sample.isStandIn && spec.type !== 'imap') return foldsCaseAt(spec.path)
  const [first] = sources
  if (first === undefined) return false
  const foldersOf = (index: (typeof first)['scanned']['index']) => index.folders().map(({ folder }) => folder)
  const { slave } = await caseFolding(
    { store: first.store, folders: sources.flatMap(({ scanned }) => foldersOf(scanned.index)) },
    { store: target.store, folders: foldersOf(target.scanned.index) },
  )
  return slave
}

function requireNames(names: ReadonlyMap<FolderName, FolderName>, { store }: TargetSample, target: string): void {
  for (const [folder, to] of names) {
    const why = store.whyNoFolder(to)
    if (why !== null) throw new FolderNameError(target, folder, to, why)
  }
}

function joinLists(lists: readonly (readonly FolderName[] | null)[]): readonly FolderName[] | null {
  const known = lists.filter((list) => list !== null)
  return known.length === 0 ? null : [...new Set(known.flat())].map(folderName)
}

/** Why a folder of the target cannot keep a flag; empty: it can. */
export function whyNoFlagIn(
  { keepsFlag }: CompareOptions,
  { scanned }: MigrationParts['target'],
  sample: TargetSample,
): OneWayOptions['whyNoFlag'] {
  const kept = whyKept(keepsFlag.slave, scanned.index.store)
  const there = new Set(scanned.index.folders().map(({ folder }) => folder))
  return (folder, flag) => kept(folder, flag) || (there.has(folder) ? '' : sample.whyNoFlag(flag))
}

/** Why a message is not brought over; null: it is asked for. */
export function whyNotOf(asked: CompareOptions, flags: MigrationFlags): (copy: IndexedCopy) => string | null {
  const isWanted = wantedCopies(flags)
  const most = flags['max-size'] ?? Number.POSITIVE_INFINITY
  return (copy) => {
    if (!asked.wantsFolder(copy.folder)) return 'its folder was not asked for'
    if (flags['no-deleted'] && copy.flags.some((flag) => flag.toLowerCase() === '\\deleted')) return 'marked deleted'
    if (isWanted === null || isWanted(copy)) return null
    return copy.size > most ? 'larger than --max-size' : 'not of the time asked for'
  }
}

/** What is said of a folder that is called otherwise in the target. */
export const nameNote = ({ from, to, since }: OtherName): string =>
  since === null
    ? `${from} becomes ${to}: the target cannot have the name as it is.`
    : `${from} becomes ${to}: it would fall together with ${since}.`
