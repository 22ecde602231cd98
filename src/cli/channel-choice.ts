import type { CompareOptions } from '../audit/compare/comparison.js'
import type { FolderMap } from '../audit/folder-map.js'
import type { Config } from '../config/config.js'
import type { ChannelConfig } from '../config/schema.js'
import { UsageError } from '../errors.js'
import { type MaxDelete, parseMaxDelete } from '../plan/limits.js'
import { folderFilter } from '../stores/folder-globs.js'
import type { CommonFlags } from './flags.js'
import { nearestNames } from './nearest.js'
import type { PairFlags } from './pair-flags.js'
import { compareOptions, type ScannedPair } from './pair-options.js'

/** Two stores of the configuration, and how they are kept alike. */
export interface Channel {
  readonly name: string
  readonly config: ChannelConfig
  /** Master and slave; of a two-way channel in the order of the configuration. */
  readonly stores: readonly [string, string]
}

export const channelOf = (name: string, config: ChannelConfig): Channel => ({
  name,
  config,
  stores: 'between' in config ? [...config.between] : [config.master, config.slave],
})

export const allChannels = ({ channels }: Config): readonly Channel[] =>
  [...channels].map(([name, channel]) => channelOf(name, channel))

/**
 * The channels that names of channels and of groups stand for, each once, in the order of the configuration; no name: all.
 *
 * @throws UsageError for a name that is neither
 */
export function chooseChannels(names: readonly string[], config: Config): readonly Channel[] {
  if (config.channels.size === 0) throw noChannels(config)
  const wanted = new Set(names.flatMap((name) => membersOf(name, config)))
  return allChannels(config).filter(({ name }) => names.length === 0 || wanted.has(name))
}

function membersOf(name: string, config: Config): readonly string[] {
  if (config.channels.has(name)) return [name]
  return config.groups.get(name) ?? [raise(unknownChannel(name, config))]
}

function raise(error: Error): never {
  throw error
}

function noChannels({ file }: Config): UsageError {
  const lacking = file === null ? 'there is no configuration' : `${file} names none`
  const hint = 'docs/channels.md shows how. Two stores are synced without one: mbaudit sync MASTER SLAVE.'
  return new UsageError(`no channel: ${lacking}`, hint)
}

function unknownChannel(name: string, { stores, channels, groups }: Config): UsageError {
  const known = [...channels.keys(), ...groups.keys()]
  if (stores.has(name)) {
    const between = [...channels].filter(([, channel]) => channelOf('', channel).stores.includes(name))
    const its = between.length === 0 ? '' : ` Channels of ${name}: ${between.map(([each]) => each).join(', ')}.`
    return new UsageError(`"${name}" is a store, and no channel`, `To sync it: mbaudit sync ${name} SLAVE.${its}`)
  }
  const near = nearestNames(name, known)
  const meant = near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`
  return new UsageError(`there is no channel "${name}"`, `There are: ${known.join(', ')}.${meant}`)
}

/** What the channel allows to be deleted; undefined: it does not say. */
export function limitOf({ maxDelete }: ChannelConfig): MaxDelete | undefined {
  return maxDelete === undefined ? undefined : (parseMaxDelete(String(maxDelete)) ?? undefined)
}

/** What a comparison is asked for: what the channel says, and what the flags say besides. @param channel - null: there is none */
export async function channelOptions(
  pair: ScannedPair,
  flags: PairFlags & Pick<CommonFlags, 'folder' | 'not-folder'>,
  channel: Channel | null,
): Promise<CompareOptions> {
  if (channel === null) return compareOptions(pair, flags)
  const { map = {}, matchSpecialUse = false, folders = [], notFolders = [] } = channel.config
  const maps = Object.entries(map).map(([from, to]): FolderMap => ({ from, to }))
  const options = await compareOptions(pair, {
    ...flags,
    map: [...maps, ...(flags.map ?? [])],
    'match-special-use': flags['match-special-use'] || matchSpecialUse,
  })
  const wanted = folderFilter(folders, notFolders)
  return { ...options, wantsFolder: (folder) => wanted(folder) && options.wantsFolder(folder) }
}
