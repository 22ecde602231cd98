import type { Config } from '../config/config.js'
import { MbauditError } from '../errors.js'
import type { PlanHeader } from '../plan/plan.js'
import type { ActEnd } from './act-end.js'
import type { CarryOutFlags } from './act-flags.js'
import { type AppliedState, openAppliedState } from './applied-state.js'
import { allChannels, type Channel } from './channel-choice.js'
import { ChannelRecorder } from './channel-recorder.js'
import { InterruptedError } from './interruption.js'
import type { ActTools, MadePlan } from './made-plan.js'
import { isForShow } from './scan-for-plan.js'
import type { ScannedStores } from './scan-stores.js'

/**
 * The channel that a saved plan is of. What the plan does comes to the channel's record and state as by a sync of it; where that
 * cannot be, the plan is carried out all the same, and it is said.
 */
export class AppliedChannel {
  readonly #header: PlanHeader
  readonly #keeps: boolean
  #channel: Channel | null = null
  #recorder: ChannelRecorder | null = null

  constructor(header: PlanHeader, flags: CarryOutFlags) {
    this.#header = header
    this.#keeps = !isForShow(flags)
  }

  /** Looks the channel up: it may have been changed, or taken out, since the plan was made. */
  find(config: Config): void {
    const { channel: name } = this.#header.options
    this.#channel = allChannels(config).find((each) => each.name === name && this.#isOf(each)) ?? null
    if (this.#channel !== null) this.#recorder = new ChannelRecorder(this.#channel.name, this.#keeps)
  }

  /** The plan, with what the state is to know when it begins and when it is over. */
  async make(made: MadePlan, scanned: ScannedStores, tools: ActTools): Promise<MadePlan> {
    const { channel: name, mode } = this.#header.options
    this.#recorder?.noteMade(made)
    if (!this.#keeps || mode !== 'two-way' || typeof name !== 'string') return made
    const told: string[] = []
    const say = (why: string) => {
      const note = `the state of channel ${name} does not learn what this plan does: ${why}. Its next sync compares both stores anew.`
      told.push(note)
      tools.messages.note(note)
    }
    const channel = this.#channel
    if (channel === null) {
      say('the configuration has no such two-way channel between these stores')
      return withNotes(made, told)
    }
    try {
      const state = await openAppliedState(channel, made, scanned, tools)
      this.#recorder?.noteMade({ ...made, questions: state.questions })
      return withNotes(withState(made, state, say), told)
    } catch (error) {
      say(whyNot(error))
      return withNotes(made, told)
    }
  }

  end(end: ActEnd): void {
    this.#recorder?.end(end)
  }

  fail(error: unknown): void {
    if (error instanceof MbauditError) this.#recorder?.fail(error)
  }

  #isOf({ config, stores }: Channel): boolean {
    const planned = this.#header.stores.map(({ name }) => name)
    return config.mode === this.#header.options.mode && stores.every((name) => planned.includes(name))
  }
}

/** @param told - said besides what the plan says, until the result is shown */
function withNotes(made: MadePlan, told: readonly string[]): MadePlan {
  return {
    ...made,
    get details() {
      return { ...made.details, notes: [...made.plan.header.notes, ...told] }
    },
  }
}

function withState(made: MadePlan, state: AppliedState, say: (why: string) => void): MadePlan {
  let isKept = true
  const keep = (work: () => void): void => {
    if (!isKept) return
    try {
      work()
    } catch (error) {
      isKept = false
      say(whyNot(error))
    }
  }
  return {
    ...made,
    questions: state.questions,
    begin: (run) => keep(() => state.begin(run)),
    conclude: async (run) => keep(() => state.conclude(run)),
    [Symbol.dispose]: () => {
      made[Symbol.dispose]()
      state[Symbol.dispose]()
    },
  }
}

/** Why a state cannot be used. @throws error where it is of another kind */
function whyNot(error: unknown): string {
  const isBroken = error instanceof Error && 'code' in error && !(error instanceof InterruptedError)
  if (isBroken) return error.message.replace(/\.$/, '')
  throw error
}
