import type { IndexedCopy } from '../index/copy-index.js'
import { messages } from '../plan/notes.js'
import type { Step } from '../plan/step.js'
import type { StoreSpec } from '../stores/store.js'
import type { OpenScan } from './scan-stores.js'

/** Messages that are read together. */
const AT_ONCE = 500

/** What copies lose in a target beside flags, a sentence each. */
export async function lossNotes(
  steps: Iterable<Step>,
  sources: readonly OpenScan[],
  spec: StoreSpec,
): Promise<readonly string[]> {
  if (spec.type === 'imap') return earlyNote(steps)
  return spec.type === 'mbox' && spec.options.variant === 'mboxo' ? quotingNote(steps, sources) : []
}

/** An internal date before 1970 cannot be told to a server (RFC 3501 has no such; most refuse it). */
function earlyNote(steps: Iterable<Step>): readonly string[] {
  let early = 0
  for (const step of steps) if (step.op === 'copy' && step.received !== null && step.received < 0) early++
  return early === 0 ? [] : [`${messages(early)}: received before 1970, and stored with 1970-01-01`]
}

async function quotingNote(steps: Iterable<Step>, sources: readonly OpenScan[]): Promise<readonly string[]> {
  let altered = 0
  let batch: IndexedCopy[] = []
  const count = async (): Promise<void> => {
    for (const { scanned } of sources) {
      const own = batch.filter(({ store }) => store === scanned.index.store)
      for await (const [, message] of scanned.index.readEach(own)) if (hasFromLine(message)) altered++
    }
    batch = []
  }
  for (const step of steps) {
    if (step.op !== 'copy') continue
    const index = sources.find(({ scanned }) => scanned.index.store === step.from.store)?.scanned.index
    const found = index?.copyAt(step.from.folder, step.from.locator)
    if (found) batch.push(found.copy)
    if (batch.length >= AT_ONCE) await count()
  }
  await count()
  if (altered === 0) return []
  return [`${messages(altered)}: with lines that begin with “From ”, which mboxo stores as “>From ” for good`]
}

/** Whether a line begins with `From `, or with that and any number of `>` before it. */
function hasFromLine(message: Buffer): boolean {
  for (let at = message.indexOf('From '); at >= 0; at = message.indexOf('From ', at + 5)) {
    let before = at
    while (before > 0 && message[before - 1] === 0x3e) before--
    const sign = message[before - 1]
    if (before === 0 || sign === 0x0a || sign === 0x0d) return true
  }
  return false
}
