import { hash } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { codeOf, giveWay, whyOf } from '../file-reader.js'
import { showOctets } from '../octet-name.js'
import type { Readers } from '../readers.js'
import type { ScanBatch, ScanVerdict } from '../store.js'
import { lastBatch, MboxBatches } from './batch.js'
import { type FileState, ReadableFile } from './file.js'
import { isInternalData } from './internal-data.js'
import type { MboxFile } from './mbox-file.js'
import { hasLengths } from './quoting.js'
import { type FileRest, isWorthSharing, readSections, sectionSize } from './sections.js'
import { nextMessage, sourceOf } from './source.js'
import { MboxSplitter } from './splitter.js'

const TRIES = 5
/** Milliseconds for which a file must have stood still to be believed unchanged. */
const STOOD = 2_000
/** Milliseconds within which two changes may get one time, where times are finer than a second. */
const TICK = 20
/** Milliseconds between two looks at a file that is being changed, and how many looks. */
const PAUSE = 100
const LOOKS = 10
/** Raised with every change in how files are split, so that they are read anew. */
const RULES = 1

/**
 * Reads an mbox file to its end. What was handed over stays true while the file merely grows: it is read again, compared,
 * and the rest handed over; a file that was changed otherwise is told as changed.
 *
 * @param known - what the last complete scan gave as `state`
 * @param onRead - told the state of the file that is read
 */
export async function* scanMbox(
  mbox: MboxFile,
  known: string | null,
  readers: Readers,
  onRead: (key: string) => void,
): AsyncGenerator<ScanBatch> {
  const handed: string[] = []
  try {
    for (let tries = 0; tries < TRIES; tries++) {
      using file = new ReadableFile(mbox.path)
      await passTick(file)
      const state = file.state()
      onRead(state.key)
      if (tries === 0 && isUnchanged(state, mbox, known)) return yield lastBatch({ outcome: 'unchanged' })
      if ((yield* readThrough(mbox, file, state, handed, readers)) === 'done') return
      await comeToRest(file)
    }
    yield lastBatch(changedMeanwhile(mbox))
  } catch (error) {
    yield lastBatch(unreadable(mbox, error))
  }
}

function isUnchanged(state: FileState, mbox: MboxFile, known: string | null): boolean {
  return known === stateText(state, mbox) && Date.now() - state.changed >= STOOD
}

const stateText = (state: FileState, { variant }: MboxFile): string => [RULES, variant ?? '', state.key].join(' ')

/** What the next scan compares with: nothing that could be equal, where a further change could have got the same time. */
function provenState(state: FileState, mbox: MboxFile, began: number): string {
  const isProven = began - state.changed >= (state.hasFineTimes ? TICK : STOOD)
  return isProven ? stateText(state, mbox) : 'changed a moment ago'
}

/** Waits until a change of the file would show in its times. */
async function passTick(file: ReadableFile): Promise<void> {
  const age = Date.now() - file.state().changed
  if (age >= 0 && age < TICK) await setTimeout(TICK - age)
}

/** Waits a while for a file that is being changed. */
async function comeToRest(file: ReadableFile): Promise<void> {
  let before = ''
  for (let look = 0; look < LOOKS && before !== file.state().key; look++) {
    before = file.state().key
    await setTimeout(PAUSE)
  }
}

type ReadOnce = AsyncGenerator<ScanBatch, 'done' | 'changed'>

/**
 * Reads the file once from its start.
 *
 * @param before - the state of the file
 * @param handed - digests of the batches that were handed over: those are only compared
 */
async function* readThrough(
  mbox: MboxFile,
  file: ReadableFile,
  before: FileState,
  handed: string[],
  readers: Readers,
): ReadOnce {
  const began = Date.now()
  let nth = 0
  for await (const batch of readBatches(mbox, file, before, readers)) {
    const isLast = batch.verdict !== null
    if (file.state().key !== before.key || (isLast && file.stateByName()?.object !== before.object)) return 'changed'
    const digest = digestOf(batch)
    const same = handed[nth++]
    if (same !== undefined && (isLast || same !== digest)) {
      yield lastBatch(changedMeanwhile(mbox))
      return 'done'
    }
    if (same !== undefined) continue
    handed.push(digest)
    yield batch.verdict?.outcome === 'complete'
      ? { ...batch, verdict: { outcome: 'complete', state: provenState(before, mbox, began) } }
      : batch
    if (isLast) return 'done'
    await giveWay()
  }
  return 'done'
}

function digestOf({ read }: ScanBatch): string {
  const lines = read.map(({ position, facts, flags, boundsInDoubt }) =>
    [position, facts.size, facts.wire, flags, boundsInDoubt].join(' '),
  )
  return hash('sha256', lines.join('\n'))
}

/** The last batch has a verdict, as far as the octets that were read can tell one. */
async function* readBatches(
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
  if (splitter.prefix > 0) batches.now.addForeign(`octets 0-${splitter.prefix - 1}`, whyPrefix(splitter))
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

function changedMeanwhile(mbox: MboxFile): ScanVerdict {
  const message = `${showOctets(mbox.path)} was changed by another program while it was read`
  return { outcome: 'failed', code: 'FOLDER_CHANGED', message }
}

function damaged(mbox: MboxFile, error: unknown): ScanVerdict {
  const code = codeOf(error)
  const what = code === 'Z_BUF_ERROR' ? 'the compressed file is cut off' : `the compressed file is damaged (${code})`
  const message = `${showOctets(mbox.path)}: ${what}; what could be read before that was read`
  return { outcome: 'failed', code: 'UNREADABLE', message }
}

/** @throws what is no error of the system's: a bug */
function unreadable(mbox: MboxFile, error: unknown): ScanVerdict {
  if (codeOf(error) === 'ENOENT') return changedMeanwhile(mbox)
  return { outcome: 'failed', code: 'UNREADABLE', message: `${showOctets(mbox.path)}: ${whyOf(error)}` }
}
