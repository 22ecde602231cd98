import type { Transform } from 'node:stream'
import * as zlib from 'node:zlib'
import type { ReadableFile } from './file.js'

export type Compression = 'gzip' | 'brotli' | 'zstd'

/** A compressed file that cannot be read here, and what to do about it. */
export interface UnreadableCompression {
  readonly name: string
  readonly hint: string
}

const CHUNK = 1 << 18

/** Compressed forms by their first octets. Brotli has none and is known by its name alone. */
const MAGIC: readonly (readonly [magic: string, form: Compression | UnreadableCompression])[] = [
  ['\x1f\x8b', 'gzip'],
  ['\x28\xb5\x2f\xfd', 'zstd'],
  ['\xfd7zXZ\0', { name: 'xz', hint: 'Unpack it first: xz --decompress --keep FILE' }],
  ['BZh', { name: 'bzip2', hint: 'Unpack it first: bzip2 --decompress --keep FILE' }],
]

/**
 * How a file is compressed; null: not at all.
 *
 * @param name - the file's name, Latin-1
 */
export function compressionOf(firstOctets: Buffer, name: string): Compression | UnreadableCompression | null {
  const start = firstOctets.toString('latin1', 0, 8)
  const form = MAGIC.find(([magic]) => start.startsWith(magic))?.[1] ?? null
  if (form === 'zstd' && zstdDecoder() === null) return NO_ZSTD
  if (form !== null) return form
  return /\.br$/i.test(name) && !start.startsWith('From ') ? 'brotli' : null
}

const NO_ZSTD: UnreadableCompression = {
  name: 'zstd',
  hint: 'Node 22.15 and newer can read it. With this one, unpack it first: zstd --decompress --keep FILE',
}

/** A file name without the ending that says how it is compressed. */
export const withoutCompressionEnding = (name: string): string => name.replace(/\.(?:gz|br|zst)$/i, '')

/** The octets of a compressed file. Throws where the data are damaged or cut off, after what could be read before. */
export async function* decompress(file: ReadableFile, compression: Compression): AsyncGenerator<Buffer> {
  const decoder = makeDecoder(compression)
  feed(file, decoder).catch((error: unknown) => decoder.destroy(asError(error)))
  try {
    for await (const chunk of decoder) if (Buffer.isBuffer(chunk)) yield chunk
  } finally {
    decoder.destroy()
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))

async function feed(file: ReadableFile, decoder: Transform): Promise<void> {
  for (let offset = 0; !decoder.destroyed; ) {
    const chunk = Buffer.allocUnsafe(CHUNK)
    const count = file.read(chunk, offset)
    offset += count
    if (count === 0) {
      decoder.end()
      return
    }
    await new Promise<void>((resolve) => {
      decoder.once('close', resolve)
      decoder.write(chunk.subarray(0, count), () => {
        decoder.off('close', resolve)
        resolve()
      })
    })
  }
}

function makeDecoder(compression: Compression): Transform {
  if (compression === 'gzip') return zlib.createGunzip({ chunkSize: CHUNK })
  if (compression === 'brotli') return zlib.createBrotliDecompress({ chunkSize: CHUNK })
  const decoder = zstdDecoder()
  if (decoder === null) throw new TypeError(NO_ZSTD.hint)
  return decoder
}

/** node:zlib knows Zstandard from Node 22.15 on. */
function zstdDecoder(): Transform | null {
  const make: unknown = Reflect.get(zlib, 'createZstdDecompress')
  if (typeof make !== 'function') return null
  return Reflect.apply(make, zlib, [{ chunkSize: CHUNK }])
}

/** The first octets of what a compressed file holds, as far as its own first octets go; none where they are damaged. */
export function firstDecompressed(firstOctets: Buffer, compression: Compression): Buffer {
  const octets = firstOctets.subarray(0, 4096)
  try {
    if (compression === 'gzip') return zlib.gunzipSync(octets, { finishFlush: zlib.constants.Z_SYNC_FLUSH })
    if (compression === 'brotli') {
      return zlib.brotliDecompressSync(octets, { finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH })
    }
    return firstOfZstd(octets)
  } catch {
    return Buffer.alloc(0)
  }
}

function firstOfZstd(octets: Buffer): Buffer {
  const decompressSync: unknown = Reflect.get(zlib, 'zstdDecompressSync')
  const flush: unknown = Reflect.get(zlib.constants, 'ZSTD_e_flush')
  if (typeof decompressSync !== 'function') return Buffer.alloc(0)
  const decompressed: unknown = Reflect.apply(decompressSync, zlib, [octets, { finishFlush: flush }])
  return Buffer.isBuffer(decompressed) ? decompressed : Buffer.alloc(0)
}
