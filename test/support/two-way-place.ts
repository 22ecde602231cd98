import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeWorkplace, type Workplace } from './run-program.js'

/** A home with a configuration, in which a channel is synced as a user would. */
export interface TwoWayPlace extends Workplace {
  /** A file or folder beside the configuration. */
  at(name: string): string
  /** The state directory of the program. */
  readonly state: string
  /** @param lines - the section `stores`, an entry each */
  configure(stores: readonly string[], channels: string): void
  /** Syncs the channel `home`. */
  sync(...args: readonly string[]): Promise<SyncedHome>
}

export interface SyncedHome {
  readonly status: number | null
  readonly stderr: string
  /** What the program printed. */
  readonly document: ReturnType<typeof JSON.parse>
}

export async function makeTwoWayPlace(env: Readonly<Record<string, string>> = {}): Promise<TwoWayPlace> {
  const place = await makeWorkplace()
  const at = (name: string) => join(place.path, name)
  return {
    ...place,
    at,
    state: join(place.path, '..', 'state', 'mbaudit'),
    configure: (stores, channels) =>
      writeFileSync(
        at('mbaudit.yaml'),
        `stores:\n${stores.map((line) => `  ${line}\n`).join('')}channels:\n  ${channels}\n`,
      ),
    sync: async (...args) => {
      const { status, stdout, stderr } = await place.run(['sync', 'home', '--json', ...args], env)
      return { status, stderr, document: JSON.parse(stdout) }
    },
  }
}

/** The files of a Maildir's folder that hold the message of a number. */
export function filesOf(maildir: string, number: number): string[] {
  return ['cur', 'new'].flatMap((sub) => {
    const directory = join(maildir, sub)
    if (!existsSync(directory)) return []
    return readdirSync(directory)
      .map((name) => join(directory, name))
      .filter((path) => /^Subject: Number (\d+)\r?$/m.exec(readFileSync(path, 'utf8'))?.[1] === String(number))
  })
}

/** Deletes a message as a mail program does. */
export function remove(maildir: string, ...numbers: readonly number[]): void {
  for (const number of numbers) for (const path of filesOf(maildir, number)) rmSync(path)
}

/** Gives a message other flags. @param letters - of the info, sorted */
export function flag(maildir: string, number: number, letters: string): void {
  for (const path of filesOf(maildir, number)) renameSync(path, path.replace(/:2,.*$/, `:2,${letters}`))
}
