import { homedir } from 'node:os'
import { resolve } from 'node:path'
import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { AuditCommand, reportData } from '../../src/cli/audit-command.js'
import { fileToImport, importConfigFile, writeNewConfig } from '../../src/cli/imported-config.js'
import { openMessages } from '../../src/cli/messages.js'
import { planOutputs, writeOutputs } from '../../src/cli/outputs.js'
import { EXIT } from '../../src/errors.js'
import { configImportReport } from '../../src/report/config-import-report.js'

export default class ConfigImport extends AuditCommand {
  static override summary = 'Take the configuration of mailsync, mbsync or offlineimap over. Nothing in it is run.'
  static override description =
    'The new configuration goes to standard output, or to --output; a setting that has no counterpart is left to you, with its line. Without FILE the usual places are looked in.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> ~/.mbsyncrc',
    '<%= config.bin %> <%= command.id %> ~/.offlineimaprc --output mbaudit.yaml',
  ]
  static override args = {
    file: Args.string({ ignoreStdin: true, description: 'a .mailsync, .mbsyncrc (isyncrc) or .offlineimaprc' }),
  }
  static override flags = {
    output: Flags.string({
      helpValue: 'FILE',
      description: 'write the new configuration to a file that is not there yet',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ConfigImport)
    const asker = { cwd: process.cwd(), home: homedir(), env: process.env }
    const outputs = planOutputs(flags, asker.cwd)
    using messages = openMessages('mbaudit config import', flags)
    const file = fileToImport(args.file, asker)
    if (args.file === undefined) messages.note(`found ${file}`)
    const { imported, text } = await importConfigFile(file, asker)
    const output = flags.output === undefined ? null : resolve(asker.cwd, flags.output)
    if (output !== null) writeNewConfig(output, text)
    const { source, stores, channels, settings } = imported
    const summary = {
      file,
      source,
      stores: stores.length,
      channels: channels.length,
      withheld: [...stores, ...channels].filter(({ withheld }) => withheld.length > 0).length,
      settings: settings.length,
      byHand: settings.filter(({ outcome }) => outcome === 'by-hand').length,
      output,
    }
    const answer = { summary, rows: () => settings, details: { configuration: text } }
    const data = { ...reportData(answer, configImportReport, flags), stores: [], problems: [] }
    const isText = output === null && outputs.form === 'table'
    await writeOutputs(outputs, configImportReport, data, isText ? () => [text] : undefined)
    this.finish(messages, configImportReport, data, flags, EXIT.ok)
  }
}
