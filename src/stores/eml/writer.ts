import { renameSync, statSync } from 'node:fs'
import { removeFile, syncDirectory, writeNewFiles } from '../durable-files.js'
import { FileChanges, prepareChanges } from '../file-changes.js'
import { FileFinder } from '../file-finder.js'
import type { FileFolderKind } from '../file-folder-kind.js'
import { readMark, writeMark } from '../mark-text.js'
import { openablePath } from '../octet-name.js'
import { checkedToken, receivedOf } from '../outgoing.js'
import { type Owner, ownerOf } from '../permissions.js'
import { type Locator, locator } from '../store.js'
import type { Mark, Outcome, Outgoing, Work, WritingAbilities } from '../writable.js'
import type { FileFolderWriter } from '../writable-file-folder.js'
import { emlFolderKind } from './folder.js'

/** Digits of the number that keeps messages in their order. */
const DIGITS = 7

/**
 * Writes to a folder of .eml files: under a name of ours, flushed, then renamed to `0000017.<token>.eml`. The file's time is when the
 * message was received. There is no place for flags, and none are written.
 */
export class EmlWriter implements FileFolderWriter {
  readonly kind: FileFolderKind
  readonly writing: WritingAbilities = {
    movesNatively: false,
    atOnce: { messages: 1_000, octets: 1 << 24 },
    whyNoFlag: () => 'a folder of .eml files has no place for flags',
    largest: null,
  }
  readonly #directory: string
  readonly #owner: Owner
  readonly #finder: FileFinder
  readonly #changes: FileChanges
  #stored: ReadonlyMap<Locator, string> = new Map()

  /** @param directory - octets of its path */
  constructor(directory: string, isRoot: boolean) {
    this.kind = emlFolderKind(directory)
    this.#directory = directory
    this.#owner = ownerOf(statSync(openablePath(directory)), isRoot)
    this.#finder = new FileFinder(this.kind)
    this.#changes = new FileChanges(this.kind, this.#finder, {
      reflag: () => true,
      forget: () => {},
      finish: async () => syncDirectory(directory),
      keeps: () => false,
    })
  }

  async prepare(work: Work): Promise<Mark> {
    this.#finder.begin()
    if (work.kind === 'move') throw new TypeError('a folder of .eml files moves nothing by itself')
    if (work.kind === 'change') return writeMark([['change'], ...(await prepareChanges(this.#finder, work.changes))])
    const highest = await this.#highest()
    const nameOf = ({ token }: Outgoing, n: number): string =>
      `${String(highest + 1 + n).padStart(DIGITS, '0')}.${checkedToken(token)}.eml`
    return writeMark([['append'], ...work.messages.map((message, n) => [message.token, nameOf(message, n)])])
  }

  async carryOut(work: Work, mark: Mark): Promise<readonly Outcome[]> {
    this.#finder.begin()
    if (work.kind === 'move') throw new TypeError('a folder of .eml files moves nothing by itself')
    if (work.kind === 'change') return this.#changes.carryOut(work.changes)
    const [, ...rows] = readMark(mark)
    const files = work.messages.map((message, n) => ({ message, name: rows[n]?.[1] ?? '' }))
    await writeNewFiles(
      files.map(({ message, name }) => ({
        path: this.#temporary(name),
        octets: message.bytes,
        time: receivedOf(message),
      })),
      this.#owner,
    )
    for (const { name } of files)
      renameSync(openablePath(this.#temporary(name)), openablePath(`${this.#directory}/${name}`))
    syncDirectory(this.#directory)
    this.#stored = new Map(files.map(({ name }) => [locator(`file=${name}`), name]))
    return files.map(({ message, name }) => ({
      token: message.token,
      outcome: 'done',
      locator: locator(`file=${name}`),
    }))
  }

  async settle(mark: Mark): Promise<readonly Outcome[]> {
    this.#finder.begin()
    const [[kind] = [], ...rows] = readMark(mark)
    await this.#finder.list()
    if (kind === 'change') return this.#changes.settle(rows)
    const outcomes: Outcome[] = []
    for (const [token = '', name = ''] of rows) {
      removeFile(this.#temporary(name))
      const where = locator(`file=${name}`)
      const isThere = (await this.#finder.find(where)) !== null
      outcomes.push(isThere ? { token, outcome: 'done', locator: where } : { token, outcome: 'not-done' })
    }
    syncDirectory(this.#directory)
    return outcomes
  }

  keyOfStored(where: Locator): string | null {
    return this.#stored.get(where) ?? null
  }

  /** The highest number that names begin with. */
  async #highest(): Promise<number> {
    const { keys } = await this.#finder.list()
    let highest = 0
    for (let n = 0; n < keys.length; n++) {
      const number = /^\d{1,15}(?=\.)/.exec(keys.at(n))?.[0]
      if (number !== undefined) highest = Math.max(highest, Number(number))
    }
    return highest
  }

  #temporary(name: string): string {
    return `${this.#directory}/.mbaudit-${name}`
  }
}
