import { readFileSync } from 'node:fs'
import type { Config } from '@oclif/core'
import { type KnownNames, reportError } from './error-output.js'
import { watchSignals } from './interruption.js'
import { watchStandardOutput } from './standard-output.js'

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
  watchSignals()
  const { Config } = await import('@oclif/core/config')
  const { settings } = await import('@oclif/core/settings')
  settings.enableAutoTranspile = false
  const config = await Config.load(binUrl)
  try {
    const { run } = await import('@oclif/core/run')
    await run(argv, config)
  } catch (error) {
    process.exitCode = reportError(error, argv, knownNames(config, argv))
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
