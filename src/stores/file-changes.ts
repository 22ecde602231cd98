import { wireDigest } from '../message/wire.js'
import { giveWayAt, removeFile } from './durable-files.js'
import type { FileFinder, FoundFile } from './file-finder.js'
import type { FileFolderKind } from './file-folder-kind.js'
import { codeOf, FileReader } from './file-reader.js'
import { extractMessage } from './readers.js'
import { locator } from './store.js'
import type { Change, Outcome } from './writable.js'

/** What kinds of folder with a file a message differ in when a message gets other flags. */
export interface FlagWriting {
  /** Gives a message other flags. False: the file is no longer called so. What is gathered is done by `finish`. */
  reflag(found: FoundFile, add: readonly string[], remove: readonly string[]): boolean
  /** Of a message that was taken away. */
  forget(found: FoundFile): void
  /** Does what was gathered, and has it all on the disk. */
  finish(): Promise<void>
  /** Whether a flag can be kept at all. */
  keeps(flag: string): boolean
}

const ROUNDS = 5

/** Rows of a mark: what each change wants, and whether its message was there when it was prepared. */
export async function prepareChanges(finder: FileFinder, changes: readonly Change[]): Promise<string[][]> {
  const rows: string[][] = []
  for (const { token, locator: where, wire, flags } of changes) {
    const state = (await finder.find(where)) === null ? 'gone' : 'there'
    rows.push([token, where, state, wire ?? '', ...wantedOf(flags)])
  }
  return rows
}

/** What is wanted: `delete`, or `flags` and each of them with `+` or `-` before it. */
function wantedOf(flags: Change['flags']): string[] {
  if (flags === null) return ['delete']
  return ['flags', ...flags.add.map((flag) => `+${flag}`), ...flags.remove.map((flag) => `-${flag}`)]
}

/** Deletions and new flags in a folder with a file a message. */
export class FileChanges {
  readonly #kind: FileFolderKind
  readonly #finder: FileFinder
  readonly #flags: FlagWriting
  readonly #reader = new FileReader()

  constructor(kind: FileFolderKind, finder: FileFinder, flags: FlagWriting) {
    this.#kind = kind
    this.#finder = finder
    this.#flags = flags
  }

  async carryOut(changes: readonly Change[]): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = []
    for (const [n, change] of changes.entries()) {
      outcomes.push(await this.#one(change))
      await giveWayAt(n)
    }
    await this.#flags.finish()
    return outcomes
  }

  async settle(rows: readonly (readonly string[])[]): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = []
    for (const [token = '', where = '', state = '', wire = '', kind = '', ...flags] of rows) {
      const found = await this.#finder.find(locator(where))
      outcomes.push(this.#settleOne({ token, state, wire, kind, flags, found }))
    }
    await this.#flags.finish()
    return outcomes
  }

  async #one(change: Change): Promise<Outcome> {
    const { token, flags } = change
    for (let round = 0; round < ROUNDS; round++) {
      const found = await this.#finder.find(change.locator)
      if (found === null) return { token, outcome: 'gone' }
      if (found.isAmbiguous && (flags !== null || change.wire === null))
        return { token, outcome: 'refused', words: 'two files of the folder have this name' }
      const seen = this.#isStill(found, change.wire)
      if (seen === null) continue
      if (!seen) return { token, outcome: 'changed' }
      if (flags === null && this.#delete(found)) return { token, outcome: 'done', locator: null }
      if (flags !== null && this.#flags.reflag(found, this.#kept(flags.add), flags.remove))
        return { token, outcome: 'done', locator: change.locator }
    }
    return { token, outcome: 'refused', words: 'it was renamed each time it was looked for' }
  }

  #kept(flags: readonly string[]): readonly string[] {
    return flags.filter((flag) => this.#flags.keeps(flag))
  }

  #delete(found: FoundFile): boolean {
    if (!removeFile(found.path)) return false
    this.#flags.forget(found)
    return true
  }

  /** Whether the message is the one that was meant; null: the file is gone. */
  #isStill({ key, path }: FoundFile, wire: string | null): boolean | null {
    if (wire === null) return true
    const file = this.#reader.read(path)
    if (file.kind === 'gone') return null
    // What cannot be read is not known to be the message that was meant.
    return file.kind === 'read' && wireDigest(extractMessage(file.octets, this.#kind.formOf(key)).message) === wire
  }

  #settleOne(row: SettledRow): Outcome {
    const { token, state, wire, kind, flags, found } = row
    if (found === null && kind === 'delete' && state === 'there') return { token, outcome: 'done', locator: null }
    if (found === null) return { token, outcome: 'gone' }
    if (wire !== '' && this.#isStill(found, wire) === false) return { token, outcome: 'changed' }
    if (kind === 'delete') return { token, outcome: 'not-done' }
    const has = new Set(found.listing.flagsOf(found.key).map((flag) => flag.toLowerCase()))
    const isDone = flags.every((flag) => {
      const name = flag.slice(1)
      return flag.startsWith('+')
        ? has.has(name.toLowerCase()) || !this.#flags.keeps(name)
        : !has.has(name.toLowerCase())
    })
    return isDone
      ? { token, outcome: 'done', locator: this.#kind.locatorOf(found.key) }
      : { token, outcome: 'not-done' }
  }
}

interface SettledRow {
  readonly token: string
  readonly state: string
  readonly wire: string
  readonly kind: string
  readonly flags: readonly string[]
  readonly found: FoundFile | null
}

/** Does something with a file. False: there was none. */
export function ifThere(act: () => void): boolean {
  try {
    act()
    return true
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    return false
  }
}
