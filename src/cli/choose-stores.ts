import { existsSync } from 'node:fs'
import type { Config } from '../config/config.js'
import type { LocalStoreConfig, StoreConfig } from '../config/schema.js'
import { type Problem, StoreNotFoundError, UsageError } from '../errors.js'
import type { LocalStoreSpec, Store, StoreSpec } from '../stores/store.js'
import { mayBeAccount, parseStoreArgument, resolveStore } from '../stores/store-name.js'
import type { AccountChoices } from './account-stores.js'
import { interruption } from './interruption.js'

/** A store that a command is about, not yet looked at. */
export interface ChosenStore {
  readonly name: string
  /** Globs of its folders, from the configuration. */
  readonly folders: readonly string[]
  readonly notFolders: readonly string[]
  /** Whether its name ends in a folder, without which there is no such store. */
  readonly mustHaveFolder?: boolean
  /** @throws MbauditError with status 3 when nothing that can be opened lies there */
  readonly resolve: () => Promise<StoreSpec>
  /** How to open it for reading, where that is not the driver's own way. */
  readonly open?: (spec: StoreSpec) => Promise<Store>
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
export async function chooseStores(
  names: readonly string[],
  config: Config,
  choices: StoreChoices,
): Promise<ChosenStore[]> {
  if (names.length === 0 && config.stores.size === 0) throw noStore(config)
  const wanted = names.length > 0 ? [...new Set(names)] : [...config.stores.keys()]
  const chosen = wanted.map((name) => {
    const configured = config.stores.get(name)
    return configured === undefined ? fromArgument(name, config, choices) : fromConfig(name, configured, choices)
  })
  return Promise.all(chosen)
}

function noStore(config: Config): UsageError {
  const lacking = config.file === null ? 'there is no configuration' : `${config.file} names none`
  return new UsageError(
    `no store is named, and ${lacking}`,
    'Name one, such as ~/Mail or mbox:old.mbox; `mbaudit discover ~` finds mail, `mbaudit config init` writes a configuration.',
  )
}

async function fromArgument(name: string, config: Config, choices: StoreChoices): Promise<ChosenStore> {
  if (config.channels.has(name)) {
    throw new UsageError(
      `"${name}" is a channel, and an audit wants stores`,
      `Stores: ${[...config.stores.keys()].join(', ')}.`,
    )
  }
  const account = mayBeAccount(name) ? await fromAccountName(name, choices) : null
  const resolve = async () => resolveStore(parseStoreArgument(name, choices.cwd))
  return account ?? { name, folders: [], notFolders: [], resolve }
}

async function fromAccountName(name: string, { accounts, note }: StoreChoices): Promise<ChosenStore | null> {
  const { parseAccountName } = await import('../stores/account-name.js')
  const parsed = parseAccountName(name)
  if (parsed === null) return null
  const { accountOfName } = await import('./account-stores.js')
  const account = accountOfName(name, parsed, accounts)
  const resolve = async () => ({ name, type: 'imap', account, note, signal: interruption }) as const
  return { name, folders: parsed.folders, notFolders: [], mustHaveFolder: parsed.folders.length > 0, resolve }
}

async function fromConfig(name: string, store: StoreConfig, choices: StoreChoices): Promise<ChosenStore> {
  const { folders = [], notFolders = [] } = store
  if (store.type !== 'imap') return { name, folders, notFolders, resolve: async () => localSpec(name, store) }
  const { accountOfConfig } = await import('./account-stores.js')
  const account = accountOfConfig(name, store, choices.accounts)
  const resolve = async () => ({ name, type: 'imap', account, note: choices.note, signal: interruption }) as const
  return { name, folders, notFolders, resolve }
}

function localSpec(name: string, store: LocalStoreConfig): LocalStoreSpec {
  const spec = configuredSpec(name, store)
  if (existsSync(spec.path)) return spec
  const hint = `Check the path of "${name}" in the configuration.`
  throw new StoreNotFoundError(name, `${spec.path}: nothing is there`, hint)
}

/** A local store of the configuration, whether it is there or not. */
export function configuredSpec(name: string, store: LocalStoreConfig): LocalStoreSpec {
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
