import { type $ZodIssue, $ZodObject, type $ZodRawIssue } from 'zod/v4/core'

/** A mistake in a configuration: where in the document, what is wrong and what is allowed there. */
export interface Mistake {
  readonly path: readonly PropertyKey[]
  /** Whether the place is the key itself and not its value. */
  readonly atKey: boolean
  readonly message: string
}

const BETWEEN = '"between" names two stores'

/** For zod: the message of an unknown key is what is known there, and of all else zod's own. */
export function tellKnownKeys({ code, inst }: $ZodRawIssue): string | undefined {
  return code === 'unrecognized_keys' && inst instanceof $ZodObject
    ? Object.keys(inst._zod.def.shape).join(', ')
    : undefined
}

/** A zod issue in the words of someone who writes YAML. */
export function mistakesOf(issue: $ZodIssue): Mistake[] {
  const { path } = issue
  const at = path.length === 0 ? 'the file' : `"${String(path.at(-1))}"`
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...path, key],
        atKey: true,
        message: `"${key}" is not known here; known are ${issue.message}`,
      }))
    case 'invalid_union':
      return [unionMistake(issue, at)]
    case 'invalid_value':
      return [{ path, atKey: false, message: `${at} may be ${oneOf(issue.values)}` }]
    case 'invalid_type':
      return [typeMistake(issue, at)]
    case 'too_small':
      if (path.at(-1) === 'between') return [{ path, atKey: false, message: BETWEEN }]
      return [{ path, atKey: false, message: `${at} may not be empty or below ${String(issue.minimum)}` }]
    case 'too_big':
      if (path.at(-1) === 'between') return [{ path, atKey: false, message: BETWEEN }]
      return [{ path, atKey: false, message: `${at} may not be above ${String(issue.maximum)}` }]
    case 'invalid_format':
      return [{ path, atKey: false, message: `${at} is written N, N% or none` }]
    default:
      return [{ path, atKey: false, message: issue.message }]
  }
}

function oneOf(values: readonly unknown[]): string {
  return values
    .map(String)
    .join(', ')
    .replace(/, ([^,]*)$/, ' or $1')
}

/** A choice by a key's value (`type`, `mode`) names the values; another choice is that of a password. */
function unionMistake(issue: Extract<$ZodIssue, { code: 'invalid_union' }>, at: string): Mistake {
  if (issue.discriminator === undefined) return { path: issue.path, atKey: false, message: otherChoice(issue.path, at) }
  const options = (issue as { options?: readonly unknown[] }).options ?? []
  const message = `"${issue.discriminator}" must be ${oneOf(options)}`
  return { path: issue.path, atKey: false, message }
}

const TLS_FORMS =
  '"tls" is implicit, starttls or none, or a mapping of mode, ca, fingerprint, cert, key, passphrase, servername, verify and oldVersions'

/** Keys whose value says where a secret comes from. */
const SECRETS = ['password', 'oauth', 'passphrase']

function otherChoice(path: readonly PropertyKey[], at: string): string {
  if (SECRETS.includes(String(path.at(-1))))
    return `${at} is { command: … }, { env: … } or { file: … }, never the secret itself`
  if (path.at(-1) === 'tls') return TLS_FORMS
  if (path.at(-1) === 'maxDelete') return '"maxDelete" is written N, N% or none'
  return `${at} is none of what is allowed here`
}

function typeMistake(issue: Extract<$ZodIssue, { code: 'invalid_type' }>, at: string): Mistake {
  const path = issue.path
  if (issue.input === undefined && path.length > 0) return { path, atKey: false, message: `${at} is missing` }
  const kinds: Readonly<Record<string, string>> = {
    string: 'a text',
    array: 'a list',
    tuple: 'a list of two',
    object: 'a mapping',
    record: 'a mapping of names',
    boolean: 'true or false',
    int: 'a whole number',
    number: 'a number',
  }
  return { path, atKey: false, message: `${at} must be ${kinds[issue.expected] ?? issue.expected}` }
}
