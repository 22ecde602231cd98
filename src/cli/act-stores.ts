import { existsSync, realpathSync } from 'node:fs'
import { dirname, sep } from 'node:path'
import type { Config } from '../config/config.js'
import { StoreNotFoundError, UsageError } from '../errors.js'
import type { PlanStore } from '../plan/plan.js'
import { isAbsent, openStoreOrAbsent } from '../stores/absent-store.js'
import { SCHEMES } from '../stores/drivers.js'
import type { LocalStoreSpec, Store, StoreSpec } from '../stores/store.js'
import { parseStoreArgument } from '../stores/store-name.js'
import { type ChosenStore, chooseStores, configuredSpec, type StoreChoices } from './choose-stores.js'

/** A store that a plan is made for or carried out on. */
export interface ActStore {
  readonly chosen: ChosenStore
  readonly role: PlanStore['role']
  /** How a plan names it, wherever it is carried out. */
  readonly openAs: (spec: StoreSpec) => string
}

/** The stores of a command line; none: all of the configuration. */
export async function chooseActStores(
  names: readonly string[],
  role: PlanStore['role'],
  config: Config,
  choices: StoreChoices,
): Promise<ActStore[]> {
  const chosen = await chooseStores(names, config, choices)
  return chosen.map((store) => ({ chosen: store, role, openAs: (spec) => openName(spec, config) }))
}

/** One store of a command line. @param mayBeAbsent - a local one that is not there counts as empty */
export async function chooseActStore(
  name: string,
  role: PlanStore['role'],
  config: Config,
  choices: StoreChoices,
  mayBeAbsent = false,
): Promise<ActStore> {
  const [act] = await chooseActStores([name], role, config, choices)
  if (act === undefined) throw new UsageError('no store is named', 'Name one.')
  return mayBeAbsent ? { ...act, chosen: withAbsence(act.chosen, config, choices.cwd) } : act
}

const openName = (spec: StoreSpec, config: Config): string =>
  config.stores.has(spec.name) || spec.type === 'imap' ? spec.name : urlOf(spec)

/** `maildir:/home/ana/Mail`, with its options. */
function urlOf({ type, path, options }: LocalStoreSpec): string {
  const said = Object.entries(options).map(([key, value]) => `${key}=${value}`)
  return `${type}:${path}${said.length === 0 ? '' : `?${said.join('&')}`}`
}

/** Whether a store is made when the plan is carried out. */
export const isToBeMade = (spec: StoreSpec): boolean => spec.type !== 'imap' && isAbsent(spec.path)

function withAbsence(chosen: ChosenStore, config: Config, cwd: string): ChosenStore {
  const { name } = chosen
  const resolve = async () => {
    try {
      return await chosen.resolve()
    } catch (error) {
      if (!(error instanceof StoreNotFoundError)) throw error
      return absentSpec(name, config, cwd) ?? Promise.reject(withHint(name, error))
    }
  }
  return { ...chosen, mustHaveFolder: false, resolve, open: openStoreOrAbsent }
}

function absentSpec(name: string, config: Config, cwd: string): LocalStoreSpec | null {
  const configured = config.stores.get(name)
  if (configured !== undefined) return configured.type === 'imap' ? null : configuredSpec(name, configured)
  const { scheme, path, options } = parseStoreArgument(name, cwd)
  return scheme === null ? null : { name, type: scheme, path, options }
}

function withHint(name: string, error: StoreNotFoundError): StoreNotFoundError {
  const kinds = SCHEMES.map((scheme) => `${scheme}:${name}`).join(', ')
  return new StoreNotFoundError(name, error.message, `To have it made, say of what kind it is to be: ${kinds}.`)
}

/**
 * A store is never made like itself, nor like a part of itself.
 *
 * @throws UsageError where the two are one, or one lies within the other
 */
export function requireApart([master, slave]: readonly Store[]): void {
  if (master === undefined || slave === undefined || master.identity === slave.identity) {
    throw new UsageError('MASTER and SLAVE are one store', 'Name two: the one that is right, and the one to change.')
  }
  if (master.spec.type === 'imap' || slave.spec.type === 'imap') return
  const [above, below] = [realPlace(master.spec.path), realPlace(slave.spec.path)]
  if (!lieTogether(above, below)) return
  throw new UsageError(
    `${slave.spec.path} and ${master.spec.path} lie within each other`,
    'What is written to one would change the other. Name stores that lie apart.',
  )
}

export const lieTogether = (a: string, b: string): boolean =>
  `${a}${sep}`.startsWith(`${b}${sep}`) || `${b}${sep}`.startsWith(`${a}${sep}`)

/** The place itself, without symbolic links; of what is not there, as far as there is something. */
export function realPlace(path: string): string {
  if (existsSync(path)) return realpathSync(path)
  const above = dirname(path)
  return above === path ? path : `${realPlace(above)}${sep}${path.slice(above.length).replace(/^[/\\]/, '')}`
}
