import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { ConfigError } from '../errors.js'
import { expandHome } from '../stores/store-name.js'
import { type Environment, userConfigFile } from './paths.js'
import type { ChannelConfig, Grade, ImapStoreConfig, SecretSource, StoreConfig, TlsConfig } from './schema.js'

/** What the program was told by its configuration file; without one, nothing. */
export interface Config {
  /** Absolute; null where there is none. */
  readonly file: string | null
  /** Local paths are absolute. */
  readonly stores: ReadonlyMap<string, StoreConfig>
  readonly channels: ReadonlyMap<string, ChannelConfig>
  /** Names for several channels at once. */
  readonly groups: ReadonlyMap<string, readonly string[]>
  readonly rules: readonly ConfiguredRule[]
}

/** What the configuration says of a rule of `check`. */
export interface ConfiguredRule {
  readonly name: string
  readonly grade: Grade
  /** `FILE:LINE:COLUMN`. */
  readonly place: string
}

export interface ConfigPlace {
  /** What `--config` named, if it was given. */
  readonly named: string | undefined
  readonly cwd: string
  readonly env: Environment
  readonly home: string
}

/** The name of the configuration file in the folder where the program was started. */
export const LOCAL_CONFIG = 'mbaudit.yaml'

/**
 * Finds and reads the configuration: the file named, else `mbaudit.yaml` here, else the user's own.
 *
 * @throws ConfigError when the file named is not there, or one has a mistake
 */
export async function loadConfig(place: ConfigPlace): Promise<Config> {
  const file = findConfig(place)
  if (file === null) return { file: null, stores: new Map(), channels: new Map(), groups: new Map(), rules: [] }
  const text = readText(file)
  const { readConfig } = await import('./read-config.js')
  const document = await readConfig(text, file)
  const base = dirname(file)
  const stores = Object.entries(document.stores).map(
    ([name, store]) => [name, atHome(store, base, place.home)] as const,
  )
  const channels = new Map(Object.entries(document.channels))
  const groups = new Map(Object.entries(document.groups))
  return { file, stores: new Map(stores), channels, groups, rules: document.rules }
}

function findConfig({ named, cwd, env, home }: ConfigPlace): string | null {
  if (named !== undefined) return resolve(cwd, named)
  return [resolve(cwd, LOCAL_CONFIG), userConfigFile(env, home)].find((file) => existsSync(file)) ?? null
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigError(`${file}: the configuration cannot be read: ${why}`, 'Name another with --config FILE.')
  }
}

/** Relative paths count from the configuration file, wherever the program was started. */
function atHome(store: StoreConfig, base: string, home: string): StoreConfig {
  const absolute = (path: string): string => resolve(base, expandHome(path, home))
  return store.type === 'imap' ? accountAtHome(store, absolute) : { ...store, path: absolute(store.path) }
}

function accountAtHome(store: ImapStoreConfig, absolute: (path: string) => string): ImapStoreConfig {
  const { password, oauth, tls } = store
  const secret = (source: SecretSource): SecretSource => ('file' in source ? { file: absolute(source.file) } : source)
  return {
    ...store,
    ...(password !== undefined && { password: secret(password) }),
    ...(oauth !== undefined && { oauth: secret(oauth) }),
    ...(typeof tls === 'object' && { tls: tlsAtHome(tls, absolute, secret) }),
  }
}

function tlsAtHome(
  tls: TlsConfig,
  absolute: (path: string) => string,
  secret: (source: SecretSource) => SecretSource,
): TlsConfig {
  const { ca, cert, key, passphrase } = tls
  return {
    ...tls,
    ...(ca !== undefined && { ca: [ca].flat().map(absolute) }),
    ...(cert !== undefined && { cert: absolute(cert) }),
    ...(key !== undefined && { key: absolute(key) }),
    ...(passphrase !== undefined && { passphrase: secret(passphrase) }),
  }
}
