import { wireDigest } from '../../src/message/wire.js'
import type { CopyRef, Expected, FlagChange, FolderRef, Step } from '../../src/plan/step.js'
import type { DoneStep } from '../../src/plan/undo.js'
import type { MemoryMessage, MemoryStore } from '../../src/stores/memory/store.js'
import { folderName } from '../../src/stores/store.js'

/** What a plan does to stores in memory, when everything is as it expects: the plan's meaning, without a crash or a server. */
export class PlanEffect {
  readonly #stores: ReadonlyMap<string, MemoryStore>
  readonly #quarantine: MemoryStore | null
  readonly #done = new Set<string>()

  /** @param quarantine - where deleted mail goes, in its INBOX */
  constructor(stores: readonly MemoryStore[], quarantine: MemoryStore | null = null) {
    this.#stores = new Map(stores.map((store) => [store.spec.name, store]))
    this.#quarantine = quarantine
  }

  /**
   * @returns what a journal would tell of it
   * @throws when a step does not find what it expects, or when a deletion would rest on nothing
   */
  apply(steps: Iterable<Step>): readonly DoneStep[] {
    const all = [...steps]
    const done = all.map((step) => ({ step, generation: null, ...this.#one(step) }))
    for (const step of all)
      if (step.op === 'delete' && 'keptAs' in step.safe) this.#find(step.safe.keptAs, step.safe.expect)
    return done
  }

  #one(step: Step): Pick<DoneStep, 'locator' | 'quarantined'> {
    const message = this.#carryOut(step)
    this.#done.add(step.id)
    const store = this.#stores.get(step.op === 'copy' ? step.to.store : step.at.store)
    if (message === null || store === undefined) return { locator: null, quarantined: null }
    if (step.op !== 'delete') return { locator: store.locatorOf(message), quarantined: null }
    return { locator: null, quarantined: this.#keep(message) }
  }

  #keep(message: MemoryMessage): CopyRef | null {
    if (this.#quarantine === null) return null
    const folder = folderName('INBOX')
    this.#messages({ store: this.#quarantine.spec.name, folder }).push(message)
    return { store: this.#quarantine.spec.name, folder, locator: this.#quarantine.locatorOf(message) }
  }

  /** @returns the message that it was about, as it is now */
  #carryOut(step: Step): MemoryMessage | null {
    switch (step.op) {
      case 'createFolder':
        if (!this.#folders(step.at).has(step.at.folder)) this.#folders(step.at).set(step.at.folder, [])
        break
      case 'deleteFolder':
        if (this.#messages(step.at).length > 0) throw new Error(`${step.at.folder} is not empty`)
        this.#folders(step.at).delete(step.at.folder)
        break
      case 'renameFolder':
      case 'subscribe':
        break
      case 'copy': {
        const { raw } = this.#find(step.from, step.expect)
        const message = { raw, flags: [...step.flags].sort(), received: step.received }
        this.#messages(step.to).push(message)
        return message
      }
      case 'move': {
        const message = this.#take(step.at, step.expect)
        if (step.flags !== undefined) flag(message, step.flags)
        this.#messages({ store: step.at.store, folder: step.to }).push(message)
        return message
      }
      case 'flags': {
        const message = this.#find(step.at, step.expect)
        flag(message, step)
        return message
      }
      case 'delete':
        if ('after' in step.safe && !this.#done.has(step.safe.after)) throw new Error('nothing took its place')
        return this.#take(step.at, step.expect)
      default:
        step satisfies never
    }
    return null
  }

  #folders({ store }: FolderRef): MemoryStore['folders'] {
    const found = this.#stores.get(store)
    if (found === undefined) throw new Error(`no store ${store}`)
    return found.folders
  }

  #messages(at: FolderRef): MemoryMessage[] {
    const found = this.#folders(at).get(at.folder)
    if (found === undefined) throw new Error(`no folder ${at.folder}`)
    return found
  }

  #find(at: CopyRef, { wire }: Expected): MemoryMessage {
    const found = this.#messages(at).find((message) => this.#stores.get(at.store)?.locatorOf(message) === at.locator)
    if (found === undefined) throw new Error(`no message at ${at.folder} ${at.locator}`)
    if (wire !== null && wireDigest(found.raw) !== wire)
      throw new Error(`another message at ${at.folder} ${at.locator}`)
    return found
  }

  #take(at: CopyRef, expect: Expected): MemoryMessage {
    const message = this.#find(at, expect)
    const messages = this.#messages(at)
    messages.splice(messages.indexOf(message), 1)
    return message
  }
}

function flag(message: MemoryMessage, { add, remove }: FlagChange): void {
  message.flags = [...new Set([...message.flags, ...add])].filter((each) => !remove.includes(each)).sort()
}
