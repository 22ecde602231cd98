import { writingFailure } from './durable-files.js'
import { FileFolder } from './file-folder.js'
import type { FileFolderKind } from './file-folder-kind.js'
import type { FolderName, Locator } from './store.js'
import type { Mark, Outcome, Work, WritableFolder, WritingAbilities } from './writable.js'

/** How a kind of folder with a file a message is written to. */
export interface FileFolderWriter {
  readonly kind: FileFolderKind
  readonly writing: WritingAbilities
  prepare(work: Work): Promise<Mark>
  carryOut(work: Work, mark: Mark): Promise<readonly Outcome[]>
  settle(mark: Mark): Promise<readonly Outcome[]>
  /** The key of a message that the last piece of work stored. */
  keyOfStored(locator: Locator): string | null
}

/** A folder that keeps each message in a file of its own, written to. */
export class WritableFileFolder extends FileFolder implements WritableFolder {
  readonly #writer: FileFolderWriter
  readonly #store: string

  /** @param store - what results call it */
  constructor(store: string, name: FolderName, writer: FileFolderWriter) {
    super(name, writer.kind, false, (locator) => writer.keyOfStored(locator))
    this.#writer = writer
    this.#store = store
  }

  get writing(): WritingAbilities {
    return this.#writer.writing
  }

  prepare(work: Work, _scratch: string): Promise<Mark> {
    return this.#told(() => this.#writer.prepare(work))
  }

  carryOut(work: Work, mark: Mark): Promise<readonly Outcome[]> {
    return this.#told(() => this.#writer.carryOut(work, mark))
  }

  settle(mark: Mark): Promise<readonly Outcome[]> {
    return this.#told(() => this.#writer.settle(mark))
  }

  async #told<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act()
    } catch (error) {
      throw writingFailure(error, this.#store, this.name)
    }
  }
}
