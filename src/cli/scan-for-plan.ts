import { availableParallelism, homedir } from 'node:os'
import { cacheDirectory } from '../config/paths.js'
import type { Store } from '../stores/store.js'
import type { CarryOutFlags } from './act-flags.js'
import type { ActStore } from './act-stores.js'
import type { AccountFlags, CommonFlags } from './flags.js'
import { interruption } from './interruption.js'
import type { RunMessages } from './messages.js'
import { startProgress } from './progress.js'
import { type ScannedStores, scanStores } from './scan-stores.js'
import type { TargetLocks } from './target-locks.js'

/** What a plan is to be made of. */
export interface PlanScanRequest {
  readonly flags: CommonFlags & AccountFlags & CarryOutFlags
  /** Globs of the folders that are scanned. */
  readonly folders: { readonly only: readonly string[]; readonly not: readonly string[] }
  /** Refuses stores that do not go together, before anything is read. */
  readonly whenOpen?: (stores: readonly Store[]) => void
}

/** More threads than this do not make a scan faster. */
const MOST_JOBS = 4

/** Whether nothing is to be carried out. */
export const isForShow = (flags: CarryOutFlags): boolean => flags['dry-run'] || flags.plan !== undefined

/** Reads the stores of a plan. Those that are to be changed are locked first, and what runs left on them is settled. */
export async function scanForPlan(
  { flags, folders, whenOpen }: PlanScanRequest,
  stores: readonly ActStore[],
  locks: TargetLocks,
  messages: RunMessages,
): Promise<ScannedStores> {
  const progress = startProgress(flags.progress, flags.quiet, null, Date.now)
  messages.beforeEach(progress.clear)
  const targets = new Set(stores.filter(({ role }) => role === 'target').map(({ chosen }) => chosen.name))
  return scanStores(
    stores.map(({ chosen }) => chosen),
    {
      folders: folders.only,
      notFolders: folders.not,
      jobs: flags.jobs ?? Math.min(availableParallelism(), MOST_JOBS),
      cacheDirectory: flags['no-cache'] ? null : cacheDirectory(process.env, homedir()),
      rebuild: flags.rebuild,
      keepSubjects: !flags['no-subjects'],
      bodies: flags.full ? 'all' : 'needed',
      onProgress: progress.add,
      now: Date.now,
      signal: interruption,
      log: messages.log,
      note: messages.note,
      needsAll: true,
      whenOpen: async (open) => {
        whenOpen?.(open)
        if (isForShow(flags)) return
        for (const store of open) if (targets.has(store.spec.name)) await locks.take(store)
      },
    },
  )
}
