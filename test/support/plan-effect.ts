import { wireDigest } from '../../src/message/wire.js'
import type { CopyRef, Expected, FlagChange, FolderRef, Step } from '../../src/plan/step.js'
import type { MemoryMessage, MemoryStore } from '../../src/stores/memory/store.js'

/** What a plan does to stores in memory, when everything is as it expects: the plan's meaning, without a crash or a server. */
export class PlanEffect {
  readonly #stores: ReadonlyMap<string, MemoryStore>
  readonly #done = new Set<string>()

  constructor(stores: readonly MemoryStore[]) {
    this.#stores = new Map(stores.map((store) => [store.spec.name, store]))
  }

  /** @throws when a step does not find what it expects, or when a deletion would rest on nothing */
  apply(steps: Iterable<Step>): void {
    const all = [...steps]
    for (const step of all) this.#one(step)
    for (const step of all)
      if (step.op === 'delete' && 'keptAs' in step.safe) this.#find(step.safe.keptAs, step.safe.expect)
  }

  #one(step: Step): void {
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
        this.#messages(step.to).push({ raw, flags: [...step.flags].sort(), received: step.received })
        break
      }
      case 'move': {
        const message = this.#take(step.at, step.expect)
        if (step.flags !== undefined) flag(message, step.flags)
        this.#messages({ store: step.at.store, folder: step.to }).push(message)
        break
      }
      case 'flags':
        flag(this.#find(step.at, step.expect), step)
        break
      case 'delete':
        if ('after' in step.safe && !this.#done.has(step.safe.after)) throw new Error('nothing took its place')
        this.#take(step.at, step.expect)
        break
      default:
        step satisfies never
    }
    this.#done.add(step.id)
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
