import { wireDigest } from '../../message/wire.js'
import { sortedFlags } from '../flag-text.js'
import { readMark, writeMark } from '../mark-text.js'
import { receivedOf } from '../outgoing.js'
import { type FolderName, folderName, type Locator } from '../store.js'
import type { Change, Mark, Move, Outcome, Outgoing, Work } from '../writable.js'
import type { MemoryMessage, MemoryStore } from './store.js'
import type { MemoryWriting } from './writing.js'

/** The three calls of a memory folder. Each message is one change: a crash lies before or after it. */
export class MemoryWork {
  readonly #store: MemoryStore
  readonly #folder: FolderName
  readonly #options: MemoryWriting
  readonly #change: (what: string, act: () => void) => void

  constructor(
    store: MemoryStore,
    folder: FolderName,
    options: MemoryWriting,
    change: (what: string, act: () => void) => void,
  ) {
    this.#store = store
    this.#folder = folder
    this.#options = options
    this.#change = change
  }

  async prepare(work: Work): Promise<Mark> {
    if (work.kind === 'append') return writeMark([['append'], ...work.messages.map(({ token }) => [token])])
    if (work.kind === 'move')
      return writeMark([['move', work.to], ...work.moves.map((each) => [each.token, each.locator, this.#here(each)])])
    return writeMark([
      ['change'],
      ...work.changes.map((each) => [each.token, each.locator, this.#state(each), ...wanted(each)]),
    ])
  }

  async carryOut(work: Work, _mark: Mark): Promise<readonly Outcome[]> {
    if (work.kind === 'append') return work.messages.map((message) => this.#append(message))
    if (work.kind === 'move') return work.moves.map((move) => this.#move(move, work.to))
    return work.changes.map((each) => this.#changeOne(each))
  }

  async settle(mark: Mark): Promise<readonly Outcome[]> {
    const [[kind, to] = [], ...rows] = readMark(mark)
    return rows.map(([token = '', where = '', state = '', ...flags]) => {
      if (kind === 'change') return this.#settleChange(token, where, state, flags)
      const folder = kind === 'move' ? folderName(to ?? '') : this.#folder
      const stored = this.#messages(folder).find((message) => message.token === token)
      if (stored !== undefined) return { token, outcome: 'done', locator: this.#store.locatorOf(stored) }
      const isGone = kind === 'move' && (state === 'gone' || this.#find(where) === undefined)
      return { token, outcome: isGone ? 'gone' : 'not-done' }
    })
  }

  #messages(folder = this.#folder): MemoryMessage[] {
    return this.#store.folders.get(folder) ?? []
  }

  #keepsFlag(flag: string): boolean {
    return (this.#options.whyNoFlag?.(flag) ?? '') === ''
  }

  #find(where: Locator | string): MemoryMessage | undefined {
    return this.#messages().find((message) => this.#store.locatorOf(message) === where)
  }

  #here({ locator }: Move): string {
    return this.#find(locator) === undefined ? 'gone' : 'there'
  }

  #state({ locator, wire }: Change): 'gone' | 'changed' | 'there' {
    const message = this.#find(locator)
    if (message === undefined) return 'gone'
    return wire !== null && wireDigest(message.raw) !== wire ? 'changed' : 'there'
  }

  #append(message: Outgoing): Outcome {
    const { token } = message
    const words = this.#options.refuses?.(message) ?? null
    if (words !== null) return { token, outcome: 'refused', words }
    const raw = this.#options.keeps?.(message.bytes) ?? message.bytes
    const stored: MemoryMessage = {
      raw: Buffer.from(raw),
      flags: sortedFlags(message.flags.filter((flag) => this.#keepsFlag(flag))),
      received: receivedOf(message),
      token,
    }
    this.#change(`append ${token}`, () => this.#messages().push(stored))
    return { token, outcome: 'done', locator: this.#store.locatorOf(stored) }
  }

  #move({ token, locator }: Move, to: FolderName): Outcome {
    const message = this.#find(locator)
    if (message === undefined) return { token, outcome: 'gone' }
    const target = this.#store.folders.get(to)
    if (target === undefined) return { token, outcome: 'refused', words: 'there is no such folder' }
    this.#change(`move ${token}`, () => {
      this.#take(message)
      message.token = token
      target.push(message)
    })
    return { token, outcome: 'done', locator: this.#store.locatorOf(message) }
  }

  #take(message: MemoryMessage): void {
    const messages = this.#messages()
    messages.splice(messages.indexOf(message), 1)
  }

  #changeOne(change: Change): Outcome {
    const { token, locator, flags } = change
    const state = this.#state(change)
    const message = this.#find(locator)
    if (message === undefined || state === 'gone') return { token, outcome: 'gone' }
    if (state === 'changed') return { token, outcome: 'changed' }
    if (flags !== null) {
      this.#change(`flags ${token}`, () => {
        const added = flags.add.filter((flag) => this.#keepsFlag(flag))
        message.flags = sortedFlags([...message.flags, ...added].filter((flag) => !flags.remove.includes(flag)))
      })
      return { token, outcome: 'done', locator }
    }
    if (this.#options.neverExpunges) {
      this.#change(`mark ${token}`, () => {
        message.flags = sortedFlags([...message.flags, '\\Deleted'])
      })
      return { token, outcome: 'not-expunged' }
    }
    this.#change(`delete ${token}`, () => this.#take(message))
    return { token, outcome: 'done', locator: null }
  }

  #settleChange(token: string, where: string, state: string, [kind, ...flags]: readonly string[]): Outcome {
    if (state === 'gone' || state === 'changed') return { token, outcome: state }
    const message = this.#find(where)
    if (kind === 'delete') {
      if (message === undefined) return { token, outcome: 'done', locator: null }
      const isMarked = this.#options.neverExpunges && message.flags.includes('\\Deleted')
      return { token, outcome: isMarked ? 'not-expunged' : 'not-done' }
    }
    if (message === undefined) return { token, outcome: 'gone' }
    const kept = flags.filter((flag) => flag.startsWith('-') || this.#keepsFlag(flag.slice(1)))
    const isDone = kept.every((flag) => message.flags.includes(flag.slice(1)) === flag.startsWith('+'))
    return isDone ? { token, outcome: 'done', locator: this.#store.locatorOf(message) } : { token, outcome: 'not-done' }
  }
}

/** What is wanted: `delete`, or `flags` and each of them with `+` or `-` before it. */
function wanted({ flags }: Change): readonly string[] {
  if (flags === null) return ['delete']
  return ['flags', ...flags.add.map((flag) => `+${flag}`), ...flags.remove.map((flag) => `-${flag}`)]
}
