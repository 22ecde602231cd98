import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  type AccountsPassword,
  type AccountsRow,
  type AccountsSide,
  readAccountsFile,
} from '../config/accounts-file.js'
import { type Problem, UsageError } from '../errors.js'
import type { Secret } from '../stores/imap/account.js'
import type { ChosenStore } from './choose-stores.js'
import { readSource } from './password.js'

/** What `--accounts` names: accounts, the lines that cannot be followed, and what is to be known of the file itself. */
export interface ListedAccounts {
  /** As the command line names it. */
  readonly file: string
  readonly rows: readonly AccountsRow[]
  readonly problems: readonly Problem[]
  readonly notes: readonly string[]
}

/** @throws UsageError where the file cannot be read */
export function listAccounts(file: string, cwd: string): ListedAccounts {
  const path = resolve(cwd, file)
  const { rows, mistakes } = readAccountsFile(readText(path, file))
  const problems = mistakes.map(({ line, message }) => problemOfLine(file, line, message))
  return { file, rows, problems, notes: notesOn(file, path, rows) }
}

/** A line that cannot be followed. Nothing of it is repeated: there may be a password in it. */
export const problemOfLine = (file: string, line: number, message: string): Problem => ({
  code: 'USAGE',
  store: `${file}:${line}`,
  folder: null,
  locator: null,
  message,
})

function readText(path: string, file: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new UsageError(`--accounts ${file} cannot be read: ${why}`, 'Name a file that is there.')
  }
}

/** Read by others than its owner. */
const OTHERS = 0o077

function notesOn(file: string, path: string, rows: readonly AccountsRow[]): string[] {
  const isPlain = (side: AccountsSide | null) => side?.password != null && 'plain' in side.password
  if (!rows.some(({ source, target }) => isPlain(source) || isPlain(target))) return []
  const isOpen = process.platform !== 'win32' && (statSync(path).mode & OTHERS) !== 0
  const open = isOpen ? `, and others than you may read it (chmod 600 ${file})` : ''
  return [`${file} holds passwords${open}; a CSV says where they are kept instead: env:NAME, file:PATH or command:…`]
}

/** The store, with the password that the list has for it. */
export function withPassword(store: ChosenStore, { password }: AccountsSide): ChosenStore {
  if (password === null) return store
  const resolveSpec = async () => {
    const spec = await store.resolve()
    if (spec.type !== 'imap' || spec.account.authentication.kind !== 'password') return spec
    const authentication = { ...spec.account.authentication, password: secretOf(password, store.name) }
    return { ...spec, account: { ...spec.account, authentication } }
  }
  return { ...store, resolve: resolveSpec }
}

function secretOf(password: AccountsPassword, store: string): Secret {
  return async () => ('plain' in password ? password.plain : readSource(password, store, 'password'))
}
