import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../../src/stores/drivers.js'
import type { LocalStoreSpec } from '../../src/stores/store.js'
import type { WritableFolder, WritableStore } from '../../src/stores/writable.js'
import { openWritableStore } from '../../src/stores/writable-drivers.js'
import { INBOX, type WritingPlace } from './writing-place.js'

/** One mbox file that is written to, as other programs see it. */
export class MboxPlace {
  readonly directory = mkdtempSync(join(tmpdir(), 'mbaudit-mbox-writing-'))
  readonly path = join(this.directory, 'mbox')
  readonly scratch = join(this.directory, 'scratch')
  readonly options: LocalStoreSpec['options']
  readonly #stores: WritableStore[] = []

  constructor(content: string | Buffer = '', options: LocalStoreSpec['options'] = {}) {
    mkdirSync(this.scratch)
    this.options = options
    this.content = content
  }

  get content(): string {
    return readFileSync(this.path, 'latin1')
  }

  set content(content: string | Buffer) {
    writeFileSync(this.path, typeof content === 'string' ? Buffer.from(content, 'latin1') : content)
  }

  async open(): Promise<WritableFolder> {
    const store = await openWritableStore({ name: 'mbox', type: 'mbox', path: this.path, options: this.options }, true)
    this.#stores.push(store)
    return store.openForWriting(INBOX)
  }

  /** As the law's own steps want it. */
  get place(): WritingPlace {
    const none = { reflag: null, remove: null, exchange: null, crashAt: null }
    const spec: LocalStoreSpec = { name: 'mbox', type: 'mbox', path: this.path, options: this.options }
    return {
      ...none,
      root: this.path,
      scratch: this.scratch,
      open: () => openStore(spec),
      openForWriting: () => openWritableStore(spec, true),
      dispose: () => this.dispose(),
    }
  }

  async dispose(): Promise<void> {
    for (const store of this.#stores) await store[Symbol.asyncDispose]()
    rmSync(this.directory, { recursive: true, force: true })
  }
}
