import { renameSync, statSync } from 'node:fs'
import { clearDeadLocks } from '../dot-lock.js'
import { removeFile, syncDirectory, writeNewFiles } from '../durable-files.js'
import { FileChanges, type FlagWriting, ifThere, prepareChanges } from '../file-changes.js'
import { FileFinder } from '../file-finder.js'
import type { FileFolderKind } from '../file-folder-kind.js'
import { readMark, writeMark } from '../mark-text.js'
import { openablePath, textOfOctets } from '../octet-name.js'
import { receivedOf } from '../outgoing.js'
import { type Owner, ownerOf } from '../permissions.js'
import { type FolderName, folderName, type Locator, locator } from '../store.js'
import type { Mark, Outcome, Outgoing, Work, WritingAbilities } from '../writable.js'
import type { FileFolderWriter } from '../writable-file-folder.js'
import { infoOf, isNewKey, keyOf, lettersOf } from './file-name.js'
import { maildirFolderKind } from './folder.js'
import { KeywordLetters } from './keyword-letters.js'
import { changeLetters, isKeyword, letterOf, nameWithLetters } from './letters.js'
import { Moves } from './moves.js'
import { newName } from './new-name.js'

/** Messages whose names are remembered until they are read back. */
const REMEMBERED = 2_000

/** Writes to a folder of a Maildir: under `tmp`, flushed, then renamed into `cur` with its flags (maildir(5)). */
export class MaildirWriter implements FileFolderWriter {
  readonly kind: FileFolderKind
  readonly writing: WritingAbilities
  readonly directory: string
  readonly finder: FileFinder
  readonly keywords: KeywordLetters
  readonly #owner: Owner
  readonly #changes: FileChanges
  readonly #moves: Moves
  readonly #stored = new Map<Locator, string>()

  /**
   * @param directory - octets of the folder's own path
   * @param writerOf - of another folder of the store; null: there is none
   */
  constructor(directory: string, isRoot: boolean, writerOf: (folder: FolderName) => MaildirWriter | null) {
    this.kind = maildirFolderKind(directory)
    this.directory = directory
    this.#owner = ownerOf(statSync(openablePath(directory)), isRoot)
    this.keywords = new KeywordLetters(directory, this.#owner)
    this.finder = new FileFinder(this.kind)
    this.#changes = new FileChanges(this.kind, this.finder, this.#flagWriting())
    this.#moves = new Moves(this, writerOf)
    this.writing = {
      movesNatively: true,
      atOnce: { messages: 1_000, octets: 1 << 23 },
      whyNoFlag: (flag) => this.#whyNoFlag(flag),
      largest: null,
    }
  }

  async prepare(work: Work): Promise<Mark> {
    this.finder.begin()
    if (work.kind === 'append') return writeMark([['append'], ...(await this.#names(work.messages))])
    if (work.kind === 'move') return writeMark([['move', work.to], ...(await this.#moves.prepare(work.moves))])
    return writeMark([['change'], ...(await prepareChanges(this.finder, work.changes))])
  }

  async carryOut(work: Work, mark: Mark): Promise<readonly Outcome[]> {
    this.finder.begin()
    const [[, to] = [], ...rows] = readMark(mark)
    if (work.kind === 'append') return this.#append(work.messages, rows)
    if (work.kind === 'move') return this.#moves.carryOut(folderName(to ?? ''), rows)
    await this.giveLetters(work.changes.flatMap(({ flags }) => flags?.add ?? []))
    return this.#changes.carryOut(work.changes)
  }

  async settle(mark: Mark): Promise<readonly Outcome[]> {
    this.finder.begin()
    const [[kind, to] = [], ...rows] = readMark(mark)
    clearDeadLocks(`${this.directory}/dovecot-uidlist.lock`)
    await this.finder.list()
    this.keywords.refresh()
    if (kind === 'change') return this.#changes.settle(rows)
    if (kind === 'move') return this.#moves.settle(folderName(to ?? ''), rows)
    const outcomes: Outcome[] = []
    for (const [token = '', unique = ''] of rows) {
      removeFile(`${this.directory}/tmp/${unique}`)
      const where = locator(`file=${unique}`)
      const isThere = (await this.finder.find(where)) !== null
      outcomes.push(isThere ? { token, outcome: 'done', locator: where } : { token, outcome: 'not-done' })
    }
    this.sync()
    return outcomes
  }

  keyOfStored(where: Locator): string | null {
    return this.#stored.get(where) ?? null
  }

  /** Gives letters to the keywords among flags. */
  async giveLetters(flags: readonly string[]): Promise<void> {
    const keywords = [...new Set(flags.filter(isKeyword))]
    if (keywords.every((keyword) => this.keywords.letterOf(keyword) !== null)) return
    const { keys } = await this.finder.list()
    await this.keywords.give(keywords, () => lettersInUse(keys))
  }

  letters(now: string, add: readonly string[], remove: readonly string[] = []): string {
    return changeLetters(now, add, remove, (keyword) => this.keywords.letterOf(keyword))
  }

  /** Notes a message that was just put into `cur` under a name, and tells its locator. */
  noteStored(unique: string, name: string): Locator {
    const where = locator(`file=${textOfOctets(unique)}`)
    if (this.#stored.size >= REMEMBERED) this.#stored.clear()
    this.#stored.set(where, keyOf(name, false))
    return where
  }

  /** Has the folder's directories on the disk. */
  sync(): void {
    for (const name of ['cur', 'new']) ifThere(() => syncDirectory(`${this.directory}/${name}`))
  }

  #whyNoFlag(flag: string): string {
    if (letterOf(flag) !== null) return ''
    if (flag.startsWith('\\')) return 'a Maildir knows no such system flag'
    return this.keywords.whyNot(flag)
  }

  /** A name for each message. It is taken where an equal step stored here before and what it stored was changed since. */
  async #names(messages: readonly Outgoing[]): Promise<string[][]> {
    const { keys } = await this.finder.anyListing()
    return messages.map((message) => {
      for (let turn = 0; ; turn++) {
        const unique = newName(message, turn)
        const base = unique.slice(0, unique.indexOf(',') + 1)
        if (!keys.at(keys.lowerBound(base)).startsWith(base)) return [message.token, unique]
      }
    })
  }

  async #append(messages: readonly Outgoing[], rows: readonly (readonly string[])[]): Promise<readonly Outcome[]> {
    await this.giveLetters(messages.flatMap(({ flags }) => flags))
    const files = messages.map((message, n) => {
      const unique = rows[n]?.[1] ?? ''
      return { message, unique, name: `${unique}:2,${this.letters('', message.flags)}` }
    })
    const { directory } = this
    await writeNewFiles(
      files.map(({ message, unique }) => ({
        path: `${directory}/tmp/${unique}`,
        octets: message.bytes,
        time: receivedOf(message),
      })),
      this.#owner,
    )
    for (const { unique, name } of files)
      renameSync(openablePath(`${directory}/tmp/${unique}`), openablePath(`${directory}/cur/${name}`))
    syncDirectory(`${directory}/cur`)
    return files.map(({ message, unique, name }) => ({
      token: message.token,
      outcome: 'done',
      locator: this.noteStored(unique, name),
    }))
  }

  #flagWriting(): FlagWriting {
    return {
      reflag: ({ key, path }, add, remove) => {
        // A name in `new` says nothing of flags until the message is taken into `cur`: `S` there is no `\Seen`.
        const letters = lettersOf(infoOf(key))
        const name = path.slice(path.lastIndexOf('/') + 1)
        const next = this.letters(isNewKey(key) ? letters.replaceAll('S', '') : letters, add, remove)
        const to = `${this.directory}/cur/${nameWithLetters(name, next)}`
        return to === path || ifThere(() => renameSync(openablePath(path), openablePath(to)))
      },
      forget: () => {},
      finish: async () => this.sync(),
      keeps: (flag) => letterOf(flag) !== null || (isKeyword(flag) && this.#isKept(flag)),
    }
  }

  #isKept(keyword: string): boolean {
    return this.keywords.letterOf(keyword) !== null || this.keywords.whyNot(keyword) === ''
  }
}

/** The lower-case letters that names of files have. */
function lettersInUse(keys: { readonly length: number; at(n: number): string }): string {
  const used = new Set<string>()
  for (let n = 0; n < keys.length; n++)
    for (const letter of lettersOf(infoOf(keys.at(n)))) if (letter >= 'a' && letter <= 'z') used.add(letter)
  return [...used].join('')
}
