import { existsSync } from 'node:fs'
import type { Config } from '../config/config.js'
import type { LocalStoreConfig, StoreConfig } from '../config/schema.js'
import { type Problem, StoreNotFoundError, UsageError } from '../errors.js'
import { parseAccountName } from '../stores/account-name.js'
import type { LocalStoreSpec, StoreSpec } from '../stores/store.js'
import { parseStoreArgument, resolveStore } from '../stores/store-name.js'
import { type AccountChoices, accountOfConfig, accountOfName } from './account-stores.js'

/** A store that a command is about, not yet looked at. */
export interface ChosenStore {
  readonly name: string
  /** Globs of its folders, from the configuration. */
  readonly folders: readonly string[]
  readonly notFolders: readonly string[]
  /** @throws MbauditError with status 3 when nothing that can be opened lies there */
  readonly resolve: () => Promise<StoreSpec>
}

/** What is said of the stores beside their names. */
export interface StoreChoices {
  readonly cwd: string
  readonly accounts: AccountChoices
  /** Told what a person may want to know while a store is read. */
  readonly note: (text: string) => void
}

/**
 * The stores that the arguments name: a name of the configuration first, then a URL, then a path. No argument: every store of
 * the configuration.
 *
 * @throws UsageError when there is neither an argument nor a store in the configuration
 */
export function chooseStores(names: readonly string[], config: Config, choices: StoreChoices): ChosenStore[] {
  if (names.length === 0 && config.stores.size === 0) throw noStore(config)
  const wanted = names.length > 0 ? [...new Set(names)] : [...config.stores.keys()]
  return wanted.map((name) => {
    const configured = config.stores.get(name)
    return configured === undefined ? fromArgument(name, config, choices) : fromConfig(name, configured, choices)
  })
}

function noStore(config: Config): UsageError {
  const lacking = config.file === null ? 'there is no configuration' : `${config.file} names none`
  return new UsageError(
    `no store is named, and ${lacking}`,
    'Name one, such as ~/Mail or mbox:old.mbox; `mbaudit discover ~` finds mail, `mbaudit config init` writes a configuration.',
  )
}

function fromArgument(name: string, config: Config, { cwd, accounts, note }: StoreChoices): ChosenStore {
  if (config.channels.has(name)) {
    throw new UsageError(
      `"${name}" is a channel, and an audit wants stores`,
      `Stores: ${[...config.stores.keys()].join(', ')}.`,
    )
  }
  const account = parseAccountName(name)
  if (account === null)
    return { name, folders: [], notFolders: [], resolve: async () => resolveStore(parseStoreArgument(name, cwd)) }
  const resolve = async () => ({ name, type: 'imap', account: accountOfName(name, account, accounts), note }) as const
  return { name, folders: account.folders, notFolders: [], resolve }
}

function fromConfig(name: string, store: StoreConfig, { accounts, note }: StoreChoices): ChosenStore {
  const { folders = [], notFolders = [] } = store
  const resolve = async (): Promise<StoreSpec> =>
    store.type === 'imap'
      ? { name, type: 'imap', account: accountOfConfig(name, store, accounts), note }
      : localSpec(name, store)
  return { name, folders, notFolders, resolve }
}

function localSpec(name: string, store: LocalStoreConfig): LocalStoreSpec {
  if (!existsSync(store.path)) {
    throw new StoreNotFoundError(
      name,
      `${store.path}: nothing is there`,
      `Check the path of "${name}" in the configuration.`,
    )
  }
  const options = 'variant' in store && store.variant !== undefined ? { variant: store.variant } : {}
  return { name, type: store.type, path: store.path, options }
}

/** Local stores of the configuration whose path is not there. */
export function missingStores({ stores }: Config): Problem[] {
  return [...stores].flatMap(([name, store]) =>
    store.type === 'imap' || existsSync(store.path)
      ? []
      : [
          {
            code: 'STORE_NOT_FOUND',
            store: name,
            folder: null,
            locator: null,
            message: `${store.path}: nothing is there`,
          },
        ],
  )
}
