import { existsSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { MbauditError } from '../errors.js'
import { nameInTarget } from '../plan/migrate-names.js'
import { countOf, formatCount, formatSize } from '../report/wording.js'
import { type CheckedStep, type CheckupStep, checkedStep, type Told } from '../stores/checkup.js'
import { folderFilter } from '../stores/folder-globs.js'
import type { FolderName, StoreSpec } from '../stores/store.js'
import { type StoreSizes, sizesOf } from '../stores/store-sizes.js'
import type { ChosenStore } from './choose-stores.js'
import { namerOf, sampleTarget } from './migration-target.js'

/** What is known of a target before the sizes on the source are. */
export interface TargetRoom {
  /** Octets that it may hold, and that it holds; null: nobody says. */
  readonly limit: number | null
  readonly usage: number | null
  /** Octets of the largest message that it takes (RFC 7889); null: it does not say. */
  readonly appendLimit: number | null
}

/** Lays the two sides of an account beside each other: whether what is on the source has a place on the target. Nothing is copied. */
export async function* checkPair(
  source: ChosenStore,
  [from, to]: readonly [StoreSpec, StoreSpec],
  room: TargetRoom,
): AsyncIterable<CheckedStep> {
  const began = Date.now()
  let sizes: StoreSizes
  try {
    sizes = await sizesOf(from, folderFilter(source.folders, source.notFolders), room.appendLimit)
  } catch (error) {
    yield failed('sizes', Date.now() - began, error)
    return
  }
  yield checkedStep('sizes', Date.now() - began, toldSizes(sizes, from))
  yield checkedStep('room', 0, toldRoom(sizes, room))
  yield checkedStep('append-limit', 0, toldLimit(sizes, room))
  const asked = Date.now()
  try {
    const told = await toldNames(sizes.folders, to)
    yield checkedStep('folder-names', Date.now() - asked, told)
  } catch (error) {
    yield failed('folder-names', Date.now() - asked, error)
  }
}

function failed(step: CheckupStep, milliseconds: number, error: unknown): CheckedStep {
  if (!(error instanceof MbauditError) || error.code === 'INTERRUPTED') throw error
  return checkedStep(step, milliseconds, { found: error.message, advice: error.hint, code: error.code })
}

function toldSizes({ folders, messages, octets, largest }: StoreSizes, { name }: StoreSpec): Told {
  return {
    found: `${name} has ${countOf(messages, 'message')} in ${countOf(folders.length, 'folder')}, ${formatSize(octets)}; the largest ${formatSize(largest)}`,
    facts: { source: name, folders: folders.length, messages, bytes: octets, largest },
  }
}

function toldRoom({ octets }: StoreSizes, { limit, usage }: TargetRoom): Told {
  if (limit === null || usage === null) return { found: 'the target does not say how much it may hold' }
  const free = Math.max(0, limit - usage)
  const facts = { limit, usage, free, bytes: octets }
  const found = `${formatSize(octets)} are to be copied, and ${formatSize(free)} of ${formatSize(limit)} are free`
  if (octets > limit)
    return {
      found,
      facts,
      code: 'QUOTA_EXCEEDED',
      advice: 'Have the quota raised, or leave mail out with --since or --max-size.',
    }
  if (octets <= free) return { found, facts }
  const advice = 'It has room only if part of that mail is there already; else have the quota raised.'
  return { found, facts, outcome: 'warning', advice }
}

function toldLimit({ above, largest }: StoreSizes, { appendLimit }: TargetRoom): Told {
  if (appendLimit === null) return { found: 'the target names no largest message' }
  const count = [...above.values()].reduce((sum, each) => sum + each, 0)
  const facts = { appendLimit, largest, above: count }
  const limit = `the target takes messages up to ${formatSize(appendLimit)}`
  if (count === 0) return { found: `${limit}; none is larger`, facts }
  return {
    found: `${limit}; ${countOf(count, 'message is', 'messages are')} larger`,
    facts,
    code: 'REFUSED',
    advice: 'These cannot be copied: have the limit raised, or leave them out with --max-size.',
    notes: [...above].map(([folder, each]) => `${folder}: ${formatCount(each)}`),
  }
}

async function toldNames(folders: readonly FolderName[], target: StoreSpec): Promise<Told> {
  await using sample = await sampleTarget(target)
  const { store, isStandIn } = sample
  const there = isStandIn ? [] : (await store.list()).folders.map(({ name }) => name)
  const rules = { maps: [], flatten: false, nameFor: await namerOf(store), foldsCase: false }
  const { names, others } = nameInTarget(folders, there, rules)
  const lacking = [...names].flatMap(([from, to]) => {
    const why = there.includes(to) ? null : store.whyNoFolder(to)
    return why === null ? [] : [{ from, why }]
  })
  const notes = [
    ...lacking.map(({ from, why }) => `${from}: ${why}`),
    ...others.map(({ from, to }) => `${from} is to be ${to}`),
  ]
  const facts = {
    folders: folders.length,
    renamed: others.map(({ from, to }) => ({ from, to })),
    impossible: lacking.map(({ from }) => from),
  }
  if (lacking.length > 0)
    return {
      found: `${countOf(lacking.length, 'folder has', 'folders have')} no place on the target`,
      facts,
      notes,
      code: 'REFUSED',
      advice: "Give each another name with --map 'FOLDER=NAME', or leave it out with --not-folder.",
    }
  const found =
    others.length === 0
      ? 'every folder has a name that the target can have'
      : `${countOf(others.length, 'folder gets', 'folders get')} another name`
  return { found, facts, notes }
}

/** The room on the disk where a store in files lies, or is to lie, as far as the system says. */
export function roomOnDisk(path: string): TargetRoom {
  const there = existsSync(path) || dirname(path) === path
  if (!there) return roomOnDisk(dirname(path))
  const { bavail, bsize, blocks } = statfsSync(path)
  const free = blocks === 0 ? null : bavail * bsize
  return { limit: free, usage: free === null ? null : 0, appendLimit: null }
}
