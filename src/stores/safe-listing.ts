import { statSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { EXIT, MbauditError } from '../errors.js'
import { openablePath } from './octet-name.js'

/** A directory changed each time it was listed. */
export class FolderChangedError extends MbauditError {
  constructor() {
    const hint = 'Another program is changing the folder; run the command again when it is done.'
    super('FOLDER_CHANGED', EXIT.partial, 'the folder changed each time it was listed', hint)
  }
}

const LISTINGS = 6
/** Milliseconds that a directory which is being changed is given to come to rest before each listing. */
const PATIENCE = 3_000
/** Milliseconds within which two changes may get one time: the kernel's clock tick is 1 to 10 ms. */
const TICK = 12
const COARSE_TICK = 2_000

/**
 * Lists directories so that no file is missed that another program renames meanwhile. A directory's time of modification is
 * noted before and after; where it moved, or is so young that a further change could hide in the same tick of the clock,
 * the listing is made anew, up to five times.
 *
 * @param directories - octets of their paths; one may be lacking
 * @throws FolderChangedError
 */
export async function listSafely<T>(directories: readonly string[], list: () => T): Promise<T> {
  for (let tries = 0; tries < LISTINGS; tries++) {
    const before = await restingTimes(directories)
    const listed = list()
    if (before === timesOf(directories).text) return listed
  }
  throw new FolderChangedError()
}

/** The directories' times, once they are older than a tick. Null: they did not come to rest. */
async function restingTimes(directories: readonly string[]): Promise<string | null> {
  const end = Date.now() + PATIENCE
  while (Date.now() < end) {
    const { text, rest } = timesOf(directories)
    if (rest <= 0) return text
    await setTimeout(rest)
  }
  return null
}

/** Modification times as one text, and how many milliseconds to wait until the youngest is older than a tick. */
function timesOf(directories: readonly string[]): { readonly text: string; readonly rest: number } {
  let text = ''
  let rest = 0
  for (const directory of directories) {
    const stats = statSync(openablePath(directory), { bigint: true, throwIfNoEntry: false })
    text += stats === undefined ? '-,' : `${stats.dev}.${stats.ino}.${stats.mtimeNs}.${stats.ctimeNs},`
    if (stats !== undefined) rest = Math.max(rest, restOf(stats.ctimeNs))
  }
  return { text, rest }
}

function restOf(timeNs: bigint): number {
  const tick = timeNs % 1_000_000_000n === 0n ? COARSE_TICK : TICK
  const age = Date.now() - Number(timeNs / 1_000_000n)
  // A time in the future (a clock that was set back, a file server's) says nothing of ticks.
  return age < -tick ? 0 : Math.ceil(tick - age)
}
