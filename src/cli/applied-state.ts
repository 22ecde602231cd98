import { hash } from 'node:crypto'
import type { Run } from '../apply/run.js'
import type { Plan } from '../plan/plan.js'
import type { Step } from '../plan/step.js'
import type { TwoWayPlanned } from '../plan/two-way.js'
import type { Question } from '../plan/two-way-question.js'
import type { Channel } from './channel-choice.js'
import { ChannelMemory } from './channel-memory.js'
import type { ActTools, MadePlan } from './made-plan.js'
import type { ScannedPair } from './pair-options.js'
import { readChoice } from './said-options.js'
import type { ScannedStores } from './scan-stores.js'
import { planKept, twoWayOptions } from './two-way-pair.js'

/** The state of a channel, while a saved plan of it is carried out. */
export interface AppliedState extends Disposable {
  /** What only a person can decide, and the plan does not. */
  readonly questions: number
  begin(run: Run): void
  conclude(run: Run | null): void
}

/**
 * Opens the state, and finds what both stores show by themselves: a saved plan has its steps alone.
 *
 * @param made - the saved plan, for the stores as they are now
 */
export async function openAppliedState(
  channel: Channel,
  made: MadePlan,
  { open }: ScannedStores,
  { runs, messages }: ActTools,
): Promise<AppliedState> {
  const [master, slave] = channel.stores.map((name) => open.find(({ store }) => store.spec.name === name))
  if (master === undefined || slave === undefined) throw new TypeError('a plan names the stores of its channel')
  const pair = { master, slave }
  const { plan, resume = null } = made
  const rebuild = plan.header.options.rebuildState === true && resume === null
  const memory = new ChannelMemory(channel.name, pair, runs, { rebuild, isLook: false })
  try {
    for (const note of memory.state.notes) messages.note(note)
    if (resume !== null && memory.state.underWay === resume.name) return goingOn(memory)
    memory.takeIn()
    return await observing(memory, pair, channel, made)
  } catch (error) {
    memory[Symbol.dispose]()
    throw error
  }
}

/** The state knows of the run, and of what was there when it began. */
const goingOn = (memory: ChannelMemory): AppliedState => ({
  questions: 0,
  begin: () => {},
  conclude: () => memory.takeIn(),
  [Symbol.dispose]: () => memory[Symbol.dispose](),
})

async function observing(
  memory: ChannelMemory,
  pair: ScannedPair,
  channel: Channel,
  { plan, resume = null }: MadePlan,
): Promise<AppliedState> {
  const flags = readChoice(plan.header.options)
  const options = await twoWayOptions(pair, channel, { flags, answers: new Map() })
  const kept = await planKept(pair, memory.state, options)
  const { observed } = kept.planned
  const { asksAgain, open } = leftBy(plan, kept.planned)
  const remember = (run: string | null) => memory.remember({ ...observed, asksAgain }, run)
  return {
    questions: open,
    // What a run did before others have synced since is known, and may have changed: it is not taken in again.
    begin: ({ name }) => remember(resume === null ? name : null),
    conclude: (run) => (run === null ? remember(null) : memory.takeIn()),
    [Symbol.dispose]: () => {
      kept[Symbol.dispose]()
      memory[Symbol.dispose]()
    },
  }
}

/** What of the questions a plan leaves as it is. `asksAgain`: as `TwoWayPlanned.observed` has it. */
function leftBy(plan: Plan, planned: TwoWayPlanned): { readonly asksAgain: boolean; readonly open: number } {
  if (planned.compared.questions === 0) return { asksAgain: false, open: 0 }
  const decided = new Set<number>()
  for (const step of plan.steps()) decided.add(keyOfStep(step))
  let asksAgain = false
  let open = 0
  for (const question of planned.questions()) {
    if (decided.has(keyOfQuestion(question))) continue
    if (question.kind === 'new-or-deleted') asksAgain = true
    if (question.kind === 'moved-where') open++
  }
  return { asksAgain, open }
}

/** 48 bits of a digest of what decides a question: that a copy is brought over, or that a mail is moved. */
function keyOfStep(step: Step): number {
  if (step.op === 'copy') return keyOf([step.from.store, step.from.folder, step.from.locator])
  return step.op === 'move' ? keyOf([step.expect.identity]) : 0
}

const keyOfQuestion = ({ kind, store, folder, locator, identity }: Question): number =>
  keyOf(kind === 'moved-where' ? [identity] : [store, folder, locator])

const keyOf = (parts: readonly string[]): number =>
  Number.parseInt(hash('sha1', JSON.stringify(parts)).slice(0, 12), 16)
