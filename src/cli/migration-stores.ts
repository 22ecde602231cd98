import { basename, join } from 'node:path'
import type { Runs } from '../apply/run.js'
import type { CompareOptions, Comparison } from '../audit/compare/comparison.js'
import type { Config } from '../config/config.js'
import { UsageError } from '../errors.js'
import type { Sides } from '../plan/one-way.js'
import type { Store } from '../stores/store.js'
import { parseStoreArgument } from '../stores/store-name.js'
import { type ActStore, chooseActStore, lieTogether, realPlace } from './act-stores.js'
import type { StoreChoices } from './choose-stores.js'
import { FORMATS, type Format } from './migration-formats.js'

/** The URL of a store of a format, before and after its path. */
const URLS: Readonly<Record<Format, readonly [before: string, after: string]>> = {
  maildir: ['maildir:', ''],
  'maildir-fs': ['maildir:', '?layout=fs'],
  mbox: ['mbox:', '?variant=mboxrd'],
  mboxrd: ['mbox:', '?variant=mboxrd'],
  mboxo: ['mbox:', '?variant=mboxo'],
  mboxcl2: ['mbox:', '?variant=mboxcl2'],
  mh: ['mh:', ''],
  eml: ['eml:', ''],
}

/** @throws UsageError where it cannot be told what is to be copied, or where to */
export async function chooseMigration(
  { sources, target }: NamedMigration,
  format: Format | undefined,
  config: Config,
  choices: StoreChoices,
): Promise<ActStore[]> {
  const from = sources.length > 0 ? sources : [onlyStore(config)]
  const [first = ''] = from
  if (from.length > 1 && target === undefined)
    throw new UsageError('of several stores it is not said where to', 'Name the target with --into STORE.')
  const acts: ActStore[] = []
  for (const name of new Set(from)) acts.push(await chooseActStore(name, 'source', config, choices))
  const to = nameTarget(first, target, format, config, choices)
  return [...acts, await chooseActStore(to, 'target', config, choices, true)]
}

/** What is copied, and where to, as named. */
export interface NamedMigration {
  /** Empty: the only store of the configuration. */
  readonly sources: readonly string[]
  /** undefined: a place in the current folder. */
  readonly target: string | undefined
}

/** Tells sources and target apart: with `--into` all that is named is a source, else the second is the target. */
export function namedMigration(names: readonly string[], into: string | undefined): NamedMigration {
  if (into !== undefined) return { sources: names, target: into }
  const [source, target, ...more] = names
  if (more.length > 0)
    throw new UsageError(
      `${names.length} stores are named, and it is not said which is the target`,
      'Name the target with --into: mbaudit migrate A B C --into TARGET',
    )
  return { sources: source === undefined ? [] : [source], target }
}

/**
 * A store is never copied into itself, nor into a part of itself.
 *
 * @throws UsageError where the target is one of the sources, or one lies within the other
 */
export function requireTargetApart(stores: readonly Store[], acts: readonly ActStore[]): void {
  const name = acts.find(({ role }) => role === 'target')?.chosen.name
  const target = stores.find(({ spec }) => spec.name === name)
  const sources = stores.filter((store) => store !== target)
  if (target === undefined || sources.length === 0)
    throw new UsageError('source and target are one store', 'Name another place for the copy.')
  for (const source of sources) {
    if (source.spec.type === 'imap' || target.spec.type === 'imap') continue
    if (!lieTogether(realPlace(source.spec.path), realPlace(target.spec.path))) continue
    throw new UsageError(
      `${target.spec.path} and ${source.spec.path} lie within each other`,
      'What is written to the target would become part of the source. Name a place that lies apart.',
    )
  }
}

/** What tells whether a target may be written to. */
export interface TargetClaims {
  readonly asked: Pick<CompareOptions, 'wantsFolder'>
  readonly sources: readonly Store[]
  readonly target: Store
  readonly runs: Runs
}

/**
 * A target that holds mail which the sources have not is another's, unless an earlier migration of one of them made it: what
 * the sources have lost since then is no reason to stop.
 *
 * @throws UsageError
 */
export function requireOwnTarget(
  { summary, folders }: Comparison,
  { master, slave }: Sides,
  { asked, sources, target, runs }: TargetClaims,
): void {
  const unasked = slave.folders().filter(({ folder }) => !asked.wantsFolder(folders.pairing.masterOf(folder)))
  const others = summary.extra + unasked.reduce((sum, { messages }) => sum + messages, 0)
  if (others === 0 || wasBegun(runs, sources, target)) return
  throw new UsageError(
    `${slave.store} holds other mail: ${others} that ${master.store} has not`,
    'Name a place that is empty, or add to it with --into-existing.',
  )
}

/** Whether there is a run that brought mail of one of the sources to this very target. */
function wasBegun(runs: Runs, sources: readonly Store[], target: Store): boolean {
  const from = new Set(sources.map(({ identity }) => identity))
  return runs.list().some(({ header, state }) => {
    if (header?.command !== 'migrate' || state === 'undone') return false
    const goesThere = header.stores.some(({ role, identity }) => role === 'target' && identity === target.identity)
    return goesThere && header.stores.some(({ role, identity }) => role === 'source' && from.has(identity))
  })
}

function onlyStore({ stores }: Config): string {
  const [only, ...others] = stores.keys()
  if (only !== undefined && others.length === 0) return only
  if (only === undefined)
    throw new UsageError('no store is named', 'Name the store to copy: mbaudit migrate SOURCE --format FORMAT')
  throw new UsageError(`the configuration has ${[only, ...others].join(', ')}`, 'Say which is to be copied.')
}

function nameTarget(
  source: string,
  target: string | undefined,
  format: Format | undefined,
  config: Config,
  { cwd }: StoreChoices,
): string {
  const isWhole =
    target !== undefined && (config.stores.has(target) || /^[a-z]+:/.test(target) || target.startsWith('{'))
  if (isWhole && format === undefined) return target
  if (isWhole) throw new UsageError(`${target} says itself what it is`, 'Leave --format out, or name a path.')
  if (format === undefined)
    throw new UsageError('it is not said how the target is to be laid out', `Give --format: ${FORMATS.join(', ')}.`)
  const [before, after] = URLS[format]
  return `${before}${target ?? join(cwd, `${plainName(source, cwd)}.${format}`)}${after}`
}

/** What a store is called, as part of a file's name. */
function plainName(source: string, cwd: string): string {
  const argument = parseStoreArgument(source, cwd)
  const name = 'path' in argument ? basename(argument.path) : source
  return name.replace(/[^\p{L}\p{N}._@-]+/gu, '-').replace(/^[.-]+|-+$/g, '') || 'mail'
}
