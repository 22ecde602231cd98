import { codeOf } from '../file-reader.js'
import { showOctets } from '../octet-name.js'
import type { Readers } from '../readers.js'
import type { ScanBatch, ScanVerdict } from '../store.js'
import { MboxBatches } from './batch.js'
import type { FileState, ReadableFile } from './file.js'
import { isInternalData } from './internal-data.js'
import { looksLikeLostMessage } from './lost-start.js'
import type { MboxFile } from './mbox-file.js'
import { hasLengths } from './quoting.js'
import { type FileRest, isWorthSharing, readSections, sectionSize } from './sections.js'
import { nextMessage, sourceOf } from './source.js'
import { MboxSplitter } from './splitter.js'

/** A file of so many octets is worth a thread from its first message on. */
const MUCH = 1 << 26

/** Reads a file from its start to its end. The last batch has a verdict, as far as the octets that were read can tell one. */
export async function* readBatches(
  mbox: MboxFile,
  file: ReadableFile,
  state: FileState,
  readers: Readers,
): AsyncGenerator<ScanBatch> {
  const source = sourceOf(file, mbox.compression)
  const splitter = new MboxSplitter({ far: source.far, trustsLengths: hasLengths(mbox.variant) })
  const object = { name: state.object, hasOtherNames: state.links > 1 || file.isSymbolicLink() }
  const batches = new MboxBatches(mbox, object, readers)
  /** Batches whose messages are being read, the oldest first. */
  const under: Promise<ScanBatch>[] = []
  if (mbox.compression === null && state.size >= MUCH) readers.expectMuch()
  let verdict: ScanVerdict = { outcome: 'complete', state: '' }
  let rest: FileRest | null = null
  try {
    for (let isFirst = true; rest === null; isFirst = false) {
      const coming = nextMessage(splitter, source)
      const message = coming instanceof Promise ? await coming : coming
      if (message === null) break
      if (isFirst && isInternalData(message.octets)) batches.now.addForeign(`offset=${message.offset}`, INTERNAL_DATA)
      else batches.now.add(message)
      if (!batches.now.isFull) continue
      under.push(batches.take())
      yield* handOver(under, readers.ahead)
      rest = readers.hasRoom ? restOf(mbox, file, state, splitter, batches.count) : null
    }
  } catch (error) {
    if (mbox.compression === null) throw error
    verdict = damaged(mbox, error)
  }
  yield* handOver(under, 0)
  if (rest !== null) yield* batchRest(batches, rest, readers)
  const { prefix, dialect } = splitter
  if (prefix > 0) batches.now.addForeign(`octets 0-${prefix - 1}`, whyPrefix(splitter))
  if (prefix > 0 && dialect === null && verdict.outcome === 'complete') verdict = noMessage(mbox, prefix)
  if (prefix > 0 && dialect !== null && source.far !== null && looksLikeLostMessage(source.far, prefix))
    verdict = lostStart(mbox, prefix)
  yield await batches.last(rest === null ? splitter.position : state.size, verdict)
}

/** What is left of a file where its reading can be shared out; null: it cannot, or that is not worth it. */
function restOf(
  mbox: MboxFile,
  file: ReadableFile,
  state: FileState,
  splitter: MboxSplitter,
  messages: number,
): FileRest | null {
  const { state: from, dialect } = splitter
  if (mbox.compression !== null || from === null || dialect === null || !isWorthSharing(from, state)) return null
  const rules = { dialect, trustsLengths: hasLengths(mbox.variant) }
  return { file, state, from, sectionSize: sectionSize(from.offset / messages), rules }
}

async function* batchRest(batches: MboxBatches, rest: FileRest, readers: Readers): AsyncGenerator<ScanBatch> {
  for await (const messages of readSections(rest, readers)) {
    for (const message of messages) {
      batches.now.addRead(message)
      if (batches.now.isFull) yield await batches.take()
    }
  }
}

/** Hands over the oldest batches until at most `most` are under way. */
async function* handOver(under: Promise<ScanBatch>[], most: number): AsyncGenerator<ScanBatch> {
  while (under.length > most) {
    const oldest = under.shift()
    if (oldest !== undefined) yield await oldest
  }
}

const INTERNAL_DATA = 'what a mail server notes for itself in the first message: no mail'

function whyPrefix({ dialect, prefix }: MboxSplitter): string {
  return dialect === null ? 'there is no separator line in it: no mbox' : `${prefix} octets before the first message`
}

function lostStart(mbox: MboxFile, prefix: number): ScanVerdict {
  const message = `${showOctets(mbox.path)}: octets 0-${prefix - 1} look like a message that lost its separator line`
  return { outcome: 'failed', code: 'UNREADABLE', message }
}

function noMessage(mbox: MboxFile, prefix: number): ScanVerdict {
  const message = `${showOctets(mbox.path)}: no message begins in its ${prefix} octets: no mbox, or one that was damaged`
  return { outcome: 'failed', code: 'UNREADABLE', message }
}

function damaged(mbox: MboxFile, error: unknown): ScanVerdict {
  const code = codeOf(error)
  const what = code === 'Z_BUF_ERROR' ? 'the compressed file is cut off' : `the compressed file is damaged (${code})`
  const message = `${showOctets(mbox.path)}: ${what}; what could be read before that was read`
  return { outcome: 'failed', code: 'UNREADABLE', message }
}
