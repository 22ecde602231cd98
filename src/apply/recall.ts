import { isHarmless } from './alteration.js'
import { awaitedKey } from './outline.js'
import { ownKey } from './places.js'
import { type Ended, placeOf, readHistory, STEP } from './run-history.js'
import { placedKey, storedKey } from './stored.js'
import type { UnderWay } from './under-way.js'

/** Where a run is gone on with: notes what its steps that were done before mean for those that are left. */
export function recallRun(way: UnderWay): void {
  if (!way.states.includes(STEP.done) && !way.states.includes(STEP.placed)) return
  recallOwn(way)
  const tokens = new Map<number, string>()
  readHistory(way.request.run, (ended) => recallOne(way, ended, tokens))
}

/** How often the run has stored a mail where. */
function recallOwn({ book, request, states }: UnderWay): void {
  for (const { n, step } of request.run.plan.numbered(0, 1)) {
    if ((states[n] !== STEP.done && states[n] !== STEP.placed) || (step.op !== 'copy' && step.op !== 'move')) continue
    const { store, folder } = step.op === 'copy' ? step.to : { store: step.at.store, folder: step.to }
    book.count(ownKey(store, folder, step.expect.identity))
    book.count(ownKey(store, null, step.expect.identity))
  }
}

function recallOne({ book, outline }: UnderWay, ended: Ended, tokens: Map<number, string>): void {
  const { begin, outcome } = ended
  const at = placeOf(ended)
  if (at === null || outcome.outcome !== 'done') return
  if (begin.purpose === 'move') book.set(placedKey(outcome.n), at)
  if (begin.purpose !== 'copy' || !outline.restsOnSteps) return
  tokens.clear()
  for (const [n, token] of begin.steps) tokens.set(n, token)
  const token = tokens.get(outcome.n) ?? ''
  if (!book.has(awaitedKey(token))) return
  const isSound = outcome.verified === true || (outcome.altered !== undefined && isHarmless(outcome.altered))
  const { store, folder } = begin
  book.set(storedKey(token), JSON.stringify({ store, folder, locator: at, id: null, isSound }))
}
