import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Config } from '@oclif/core'
import type { KnownNames } from './error-output.js'
import { settleHome } from './home.js'
import { watchSignals } from './interruption.js'
import { watchStandardOutput } from './standard-output.js'

const ROOT_HELP = ['--help', '-h', 'help']

/**
 * Runs the program. The status is left in `process.exitCode`: what still waits to be written is written before the end.
 *
 * @param argv - the arguments alone
 * @param binUrl - where the executable lies; the package around it holds the commands
 */
export async function main(argv: string[], binUrl: string): Promise<void> {
  watchStandardOutput()
  if (argv[0] === '--version') {
    process.stdout.write(`mbaudit ${versionOf(binUrl)}\n`)
    return
  }
  if (argv.length === 0 || (argv.length === 1 && ROOT_HELP.includes(argv[0] ?? ''))) {
    const { rootHelp } = await import('./root-help.js')
    const help = rootHelp(binUrl)
    if (help !== null) {
      process.stdout.write(help)
      return
    }
  }
  watchSignals()
  settleHome(process.env)
  const { settings } = await import('@oclif/core/settings')
  settings.enableAutoTranspile = false
  const { run } = await import('@oclif/core/run')
  const program = { root: fileURLToPath(binUrl), userPlugins: false }
  try {
    await run(argv, program)
  } catch (error) {
    const { Config } = await import('@oclif/core/config')
    const { reportError } = await import('./error-output.js')
    process.exitCode = reportError(error, argv, knownNames(await Config.load(program), argv))
  }
}

function versionOf(binUrl: string): string {
  const { version }: { version: string } = JSON.parse(readFileSync(new URL('../package.json', binUrl), 'utf8'))
  return version
}

/** The commands there are, and the flags of the one that was named. */
function knownNames(config: Config, argv: readonly string[]): KnownNames {
  const words = argv.filter((argument) => !argument.startsWith('-'))
  const command = config.findCommand(words.slice(0, 2).join(':')) ?? config.findCommand(words[0] ?? '')
  return {
    commands: config.commandIDs.map((id) => id.replaceAll(':', ' ')),
    flags: ['--help', ...Object.keys(command?.flags ?? {}).map((flag) => `--${flag}`)],
  }
}
