import { renameSync } from 'node:fs'
import { giveWayAt, syncDirectory } from '../durable-files.js'
import { ifThere } from '../file-changes.js'
import type { FoundFile } from '../file-finder.js'
import { codeOf } from '../file-reader.js'
import { statFile } from '../file-stamp.js'
import { openablePath } from '../octet-name.js'
import { type FolderName, locator } from '../store.js'
import type { Move, Outcome } from '../writable.js'
import { infoOf, isNewKey, lettersOf, splitFileName } from './file-name.js'
import { movedName } from './new-name.js'
import type { MaildirWriter } from './writer.js'

const ROUNDS = 5

/**
 * Moves within a Maildir: one rename each, which is in one folder or in the other and never in both or none. A moved message gets a
 * new unique name, since its old one may be taken there, or hold what a sync tool noted of its old folder (`,U=`).
 */
export class Moves {
  readonly #from: MaildirWriter
  readonly #writerOf: (folder: FolderName) => MaildirWriter | null

  constructor(from: MaildirWriter, writerOf: (folder: FolderName) => MaildirWriter | null) {
    this.#from = from
    this.#writerOf = writerOf
  }

  /** Rows of a mark: the message, whether it was there, and the name that it gets. */
  async prepare(moves: readonly Move[]): Promise<string[][]> {
    const rows: string[][] = []
    for (const { token, locator: where } of moves) {
      const found = await this.#from.finder.find(where)
      const stats = found === null ? undefined : statFile(found.path)?.stats
      if (found === null || stats === undefined) rows.push([token, where, ''])
      else {
        const [unique] = splitFileName(found.path.slice(found.path.lastIndexOf('/') + 1))
        rows.push([token, where, movedName(token, Math.floor(stats.mtimeMs / 1_000), unique, stats.size)])
      }
    }
    return rows
  }

  async carryOut(to: FolderName, rows: readonly (readonly string[])[]): Promise<readonly Outcome[]> {
    const target = this.#writerOf(to)
    target?.finder.begin()
    const outcomes: Outcome[] = []
    for (const [n, [token = '', where = '', unique = '']] of rows.entries()) {
      if (target === null) outcomes.push({ token, outcome: 'refused', words: 'there is no such folder' })
      else outcomes.push(await this.#move(token, where, unique, target))
      await giveWayAt(n)
    }
    // First where they are now: a message may be seen twice after a power cut, and is never in neither.
    if (target !== null) syncDirectory(`${target.directory}/cur`)
    this.#from.sync()
    return outcomes
  }

  async settle(to: FolderName, rows: readonly (readonly string[])[]): Promise<readonly Outcome[]> {
    const target = this.#writerOf(to)
    target?.finder.begin()
    await target?.finder.list()
    target?.sync()
    this.#from.sync()
    const outcomes: Outcome[] = []
    for (const [token = '', where = '', unique = ''] of rows) {
      const moved = locator(`file=${unique}`)
      const isThere = unique !== '' && target !== null && (await target.finder.find(moved)) !== null
      if (isThere) outcomes.push({ token, outcome: 'done', locator: moved })
      else {
        const isHere = (await this.#from.finder.find(locator(where))) !== null
        outcomes.push({ token, outcome: isHere ? 'not-done' : 'gone' })
      }
    }
    return outcomes
  }

  async #move(token: string, where: string, unique: string, target: MaildirWriter): Promise<Outcome> {
    for (let round = 0; round < ROUNDS; round++) {
      const found = await this.#from.finder.find(locator(where))
      if (found === null || unique === '') return { token, outcome: 'gone' }
      if (found.isAmbiguous) return { token, outcome: 'refused', words: 'two files of the folder have this name' }
      if ((await target.finder.find(locator(`file=${unique}`))) !== null)
        return { token, outcome: 'refused', words: 'it lies there already' }
      const name = `${unique}:2,${await this.#lettersFor(found, target)}`
      const words = rename(found.path, `${target.directory}/cur/${name}`)
      if (words === null) return { token, outcome: 'done', locator: target.noteStored(unique, name) }
      if (words !== 'gone') return { token, outcome: 'refused', words }
    }
    return { token, outcome: 'refused', words: 'it was renamed each time it was looked for' }
  }

  /** Letters of keywords mean something else in each folder; those without a meaning stay behind. */
  async #lettersFor({ key, listing }: FoundFile, target: MaildirWriter): Promise<string> {
    const flags = listing.flagsOf(key)
    await target.giveLetters(flags)
    const letters = lettersOf(infoOf(key)).replace(/[^A-Z]/g, '')
    return target.letters(isNewKey(key) ? letters.replaceAll('S', '') : letters, flags)
  }
}

/** null: it is done. */
function rename(from: string, to: string): string | null {
  try {
    return ifThere(() => renameSync(openablePath(from), openablePath(to))) ? null : 'gone'
  } catch (error) {
    if (codeOf(error) === 'EXDEV') return 'the folders lie on different file systems'
    throw error
  }
}
