import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { UsageError } from '../errors.js'
import type { CommonFlags } from './flags.js'
import { requireWritable } from './save-targets.js'

/** Where a line a mail goes: to a file, or to standard output instead of the table. */
export interface CombinedTarget {
  readonly path: string | null
  readonly isPrinted: boolean
}

/** @throws UsageError for a place that cannot be written to, before anything is read */
export function combinedTarget(
  { combined, json, csv }: Pick<CommonFlags, 'json' | 'csv'> & { readonly combined?: string | undefined },
  cwd: string,
): CombinedTarget {
  if (combined === undefined) return { path: null, isPrinted: false }
  if (combined === '-') {
    if (!json && !csv) return { path: null, isPrinted: true }
    throw new UsageError('--combined - cannot be given together with --json or --csv', 'Give it a FILE.')
  }
  const path = resolve(cwd, combined)
  if (!statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`--combined ${combined}: there is no folder ${dirname(path)}`, 'Make it first.')
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`--combined ${combined} is a folder`, 'Name a file.')
  requireWritable(`--combined ${combined}`, path)
  return { path, isPrinted: false }
}
