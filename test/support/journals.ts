import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Workplace } from './run-program.js'

/** Waits until the journals of all runs have so many octets, or the program has ended. */
export async function untilJournaled(
  place: Workplace,
  child: ChildProcessWithoutNullStreams,
  octets: number,
): Promise<void> {
  const runs = join(place.path, '..', 'state', 'mbaudit', 'runs')
  const sizeOf = (run: string) => statSync(join(runs, run, 'journal.jsonl'), { throwIfNoEntry: false })?.size ?? 0
  while (child.exitCode === null && child.signalCode === null) {
    const sizes = existsSync(runs) ? readdirSync(runs).map(sizeOf) : []
    if (sizes.reduce((sum, size) => sum + size, 0) >= octets) return
    await setTimeout(1)
  }
}
