import { cp, lutimes, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url))

/** What a file without a time in its name is given. Git keeps no file times, and nothing golden may rest on a checkout. */
const SOME_TIME = Date.UTC(2005, 0, 1) / 1000

export interface FixtureCopy extends AsyncDisposable {
  /** Ends in `fixtures`, and nothing else lies beside it. */
  readonly path: string
}

/** Copies all fixtures, with fixed file times: a Maildir's are the seconds that its names begin with. */
export async function copyFixtures(): Promise<FixtureCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'mbaudit-'))
  const path = join(folder, 'fixtures')
  await cp(FIXTURES, path, { recursive: true, verbatimSymlinks: true })
  for (const entry of await readdir(path, { recursive: true })) {
    const seconds = secondsInName(basename(entry))
    await lutimes(join(path, entry), seconds, seconds)
  }
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

function secondsInName(name: string): number {
  return Number(/^(\d{9,10})\./.exec(name)?.[1] ?? SOME_TIME)
}
