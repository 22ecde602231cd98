import { rmSync } from 'node:fs'
import { addEntry } from './journal.js'
import { measureQuarantine } from './quarantine.js'
import type { Run, Runs } from './run.js'
import { readHistory } from './run-history.js'
import { isUnsettled } from './run-record.js'

/** What emptying the quarantine did, or would do. */
export interface Pruned {
  /** Runs whose quarantine was emptied. */
  readonly pruned: readonly string[]
  /** Old runs that keep theirs: they were stopped, and are not settled. */
  readonly kept: readonly string[]
  readonly messages: number
  readonly octets: number
}

/**
 * Deletes for ever what runs deleted that were begun before a moment.
 *
 * @param olderThan - milliseconds since 1970
 * @param isDry - nothing is deleted
 */
export function pruneQuarantine(runs: Runs, olderThan: number, now: number, isDry: boolean): Pruned {
  const result = { pruned: [] as string[], kept: [] as string[], messages: 0, octets: 0 }
  for (const run of runs.all()) {
    const { messages, octets } = measureQuarantine(run.quarantine)
    if (messages === 0 || !isOlder(run, olderThan)) continue
    if (isUnsettled(run)) {
      result.kept.push(run.name)
      continue
    }
    result.pruned.push(run.name)
    result.messages += messages
    result.octets += octets
    if (!isDry) pruneOne(run, now)
  }
  return result
}

/** Whether a run was begun, and went on for the last time, before a moment. */
function isOlder(run: Run, moment: number): boolean {
  const { end, header } = readHistory(run)
  return Date.parse(end?.at ?? header?.begun ?? '') < moment
}

function pruneOne(run: Run, now: number): void {
  // Written first: an undo that came between would find nothing.
  addEntry(run.journal, { pruned: new Date(now).toISOString() })
  rmSync(run.quarantine, { recursive: true, force: true })
}
