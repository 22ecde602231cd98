import { basename, join } from 'node:path'
import type { Config } from '../config/config.js'
import { UsageError } from '../errors.js'
import { parseStoreArgument } from '../stores/store-name.js'
import { type ActStore, chooseActStore } from './act-stores.js'
import type { StoreChoices } from './choose-stores.js'

/** How a local target is laid out (`--format`). */
export const FORMATS = ['maildir', 'maildir-fs', 'mbox', 'mboxrd', 'mboxo', 'mboxcl2', 'mh', 'eml'] as const
export type Format = (typeof FORMATS)[number]

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
  source: string | undefined,
  target: string | undefined,
  format: Format | undefined,
  config: Config,
  choices: StoreChoices,
): Promise<ActStore[]> {
  const from = source ?? onlyStore(config)
  return [
    await chooseActStore(from, 'source', config, choices),
    await chooseActStore(nameTarget(from, target, format, config, choices), 'target', config, choices, true),
  ]
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
