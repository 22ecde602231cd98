import { type Compression, decompress } from './compression.js'
import type { ReadableFile } from './file.js'
import { type FarSight, MORE, type SplitMessage } from './split-message.js'
import type { MboxSplitter } from './splitter.js'

/** Where a splitter's octets come from. */
export interface OctetSource {
  /** null where the octets can be had in order alone. */
  readonly far: FarSight | null
  /** Fills the room from an offset on; 0: the end. A source that has them at once gives no promise. */
  read(room: Buffer, offset: number): number | Promise<number>
}

export function sourceOf(file: ReadableFile, compression: Compression | null): OctetSource {
  if (compression !== null) return new InOrder(decompress(file, compression))
  return { far: file.far(), read: (room, offset) => file.read(room, offset) }
}

/** Octets that come as they are decompressed. */
class InOrder implements OctetSource {
  readonly far = null
  readonly #chunks: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  async read(room: Buffer): Promise<number> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next()
      if (next.done === true) return 0
      this.#rest = next.value
    }
    const count = this.#rest.copy(room)
    this.#rest = this.#rest.subarray(count)
    return count
  }
}

/** The next message, once the octets for it are at hand; null at the end. Waits only where the source must. */
export function nextMessage(
  splitter: MboxSplitter,
  source: OctetSource,
): SplitMessage | null | Promise<SplitMessage | null> {
  for (;;) {
    const message = splitter.next()
    if (message !== MORE) return message
    const count = source.read(splitter.makeRoom(), splitter.position)
    if (typeof count !== 'number') return waitFor(splitter, source, count)
    splitter.took(count)
  }
}

async function waitFor(
  splitter: MboxSplitter,
  source: OctetSource,
  coming: Promise<number>,
): Promise<SplitMessage | null> {
  splitter.took(await coming)
  return nextMessage(splitter, source)
}
