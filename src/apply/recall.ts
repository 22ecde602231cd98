import { wireDigest } from '../message/wire.js'
import type { CopyStep } from '../plan/step.js'
import { type Locator, locator } from '../stores/store.js'
import { isHarmless } from './alteration.js'
import { awaitedKey } from './outline.js'
import { type Ended, placeOf, readHistory, STEP } from './run-history.js'
import { noteOwn, placedKey, storedKey } from './stored.js'
import type { UnderWay } from './under-way.js'

/** What a step that a deletion waits for is known to have stored. */
interface Recalled {
  readonly at: string
  /** null: it was never read back. */
  readonly isSound: boolean | null
}

const recalledKey = (n: number): string => `recalled ${n}`

/** Where a run is gone on with: notes what its steps that were done before mean for those that are left. */
export async function recallRun(way: UnderWay): Promise<void> {
  const { book, request, states, outline } = way
  if (!states.includes(STEP.done) && !states.includes(STEP.placed)) return
  readHistory(request.run, (ended) => recallPlace(way, ended))
  for (const { n, step } of request.run.plan.numbered(0, 1)) {
    if (states[n] !== STEP.done && states[n] !== STEP.placed) continue
    if (step.op === 'move') noteOwn(book, { store: step.at.store, folder: step.to }, step.expect.identity)
    if (step.op !== 'copy') continue
    noteOwn(book, step.to, step.expect.identity)
    if (outline.restsOnSteps && book.has(awaitedKey(step.id))) await recallStored(way, n, step)
  }
}

function recallPlace({ book, outline }: UnderWay, ended: Ended): void {
  const { begin, outcome } = ended
  const at = placeOf(ended)
  if (at === null || outcome.outcome !== 'done') return
  if (begin.purpose === 'move') book.set(placedKey(outcome.n), at)
  if (begin.purpose !== 'copy' || !outline.restsOnSteps) return
  const { verified, altered } = outcome
  const isSound = verified === true ? true : altered === undefined ? null : isHarmless(altered)
  book.set(recalledKey(outcome.n), JSON.stringify({ at, isSound }))
}

async function recallStored(way: UnderWay, n: number, step: CopyStep): Promise<void> {
  const text = way.book.get(recalledKey(n))
  if (text === null) return
  const { at, isSound }: Recalled = JSON.parse(text)
  const where = locator(at)
  const stored = {
    ...step.to,
    locator: where,
    id: step.expect.id,
    isSound: isSound ?? (await isAsGiven(way, step, where)),
  }
  way.book.set(storedKey(step.id), JSON.stringify(stored))
}

/** Whether a copy that was never read back is what its source still is. */
async function isAsGiven(way: UnderWay, { from, to }: CopyStep, at: Locator): Promise<boolean> {
  const [given] = await way.sources.read(from, [from.locator])
  await using folder = await (await way.target(to.store)).open(to.folder)
  for await (const { bytes } of folder.read([at]))
    return given?.bytes != null && bytes !== null && wireDigest(given.bytes) === wireDigest(bytes)
  return false
}
