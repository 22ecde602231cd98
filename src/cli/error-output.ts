import { EXIT, type ExitStatus, MbauditError, UsageError } from '../errors.js'
import { showVisibly } from '../report/visible-text.js'
import { InterruptedError, interruption } from './interruption.js'
import { nearestNames } from './nearest.js'

/** What may be named on the command line, for the nearest names to what was. */
export interface KnownNames {
  readonly commands: readonly string[]
  readonly flags: readonly string[]
}

/**
 * Tells of an error: on standard error in words, and with `--json` on standard output as an object.
 *
 * @returns the exit status it stands for
 */
export function reportError(thrown: unknown, argv: readonly string[], known: KnownNames): ExitStatus {
  const error = toKnownError(thrown, known)
  if (error === null) return reportBug(thrown, argv)
  const { code, message, hint, place } = error
  process.stderr.write(`error: ${message.split('\n').map(showVisibly).join('\n')}\nhint: ${showVisibly(hint)}\n`)
  if (wantsJson(argv)) process.stdout.write(`${JSON.stringify({ error: { code, message, hint, ...place } })}\n`)
  return error.exitStatus
}

/** Looked up in the arguments themselves: it holds even where they could not be parsed. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return argv.slice(0, end === -1 ? argv.length : end).includes('--json')
}

/** null: nothing that a user could have caused. */
function toKnownError(thrown: unknown, known: KnownNames): MbauditError | null {
  // oclif wraps the message of what a flag's own parser throws.
  if (thrown instanceof UsageError) return new UsageError(plainMessage(thrown.message), thrown.hint)
  if (thrown instanceof MbauditError) return thrown
  if (interruption.aborted) return new InterruptedError()
  if (thrown instanceof Error && 'oclif' in thrown) return usageError(thrown.message, known)
  return null
}

/** What oclif says of a command line it cannot follow, in our words. */
export function usageError(message: string, known: KnownNames): UsageError {
  const command = /^command (.+) not found$/.exec(message)?.[1]?.replaceAll(':', ' ')
  if (command?.startsWith('-')) {
    return new UsageError(`${command} stands before any command`, 'Write it as mbaudit COMMAND [STORE...] [FLAGS].')
  }
  if (command !== undefined) {
    const name = commandName(command, known.commands)
    if (known.commands.includes(name)) {
      return new UsageError(
        `unexpected argument: ${command.slice(name.length + 1)}`,
        'See --help for what may be given.',
      )
    }
    return new UsageError(
      `there is no command "${name}"`,
      suggestion(name, known.commands, 'mbaudit --help lists all.'),
    )
  }
  const text = plainMessage(message)
  const flag = /^Nonexistent flags?: (--?[^\s,]+)/.exec(text)?.[1]
  if (flag !== undefined) {
    return new UsageError(`there is no flag ${flag}`, suggestion(flag, known.flags, 'See --help for all.'))
  }
  return new UsageError(text.charAt(0).toLowerCase() + text.slice(1), 'See --help for what may be given.')
}

/** oclif takes all words for the command's name: it is the first one, or the first two where that is a topic. */
function commandName(words: string, commands: readonly string[]): string {
  const [topic = '', ...others] = words.split(' ')
  return commands.some((name) => name.startsWith(`${topic} `)) ? [topic, ...others.slice(0, 1)].join(' ') : topic
}

/** A message of oclif without what stands around it. */
function plainMessage(message: string): string {
  return message
    .replace(/\n*See more help with --help\s*$/, '')
    .replace(/\n\nNote: .*$/s, '')
    .replace(/^Parsing --\S+\s+/, '')
    .replace(/^The following errors? occurred:\s+/, '')
    .replace(/^(Missing )\d+ required args?:\n/, '$1')
    .replace(/=true cannot also be provided when using/, ' cannot be given together with')
    .replace(/\s*\n\s*/g, '; ')
    .replace(/ {2,}/g, ', ')
    .trim()
}

function suggestion(name: string, known: readonly string[], otherwise: string): string {
  const near = nearestNames(name, known)
  return near.length > 0 ? `Did you mean ${near.join(' or ')}? ${otherwise}` : otherwise
}

function reportBug(thrown: unknown, argv: readonly string[]): ExitStatus {
  const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
  const hint = 'Please report this with the lines above, the version (mbaudit --version) and what was asked for.'
  process.stderr.write(`error: a bug in mbaudit\n${showStack(stack)}\nhint: ${hint}\n`)
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  if (wantsJson(argv)) process.stdout.write(`${JSON.stringify({ error: { code: 'BUG', message, hint, stack } })}\n`)
  return EXIT.bug
}

const showStack = (stack: string) => stack.split('\n').map(showVisibly).join('\n')
