import { existsSync } from 'node:fs'
import type { Config } from '../config/config.js'
import type { StoreConfig } from '../config/schema.js'
import { type Problem, StoreNotFoundError, StoreUnrecognisedError, UsageError } from '../errors.js'
import type { StoreSpec } from '../stores/store.js'
import { parseStoreArgument, resolveStore } from '../stores/store-name.js'

/** A store that a command is about, not yet looked at. */
export interface ChosenStore {
  readonly name: string
  /** Globs of its folders, from the configuration. */
  readonly folders: readonly string[]
  readonly notFolders: readonly string[]
  /** @throws MbauditError with status 3 when nothing that can be opened lies there */
  readonly resolve: () => Promise<StoreSpec>
}

/**
 * The stores that the arguments name: a name of the configuration first, then a URL, then a path. No argument: every store of
 * the configuration.
 *
 * @throws UsageError when there is neither an argument nor a store in the configuration
 */
export function chooseStores(names: readonly string[], config: Config, cwd: string): ChosenStore[] {
  if (names.length === 0 && config.stores.size === 0) throw noStore(config)
  const wanted = names.length > 0 ? [...new Set(names)] : [...config.stores.keys()]
  return wanted.map((name) => {
    const configured = config.stores.get(name)
    return configured === undefined ? fromArgument(name, config, cwd) : fromConfig(name, configured)
  })
}

function noStore(config: Config): UsageError {
  const lacking = config.file === null ? 'there is no configuration' : `${config.file} names none`
  return new UsageError(
    `no store is named, and ${lacking}`,
    'Name one, such as ~/Mail or mbox:old.mbox; `mbaudit discover ~` finds mail, `mbaudit config init` writes a configuration.',
  )
}

function fromArgument(name: string, config: Config, cwd: string): ChosenStore {
  if (config.channels.has(name)) {
    throw new UsageError(
      `"${name}" is a channel, and an audit wants stores`,
      `Stores: ${[...config.stores.keys()].join(', ')}.`,
    )
  }
  return { name, folders: [], notFolders: [], resolve: async () => resolveStore(parseStoreArgument(name, cwd)) }
}

function fromConfig(name: string, store: StoreConfig): ChosenStore {
  const { folders = [], notFolders = [] } = store
  return { name, folders, notFolders, resolve: async () => configuredSpec(name, store) }
}

function configuredSpec(name: string, store: StoreConfig): StoreSpec {
  if (store.type === 'imap') {
    throw new StoreUnrecognisedError(
      name,
      `store "${name}" is an IMAP account, and this version opens none`,
      'Name a local store.',
    )
  }
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
