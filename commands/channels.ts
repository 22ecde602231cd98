import * as Args from '@oclif/core/args'
import { AuditCommand } from '../src/cli/audit-command.js'
import { listChannels } from '../src/cli/known-channels.js'
import { EXIT } from '../src/errors.js'
import { channelsReport } from '../src/report/channels-report.js'

export default class Channels extends AuditCommand {
  static override summary = 'List the channels of the configuration: when each was last in step, and what is pending.'
  static override description =
    'No store is looked at. A channel is two stores and how they are kept alike; mbaudit sync CHANNEL carries it out.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> nightly --exit-code',
  ]
  static override args = {
    channel: Args.string({
      multiple: true,
      ignoreStdin: true,
      description: 'a channel, or a group of them; none: all of the configuration',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Channels)
    const find = async () => {
      const config = await this.loadConfig(flags)
      return { ...listChannels(args.channel ?? [], config, Date.now()), problems: [] }
    }
    await this.tell({ flags, report: channelsReport, status: EXIT.ok, find })
  }
}
