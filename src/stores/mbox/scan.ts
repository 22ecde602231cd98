import { hash } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { codeOf, giveWay, whyOf } from '../file-reader.js'
import { showOctets } from '../octet-name.js'
import type { Readers } from '../readers.js'
import type { Foreign, ScanBatch, ScanVerdict } from '../store.js'
import { type FileState, ReadableFile } from './file.js'
import type { MboxFile } from './mbox-file.js'
import { foreignOf, isUnchanged, provenState, TICK } from './scan-state.js'

const TRIES = 5
/** Milliseconds between two looks at a file that is being changed, and how many looks. */
const PAUSE = 100
const LOOKS = 10

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
      if (tries === 0 && isUnchanged(state, mbox, known))
        return yield { ...lastBatch({ outcome: 'unchanged' }), foreign: foreignOf(known, mbox) }
      if ((yield* readThrough(mbox, file, state, handed, readers)) === 'done') return
      await comeToRest(file)
    }
    yield lastBatch(changedMeanwhile(mbox))
  } catch (error) {
    yield lastBatch(unreadable(mbox, error))
  }
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
  // Loaded when a file is read: an unchanged one is not.
  const { readBatches } = await import('./read-batches.js')
  const began = Date.now()
  const foreign: Foreign[] = []
  let nth = 0
  for await (const batch of readBatches(mbox, file, before, readers)) {
    const isLast = batch.verdict !== null
    if (file.state().key !== before.key || (isLast && file.stateByName()?.object !== before.object)) return 'changed'
    foreign.push(...batch.foreign)
    const digest = digestOf(batch)
    const same = handed[nth++]
    if (same !== undefined && (isLast || same !== digest)) {
      yield lastBatch(changedMeanwhile(mbox))
      return 'done'
    }
    if (same !== undefined) continue
    handed.push(digest)
    yield batch.verdict?.outcome === 'complete'
      ? { ...batch, verdict: { outcome: 'complete', state: provenState(before, mbox, began, foreign) } }
      : batch
    if (isLast) return 'done'
    await giveWay()
  }
  return 'done'
}

function digestOf({ read }: ScanBatch): string {
  let text = ''
  for (const { position, facts, flags, boundsInDoubt } of read)
    text += `${position} ${facts.size} ${facts.wire} ${flags.join()} ${boundsInDoubt}\n`
  return hash('sha256', text)
}

/** A batch that says how the scan ended, and nothing else. */
const lastBatch = (verdict: ScanVerdict): ScanBatch => ({
  read: [],
  kept: [],
  reflagged: [],
  foreign: [],
  troubles: [],
  octets: 0,
  verdict,
})

function changedMeanwhile(mbox: MboxFile): ScanVerdict {
  const message = `${showOctets(mbox.path)} was changed by another program while it was read`
  return { outcome: 'failed', code: 'FOLDER_CHANGED', message }
}

/** @throws what is no error of the system's: a bug */
function unreadable(mbox: MboxFile, error: unknown): ScanVerdict {
  if (codeOf(error) === 'ENOENT') return changedMeanwhile(mbox)
  return { outcome: 'failed', code: 'UNREADABLE', message: `${showOctets(mbox.path)}: ${whyOf(error)}` }
}
