import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type AccountsPassword, type AccountsSide, readAccountsFile } from '../config/accounts-file.js'
import type { Config } from '../config/config.js'
import { MbauditError, type Problem, UsageError } from '../errors.js'
import type { Secret } from '../stores/imap/account.js'
import { type ChosenStore, chooseStores, type StoreChoices } from './choose-stores.js'
import { readSource } from './password.js'

/** The stores that a file of accounts names, each once; lines that cannot be understood are problems, and the others hold. */
export async function storesOfAccountsFile(
  file: string,
  config: Config,
  choices: StoreChoices,
): Promise<{ readonly stores: readonly ChosenStore[]; readonly problems: readonly Problem[] }> {
  const path = resolve(choices.cwd, file)
  const { rows, mistakes } = readAccountsFile(readText(path, file))
  const problems = mistakes.map(({ line, message }) => problemAt(file, line, message))
  const stores = new Map<string, ChosenStore>()
  for (const { line, source, target } of rows)
    for (const side of [source, ...(target === null ? [] : [target])]) {
      if (stores.has(side.store)) continue
      try {
        for (const store of await chooseStores([side.store], config, choices))
          stores.set(side.store, withPassword(store, side))
      } catch (error) {
        if (!(error instanceof MbauditError)) throw error
        problems.push(problemAt(file, line, error.message))
      }
    }
  return { stores: [...stores.values()], problems }
}

const problemAt = (file: string, line: number, message: string): Problem => ({
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

function withPassword(store: ChosenStore, { password }: AccountsSide): ChosenStore {
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
