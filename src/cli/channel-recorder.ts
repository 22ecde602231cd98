import { homedir } from 'node:os'
import { ChannelRecords } from '../apply/channel-records.js'
import { stateDirectory } from '../config/paths.js'
import { EXIT, type MbauditError } from '../errors.js'
import { countSteps } from '../report/plan-report.js'
import type { ActEnd } from './act-end.js'
import type { MadePlan } from './made-plan.js'

export const channelRecords = (): ChannelRecords => new ChannelRecords(stateDirectory(process.env, homedir()))

/** Writes down how a sync of a channel ended, for `channels`. What was only looked at leaves no trace. */
export class ChannelRecorder {
  readonly #channel: string
  readonly #keeps: boolean
  #planned = 0
  #questions = 0

  constructor(channel: string, keeps: boolean) {
    this.#channel = channel
    this.#keeps = keeps
  }

  /** Takes note of what was planned. */
  noteMade(made: MadePlan): MadePlan {
    this.#planned = countSteps(made.counts)
    this.#questions = made.questions ?? 0
    return made
  }

  end(end: ActEnd): void {
    if (!this.#keeps) return
    const tried = `${new Date().toISOString().slice(0, 19)}Z`
    channelRecords().write({ ...end, channel: this.#channel, tried, questions: this.#questions })
  }

  /** A mistake in the command line is none of the channel's. What was interrupted after its plan was made has told its end. */
  fail({ code, exitStatus, message }: MbauditError): void {
    if (exitStatus === EXIT.usage || exitStatus === EXIT.interrupted) return
    const end = code === 'SAFETY_LIMIT' ? 'refused' : 'failed'
    this.end({ end, run: null, pending: this.#planned, message })
  }
}
