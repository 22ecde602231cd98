import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type DupesOptions, findDuplicates } from '../audit/duplicates.js'
import { UsageError } from '../errors.js'
import { type Decisions, planDecisions } from '../plan/decisions.js'
import { type DedupeClass, type DedupeOptions, planDedupe, SURE_CLASSES } from '../plan/dedupe.js'
import { DEFAULT_LIMIT, type MaxDelete } from '../plan/limits.js'
import { StepSpool } from '../plan/step-spool.js'
import type { ActStore } from './act-stores.js'
import { limitFolders, type MadePlan, madePlan, planStores } from './made-plan.js'
import { flagsKeptBy, whyNoFlagIn } from './pair-options.js'
import type { ScannedStores } from './scan-stores.js'

/** What is taken away of what is there twice. */
export interface DedupeChoices extends DupesOptions {
  readonly classes: readonly DedupeClass[] | undefined
  readonly decisions: Decisions | null
  readonly limit: MaxDelete | undefined
}

/** Reads the file of `--decisions`, before any store is read. */
export function readDecisions(file: string | undefined, cwd: string): Decisions | null {
  if (file === undefined) return null
  try {
    return { file, text: readFileSync(resolve(cwd, file), 'utf8') }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new UsageError(`--decisions ${file} cannot be read: ${why}`, 'Name a CSV that mbaudit dupes wrote.')
  }
}

/** Finds duplicates in stores that were scanned, and plans to take away those that are sure, or decided on. */
export async function planAgainstDuplicates(
  scanned: ScannedStores,
  acts: readonly ActStore[],
  { classes = SURE_CLASSES, decisions, limit = DEFAULT_LIMIT, by, scope, keep }: DedupeChoices,
): Promise<MadePlan> {
  const indexes = scanned.scans.map(({ index }) => index)
  const options: DedupeOptions = { classes, whyNoFlag: await whyNoFlagOf(scanned) }
  const spool = new StepSpool()
  const found = decisions === null ? await findDuplicates(indexes, { by, scope, keep }) : null
  const { notes } =
    decisions === null
      ? await planDedupe(found?.rows() ?? [], indexes, options, spool)
      : await planDecisions(decisions, indexes, options, spool)
  const { messages = 0, groups = 0, extra = 0, redundant = 0 } = found?.summary ?? {}
  const made = madePlan(
    spool,
    {
      command: 'dedupe',
      options: { by, scope, classes, ...(decisions === null ? {} : { decisions: decisions.file }) },
      compared: decisions === null ? { messages, groups, extra, redundant } : {},
      notes,
    },
    planStores(scanned, acts),
    limit,
    { folders: limitFolders(scanned.open), master: null },
  )
  return extra > 0 ? { ...made, hasFound: true } : made
}

async function whyNoFlagOf({ open }: ScannedStores): Promise<DedupeOptions['whyNoFlag']> {
  const kept = new Map<string, Awaited<ReturnType<typeof flagsKeptBy>>>()
  for (const scan of open) kept.set(scan.scanned.index.store, await flagsKeptBy(scan))
  return (store, folder, flag) => {
    const keeps = kept.get(store)
    return keeps === undefined ? '' : whyNoFlagIn(keeps, store)(folder, flag)
  }
}
