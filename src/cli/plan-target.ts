import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { UsageError } from '../errors.js'
import type { Plan } from '../plan/plan.js'
import { planLines } from '../plan/plan-file.js'
import { requireWritable, saveFile } from './save-targets.js'

/**
 * Where `--plan` saves; null: nowhere.
 *
 * @throws UsageError for a place that cannot be written to, before anything is read
 */
export function planTarget(file: string | undefined, cwd: string): string | null {
  if (file === undefined) return null
  const path = resolve(cwd, file)
  const above = statSync(dirname(path), { throwIfNoEntry: false })
  if (!above?.isDirectory())
    throw new UsageError(`--plan ${file}: there is no folder ${dirname(path)}`, 'Make it first.')
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`--plan ${file} is a folder`, 'Name a file.')
  requireWritable(`--plan ${file}`, path)
  return path
}

/** A plan is for its owner alone: it tells which mail there is. */
export const savePlan = (path: string, plan: Plan): Promise<void> => saveFile(path, planLines(plan), 0o600)
