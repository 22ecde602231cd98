import type { Config } from '../config/config.js'
import { MbauditError, UsageError } from '../errors.js'
import { planReport } from '../report/plan-report.js'
import { syncAllReport } from '../report/sync-all-report.js'
import { ActCommand } from './act-command.js'
import { requireAgreement } from './act-flags.js'
import { openAnswers, questionsTarget } from './answer-files.js'
import { reportData } from './audit-command.js'
import { type Channel, chooseChannels } from './channel-choice.js'
import { ChannelRecorder } from './channel-recorder.js'
import { channelRequest, type SyncFlags } from './channel-request.js'
import { openMessages } from './messages.js'
import { planOutputs, writeOutputs } from './outputs.js'
import { isForShow } from './scan-for-plan.js'

type Flags = SyncFlags & { readonly delete: boolean; readonly copies?: string | undefined }

/** The command that makes stores alike, as far as it is about channels. */
export abstract class SyncCommand extends ActCommand {
  /** Carries out the channel that is named, those of a group, or all. */
  protected async syncChannels(name: string | undefined, other: string | undefined, flags: Flags): Promise<void> {
    requireAgreement(flags)
    requireChannelFlags(name, other, flags)
    const config = await this.loadConfig(flags)
    const channels = chooseChannels(name === undefined ? [] : [name], config)
    const [channel] = channels
    if (channel === undefined) throw new UsageError('no channel is named', 'See which there are: mbaudit channels')
    if (channels.length === 1 && channel.name === name) return this.#syncOne(channel, flags)
    return this.#syncAll(channels, config, flags)
  }

  /** @throws UsageError for flags that want a channel, where two stores are named */
  protected requireNoChannel(flags: Flags): void {
    for (const flag of ['prefer', 'questions', 'answers', 'take-over', 'rebuild-state'] as const) {
      if (flags[flag] === undefined || flags[flag] === false) continue
      throw new UsageError(
        `--${flag} goes with a channel`,
        'A sync of MASTER and SLAVE remembers nothing. Two-way channels do: docs/channels.md.',
      )
    }
  }

  async #syncOne(channel: Channel, flags: Flags): Promise<void> {
    const cwd = process.cwd()
    const questions = questionsTarget(flags.questions, cwd)
    const answers = openAnswers(flags.answers, cwd)
    const request = channelRequest(channel, { flags, answers, questions, limit: flags['max-delete'] })
    const recorder = new ChannelRecorder(channel.name, !isForShow(flags))
    try {
      await this.act({
        ...request,
        report: planReport('sync'),
        make: async (...made) => recorder.noteMade(await request.make(...made)),
        onEnd: (end) => recorder.end(end),
      })
    } catch (error) {
      if (error instanceof MbauditError) recorder.fail(error)
      throw error
    }
  }

  async #syncAll(channels: readonly Channel[], config: Config, flags: Flags): Promise<void> {
    requireNoQuestions(flags)
    const outputs = planOutputs(flags, process.cwd())
    using messages = openMessages('mbaudit sync', flags)
    const { syncChannels } = await import('./sync-channels.js')
    const { summary, rows, problems, status } = await syncChannels(channels, config, flags, messages)
    const answer = { summary, rows: () => rows }
    const data = { ...reportData(answer, syncAllReport, flags), stores: [], problems }
    await writeOutputs(outputs, syncAllReport, data)
    this.finish(messages, syncAllReport, data, flags, status)
  }
}

/** @throws UsageError for flags that want two stores */
function requireChannelFlags(name: string | undefined, other: string | undefined, flags: Flags): void {
  if (flags.all && name !== undefined)
    throw new UsageError(
      '--all goes with no name',
      `Name ${other === undefined ? 'a channel' : 'two stores'}, or say --all.`,
    )
  if (!flags.all && name === undefined) {
    const hint = 'mbaudit sync MASTER SLAVE, mbaudit sync CHANNEL, or --all for all channels of the configuration.'
    throw new UsageError('neither stores nor a channel are named', hint)
  }
  for (const flag of ['delete', 'copies'] as const) {
    if (flags[flag] === undefined || flags[flag] === false) continue
    const hint = flag === 'delete' ? 'mode: mirror' : 'copies: all'
    throw new UsageError(`--${flag} goes with MASTER SLAVE`, `Of a channel the configuration says it: ${hint}.`)
  }
}

/** Nobody can be asked about several channels at once, nor save their plans in one file. */
function requireNoQuestions(flags: Flags): void {
  if (!flags.yes && !flags['dry-run'])
    throw new UsageError('several channels are not asked about', '--dry-run shows what they would do, --yes does it.')
  for (const flag of ['plan', 'prefer', 'toward', 'questions', 'answers'] as const) {
    if (flags[flag] === undefined) continue
    throw new UsageError(`--${flag} goes with one channel`, 'Name it, and the others after it.')
  }
}
