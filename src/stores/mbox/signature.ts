import { beginsAsMbox, SIGNATURE_LENGTH } from './beginning.js'
import { type Compression, compressionOf, firstDecompressed, type UnreadableCompression } from './compression.js'
import { ReadableFile } from './file.js'
import { isHeaderField } from './separator.js'
import { MORE } from './split-message.js'
import { MboxSplitter } from './splitter.js'

/**
 * Whether a file begins as an mbox does: with a From_ line, after a byte order mark, empty lines or NULs at most. gzip and
 * (where this Node can) zstd are looked into.
 */
export function looksLikeMbox(firstOctets: Buffer): boolean {
  const compression = compressionOf(firstOctets, '')
  if (compression === null) return beginsAsMbox(firstOctets)
  return typeof compression === 'string' && beginsAsMbox(firstDecompressed(firstOctets, compression))
}

/** What a file is, by its first octets and its name. */
export type Form =
  | { readonly kind: 'mbox'; readonly compression: Compression | null; readonly isEmpty: boolean }
  | { readonly kind: 'other'; readonly why: string; readonly hint: string }
  /** No sign of a message; it may hold some further down. */
  | { readonly kind: 'unknown'; readonly compression: Compression | null }

/**
 * Looks at a file.
 *
 * @param path - octets of the path as a Latin-1 string
 * @throws a system error
 */
export function formOf(path: string): Form {
  using file = new ReadableFile(path)
  const room = Buffer.alloc(SIGNATURE_LENGTH)
  const octets = room.subarray(0, file.read(room, 0))
  const compression = compressionOf(octets, path)
  if (compression !== null && typeof compression !== 'string') return unreadableForm(compression)
  const first = compression === null ? octets : firstDecompressed(octets, compression)
  if (first.toString('latin1', 0, 5).startsWith(MMDF)) return MMDF_FORM
  const isMbox = octets.length === 0 || beginsAsMbox(first) || holdsMbox(first)
  return isMbox ? { kind: 'mbox', compression, isEmpty: octets.length === 0 } : { kind: 'unknown', compression }
}

const MMDF = '\x01\x01\x01\x01'
const MMDF_FORM: Form = {
  kind: 'other',
  why: 'an MMDF file (messages between lines of four ^A)',
  hint: 'Convert it first, such as with mutt: open it and save all messages to an mbox file.',
}

const unreadableForm = ({ name, hint }: UnreadableCompression): Form => ({
  kind: 'other',
  why: `compressed by ${name}, which cannot be read here`,
  hint,
})

/** Whether, after something that is no mail, a message follows within these octets. */
function holdsMbox(octets: Buffer): boolean {
  if (isHeaderField(octets, 0, octets.length)) return false
  const splitter = new MboxSplitter({ far: null, trustsLengths: false })
  for (let done = 0; ; ) {
    const message = splitter.next()
    if (message !== MORE) return message !== null && isHeaderField(message.octets, 0, message.octets.length)
    const count = octets.copy(splitter.makeRoom(), 0, done)
    splitter.took(count)
    done += count
  }
}
