import { Worker } from 'node:worker_threads'
import type { MessageFacts } from '../message/message.js'
import type { SectionTask } from './mbox/section.js'
import { type FileRequest, type MessageFile, type MessageReading, type Readers, THIS_THREAD } from './readers.js'
import { type FactsText, type FileText, factsOf, fileOf, type ReadingTask } from './reading-task.js'

/** Messages are gathered in shared memory of this many octets; a larger one is read by the thread that has it. */
const ROOM = 1 << 21
/** So little mail is read sooner than a thread is started. */
const FEW_OCTETS = 1 << 23
const FEW_FILES = 400

/** Tasks that may wait for one thread; what comes beyond them is read by the thread that asks, so that none stands idle. */
const WAITING = 4

/**
 * Reads messages in threads beside the one that asks: mail is read, digested and understood there while rows are written
 * here. Threads are started when there is enough to do for them. Once it is closed the thread that asks reads all.
 */
export class ThreadReaders implements Readers, Disposable {
  readonly #most: number
  readonly #threads: ReadingThread[] = []
  readonly #rooms: SharedArrayBuffer[] = []
  #octets = 0
  #files = 0
  #isClosed = false

  /** @param threads - how many at most, beside the one that asks; one or more */
  constructor(threads: number) {
    this.#most = threads
  }

  get ahead(): number {
    return (this.#most + 1) * WAITING
  }

  get hasRoom(): boolean {
    return this.#octets >= FEW_OCTETS && this.#mayAsk
  }

  expectMuch(): void {
    if (this.#isClosed) return
    this.#octets = Math.max(this.#octets, FEW_OCTETS)
    this.#files = Math.max(this.#files, FEW_FILES)
    if (this.#threads.length === 0) this.#threads.push(new ReadingThread())
  }

  readSection(task: SectionTask): Promise<string> {
    return this.#ask(task)
  }

  readMessages(): MessageReading {
    if (!this.hasRoom) return this.#readHere()
    const room = this.#rooms.pop() ?? new SharedArrayBuffer(ROOM)
    return new SharedReading(room, async (ends) => {
      const text = await this.#ask({ kind: 'messages', octets: room, ends })
      this.#rooms.push(room)
      const rows: FactsText[] = JSON.parse(text)
      return rows.map(factsOf)
    })
  }

  get #mayAsk(): boolean {
    const areBusy = this.#threads.length === this.#most && this.#threads.every(({ asked }) => asked >= WAITING)
    return !this.#isClosed && !areBusy
  }

  #readHere(): MessageReading {
    const reading = THIS_THREAD.readMessages()
    const add = (message: Buffer): void => {
      this.#octets += message.length
      reading.add(message)
    }
    return { add, finish: () => reading.finish() }
  }

  readFiles(requests: readonly FileRequest[]): Promise<readonly MessageFile[]> | readonly MessageFile[] {
    if (this.#files < FEW_FILES || !this.#mayAsk) {
      this.#files += requests.length
      return THIS_THREAD.readFiles(requests)
    }
    return this.#askFiles(requests)
  }

  async #askFiles(requests: readonly FileRequest[]): Promise<readonly MessageFile[]> {
    const rows: FileText[] = JSON.parse(await this.#ask({ kind: 'files', requests }))
    return rows.map(fileOf)
  }

  #ask(task: ReadingTask): Promise<string> {
    let idlest = this.#threads.reduce<ReadingThread | null>(
      (best, thread) => (best === null || thread.asked < best.asked ? thread : best),
      null,
    )
    if (idlest === null || (idlest.asked > 0 && this.#threads.length < this.#most)) {
      idlest = new ReadingThread()
      this.#threads.push(idlest)
    }
    return idlest.ask(task)
  }

  [Symbol.dispose](): void {
    this.#isClosed = true
    for (const thread of this.#threads.splice(0)) thread.end()
  }
}

/** Copies messages into shared memory. Those that find no room in it are read at once. */
class SharedReading implements MessageReading {
  readonly #room: Buffer
  readonly #send: (ends: readonly number[]) => Promise<readonly MessageFacts[]>
  readonly #ends: number[] = []
  /** Facts of messages that were read at once, by their number among all. */
  readonly #here = new Map<number, MessageFacts>()
  #used = 0
  #count = 0

  constructor(room: SharedArrayBuffer, send: (ends: readonly number[]) => Promise<readonly MessageFacts[]>) {
    this.#room = Buffer.from(room)
    this.#send = send
  }

  add(message: Buffer): void {
    const nth = this.#count++
    if (this.#used + message.length > this.#room.length) {
      const here = THIS_THREAD.readMessages()
      here.add(message)
      for (const facts of [here.finish()].flat()) if (!(facts instanceof Promise)) this.#here.set(nth, facts)
      return
    }
    message.copy(this.#room, this.#used)
    this.#used += message.length
    this.#ends.push(this.#used)
  }

  async finish(): Promise<readonly MessageFacts[]> {
    const there = await this.#send(this.#ends)
    if (this.#here.size === 0) return there
    let next = 0
    return Array.from({ length: this.#count }, (_, nth) => this.#here.get(nth) ?? there[next++]).filter(isFacts)
  }
}

const isFacts = (facts: MessageFacts | undefined): facts is MessageFacts => facts !== undefined

/** One thread, which answers its tasks in their order. */
class ReadingThread {
  readonly #worker = new Worker(new URL('./reading-thread.js', import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
  })
  readonly #waiting: { readonly resolve: (text: string) => void; readonly reject: (error: Error) => void }[] = []

  constructor() {
    this.#worker.unref()
    this.#worker.on('message', (text: string) => {
      this.#waiting.shift()?.resolve(text)
      if (this.#waiting.length === 0) this.#worker.unref()
    })
    this.#worker.on('error', (error) => {
      for (const { reject } of this.#waiting.splice(0)) reject(error)
    })
  }

  get asked(): number {
    return this.#waiting.length
  }

  ask(task: ReadingTask): Promise<string> {
    this.#worker.ref()
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#worker.postMessage(task)
    })
  }

  end(): void {
    this.#worker.terminate().catch(() => {})
  }
}
