import { type ErrorCode, EXIT, MbauditError, type Problem } from '../errors.js'
import type { Folder, FolderName, Locator, ReadCopy, Store } from '../stores/store.js'

/** Reads messages of a store for a question; keeps the folder it read last open. What cannot be read becomes a problem. */
export class MessageReader implements AsyncDisposable {
  readonly #store: Store
  readonly #problems: Problem[]
  readonly #signal: AbortSignal
  readonly #onRead: (octets: number) => void
  readonly #reported = new Set<string>()
  #folder: Folder | null = null

  constructor(store: Store, problems: Problem[], signal: AbortSignal, onRead: (octets: number) => void) {
    this.#store = store
    this.#problems = problems
    this.#signal = signal
    this.#onRead = onRead
  }

  /** Gives what could be read, in the order asked; `wanted` is walked as the reading goes on. */
  async *read<T>(
    folder: FolderName,
    wanted: Iterable<T>,
    locatorOf: (one: T) => Locator,
  ): AsyncIterable<readonly [one: T, bytes: Buffer]> {
    const asked: T[] = []
    const locators = askEach(wanted, locatorOf, asked)
    try {
      const opened = await this.#open(folder)
      for await (const copy of opened.read(locators)) {
        if (this.#signal.aborted) throw new InterruptedError(this.#store.spec.name)
        const one = asked.shift()
        if (copy.problem !== null) this.#report(folder, copy)
        else if (one !== undefined) yield [one, this.#count(copy.bytes)]
      }
    } catch (error) {
      if (!(error instanceof MbauditError) || error.exitStatus === EXIT.interrupted) throw error
      for (const locator of [...asked.map(locatorOf), ...locators])
        this.#report(folder, { locator, bytes: null, problem: error.message }, error.code)
    }
  }

  async #open(name: FolderName): Promise<Folder> {
    if (this.#folder?.name === name) return this.#folder
    await this[Symbol.asyncDispose]()
    this.#folder = await this.#store.open(name)
    return this.#folder
  }

  #count(bytes: Buffer): Buffer {
    this.#onRead(bytes.length)
    return bytes
  }

  #report(
    folder: FolderName,
    { locator, problem }: ReadCopy & { readonly problem: string },
    code: ErrorCode = 'UNREADABLE',
  ): void {
    const key = JSON.stringify([folder, locator])
    if (this.#reported.has(key)) return
    this.#reported.add(key)
    this.#problems.push({ code, store: this.#store.spec.name, folder, locator, message: problem })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const folder = this.#folder
    this.#folder = null
    await folder?.[Symbol.asyncDispose]()
  }
}

/** The locators of what is wanted; what was asked for and not answered yet stands in `asked`. */
function* askEach<T>(wanted: Iterable<T>, locatorOf: (one: T) => Locator, asked: T[]): Generator<Locator> {
  for (const one of wanted) {
    asked.push(one)
    yield locatorOf(one)
  }
}

/** The user asked to stop. */
export class InterruptedError extends MbauditError {
  constructor(store: string) {
    super('INTERRUPTED', EXIT.interrupted, 'interrupted', 'The same command goes on from there.', { store })
  }
}
