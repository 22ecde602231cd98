import { hash } from 'node:crypto'
import { linkSync, readdirSync, statSync } from 'node:fs'
import { clearDeadLocks } from '../dot-lock.js'
import { removeFile, syncDirectory, writeNewFiles } from '../durable-files.js'
import { FileChanges, type FlagWriting, prepareChanges } from '../file-changes.js'
import { FileFinder } from '../file-finder.js'
import type { FileFolderKind } from '../file-folder-kind.js'
import { codeOf, FileReader } from '../file-reader.js'
import { isNumber } from '../known-names.js'
import { readMark, writeMark } from '../mark-text.js'
import { openablePath } from '../octet-name.js'
import { checkedToken, receivedOf } from '../outgoing.js'
import { type Owner, ownerOf } from '../permissions.js'
import { type Locator, locator } from '../store.js'
import type { Mark, Outcome, Outgoing, Work, WritingAbilities } from '../writable.js'
import type { FileFolderWriter } from '../writable-file-folder.js'
import { keyOf, mhFolderKind } from './folder.js'
import { editSequences, type SequenceEdit, whyNoSequence } from './sequence-edits.js'
import { FILE } from './sequences.js'

/**
 * Writes to an MH folder. A message is written under a name of ours, flushed, and then linked to the next number that is free: a
 * number that another program took meanwhile is passed by. Its sequences are written before it can be seen.
 */
export class MhWriter implements FileFolderWriter {
  readonly kind: FileFolderKind
  readonly writing: WritingAbilities = {
    movesNatively: false,
    atOnce: { messages: 1_000, octets: 1 << 24 },
    whyNoFlag: whyNoSequence,
    largest: null,
  }
  readonly #directory: string
  readonly #owner: Owner
  readonly #finder: FileFinder
  readonly #changes: FileChanges
  readonly #reader = new FileReader()
  #edits: SequenceEdit[] = []
  #stored: ReadonlyMap<Locator, string> = new Map()

  /** @param directory - octets of its path */
  constructor(directory: string, isRoot: boolean) {
    this.kind = mhFolderKind(directory)
    this.#directory = directory
    this.#owner = ownerOf(statSync(openablePath(directory)), isRoot)
    this.#finder = new FileFinder(this.kind)
    this.#changes = new FileChanges(this.kind, this.#finder, this.#flagWriting())
  }

  async prepare(work: Work): Promise<Mark> {
    this.#finder.begin()
    if (work.kind === 'move') throw new TypeError('MH moves nothing by itself')
    if (work.kind === 'change') return writeMark([['change'], ...(await prepareChanges(this.#finder, work.changes))])
    const rows = work.messages.map(({ token, bytes }) => [checkedToken(token), sum(bytes), String(bytes.length)])
    return writeMark([['append', String(this.#highest())], ...rows])
  }

  async carryOut(work: Work, mark: Mark): Promise<readonly Outcome[]> {
    this.#finder.begin()
    if (work.kind === 'move') throw new TypeError('MH moves nothing by itself')
    if (work.kind === 'change') return this.#changes.carryOut(work.changes)
    const [[, highest] = []] = readMark(mark)
    return work.messages.length === 0 ? [] : this.#append(work.messages, Number(highest))
  }

  async settle(mark: Mark): Promise<readonly Outcome[]> {
    this.#finder.begin()
    const [[kind, highest] = [], ...rows] = readMark(mark)
    clearDeadLocks(`${this.#directory}/${FILE}.lock`)
    removeFile(`${this.#directory}/${FILE}.mbaudit`)
    if (kind === 'change') {
      for (const [, where = ''] of rows)
        if ((await this.#finder.find(locator(where))) === null) this.#edits.push(noFlags(numberOf(where)))
      return this.#changes.settle(rows)
    }
    for (const [token = ''] of rows) removeFile(this.#temporary(token))
    return this.#settleAppend(Number(highest), rows)
  }

  keyOfStored(where: Locator): string | null {
    return this.#stored.get(where) ?? null
  }

  async #append(messages: readonly Outgoing[], highest: number): Promise<readonly Outcome[]> {
    await writeNewFiles(
      messages.map((message) => ({
        path: this.#temporary(checkedToken(message.token)),
        octets: message.bytes,
        time: receivedOf(message),
      })),
      this.#owner,
    )
    const numbers: number[] = []
    await editSequences(this.#directory, this.#owner, (edit) => {
      let next = Math.max(highest, this.#highest()) + 1
      edit(messages.map(({ flags }, n) => flagsOf(next + n, flags)))
      for (const [n, { token }] of messages.entries()) {
        while (!this.#link(token, next)) {
          // Another program has this number: it keeps it, and all of ours go one further.
          next++
          edit([noFlags(next - 1), ...messages.slice(n).map((each, m) => flagsOf(next + m, each.flags))])
        }
        numbers.push(next++)
      }
    })
    syncDirectory(this.#directory)
    for (const { token } of messages) removeFile(this.#temporary(token))
    this.#stored = new Map(numbers.map((number) => [locator(`number=${number}`), keyOf(String(number))]))
    return messages.map(({ token }, n) => ({ token, outcome: 'done', locator: locator(`number=${numbers[n]}`) }))
  }

  /** False: the number is taken. */
  #link(token: string, number: number): boolean {
    try {
      linkSync(openablePath(this.#temporary(token)), openablePath(`${this.#directory}/${number}`))
      return true
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
      return false
    }
  }

  /** What was linked is found by its octets, beyond the numbers that were there before. */
  async #settleAppend(highest: number, rows: readonly (readonly string[])[]): Promise<readonly Outcome[]> {
    const wanted = new Set(rows.map(([, , size]) => Number(size)))
    const found = new Map<string, number[]>()
    const there = new Set(this.#numbers().filter((number) => number > highest))
    for (const number of [...there].sort((a, b) => a - b)) {
      const file = this.#reader.read(`${this.#directory}/${number}`)
      if (file.kind !== 'read' || !wanted.has(file.octets.length)) continue
      const key = sum(file.octets)
      found.set(key, [...(found.get(key) ?? []), number])
    }
    await editSequences(this.#directory, this.#owner, (edit) => edit([], { above: highest, keep: there }))
    syncDirectory(this.#directory)
    return rows.map(([token = '', key = '']) => {
      const number = found.get(key)?.shift()
      if (number === undefined) return { token, outcome: 'not-done' }
      return { token, outcome: 'done', locator: locator(`number=${number}`) }
    })
  }

  #flagWriting(): FlagWriting {
    return {
      reflag: ({ key }, add, remove) => {
        const isUnseen = remove.some(isSeen) && !add.some(isSeen)
        this.#edits.push({ number: this.kind.positionOf(key), add: isUnseen ? [...add, '\\Unseen'] : add, remove })
        return true
      },
      forget: ({ key }) => void this.#edits.push(noFlags(this.kind.positionOf(key))),
      finish: async () => {
        const edits = this.#edits
        this.#edits = []
        if (edits.length > 0) await editSequences(this.#directory, this.#owner, (edit) => edit(edits))
        syncDirectory(this.#directory)
      },
      keeps: (flag) => whyNoSequence(flag) === '',
    }
  }

  /** Numbers of messages, and of folders that are called by one. */
  #numbers(): number[] {
    return readdirSync(openablePath(this.#directory), 'latin1').filter(isNumber).map(Number)
  }

  #highest(): number {
    return this.#numbers().reduce((most, number) => Math.max(most, number), 0)
  }

  #temporary(token: string): string {
    return `${this.#directory}/.mbaudit-${token}`
  }
}

const isSeen = (flag: string): boolean => flag.toLowerCase() === '\\seen'

const sum = (octets: Buffer): string => hash('sha256', octets, 'hex')

const numberOf = (where: string): number => Number(where.slice('number='.length))

const noFlags = (number: number): SequenceEdit => ({ number, add: [], remove: 'all' })

/** The flags of a new message: a number that was in use before may still stand in sequences. */
function flagsOf(number: number, flags: readonly string[]): SequenceEdit {
  const kept = flags.filter((flag) => whyNoSequence(flag) === '')
  return { number, add: flags.some(isSeen) ? kept : [...kept, '\\Unseen'], remove: 'all' }
}
