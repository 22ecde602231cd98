import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { SecretSource } from '../config/schema.js'
import { AuthFailedError } from '../errors.js'
import type { Secret } from '../stores/imap/account.js'
import { askSecret, canAsk } from './secret-prompt.js'

/** Whose password is wanted, and where it is said to come from. */
export interface PasswordPlace {
  /** What results call the store. */
  readonly store: string
  /** `alice@imap.example.org`: what a person is asked for. */
  readonly account: string
  /** What the configuration says; null: nothing. */
  readonly source: SecretSource | null
}

/**
 * The password of an account: from where the configuration says, else from `MBAUDIT_PASSWORD_<NAME>` or `MBAUDIT_PASSWORD`,
 * else from whoever sits at the terminal, who is asked once. It is got when it is first needed.
 */
export function passwordOf(place: PasswordPlace): Secret {
  let asked: Promise<string> | null = null
  return () => {
    if (place.source !== null) return readSource(place.source, place.store, 'password')
    const set = process.env[passwordVariable(place.store)] ?? process.env.MBAUDIT_PASSWORD
    if (set !== undefined && set !== '') return Promise.resolve(set)
    if (!canAsk()) return Promise.reject(noPassword(place))
    asked ??= askSecret(`Password of ${place.account}`)
    return asked
  }
}

/** The variable that holds the password of one store: its name in upper case, every other character as `_`. */
export function passwordVariable(store: string): string {
  return `MBAUDIT_PASSWORD_${store.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`
}

/**
 * Reads a secret from where it is kept.
 *
 * @param what - the secret in messages: `password`, `token`
 * @throws AuthFailedError where there is none; nothing of what a command printed is in it
 */
export async function readSource(source: SecretSource, store: string, what: string): Promise<string> {
  if ('env' in source) return whole(process.env[source.env], store, `${what}: ${source.env} is not set`)
  if ('file' in source)
    return whole(firstLine(readSecretFile(source.file, store, what)), store, `${what}: ${source.file} is empty`)
  return whole(firstLine(await outputOf(source.command, store, what)), store, `${what}: its command printed nothing`)
}

function whole(secret: string | undefined, store: string, lacking: string): string {
  if (secret === undefined || secret === '') throw lackingSecret(store, lacking)
  return secret
}

const firstLine = (text: string): string => /^[^\r\n]*/.exec(text)?.[0] ?? ''

function readSecretFile(path: string, store: string, what: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'it cannot be read'
    throw lackingSecret(store, `${what}: ${path}: ${why}`)
  }
}

/** Runs a command by the shell, as it would be typed: it may ask on the terminal, and what it complains of is seen. */
function outputOf(command: string, store: string, what: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, { shell: true, stdio: ['inherit', 'pipe', 'inherit'] })
    const printed: Buffer[] = []
    child.stdout.on('data', (octets: Buffer) => printed.push(octets))
    child.on('error', ({ message }) => reject(lackingSecret(store, `${what}: its command cannot be run: ${message}`)))
    child.on('close', (status, signal) => {
      if (status === 0) resolve(Buffer.concat(printed).toString('utf8'))
      else reject(lackingSecret(store, `${what}: its command ended with ${signal ?? `status ${status}`}`))
    })
  })
}

function lackingSecret(store: string, message: string): AuthFailedError {
  const hint = 'See docs/passwords.md: a command, a variable, a file, or a terminal to be asked on.'
  return new AuthFailedError(store, message, hint)
}

function noPassword({ store, account }: PasswordPlace): AuthFailedError {
  return new AuthFailedError(
    store,
    `there is no password for ${account}`,
    `Set ${passwordVariable(store)} or MBAUDIT_PASSWORD, or give "password" in the configuration; on a terminal it is asked for.`,
  )
}
