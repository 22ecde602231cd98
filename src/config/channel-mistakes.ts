import { folderFilter } from '../stores/folder-globs.js'
import { folderName } from '../stores/store.js'
import type { Mistake } from './mistakes.js'
import type { ChannelConfig, StoreConfig } from './schema.js'

/** The sections of a configuration that speak of each other. */
export interface Sections {
  readonly stores: Readonly<Record<string, StoreConfig>>
  readonly channels: Readonly<Record<string, ChannelConfig>>
  readonly groups: Readonly<Record<string, readonly string[]>>
}

interface Side {
  /** Where the configuration names it. */
  readonly path: readonly PropertyKey[]
  readonly store: string
}

/** What no single value shows: names that are taken twice, channels between stores that are not there, or are one, or in a circle. */
export function channelMistakes(sections: Sections): Mistake[] {
  const { stores, channels, groups } = sections
  const entries = Object.entries(channels)
  const ofSides = entries.flatMap(([name, channel]) => sideMistakes(sidesOf(name, channel), stores))
  return [
    ...nameMistakes(sections),
    ...ofSides,
    ...groupMistakes(groups, channels),
    ...(ofSides.length > 0 ? [] : circleMistakes(entries)),
  ]
}

function nameMistakes({ stores, channels, groups }: Sections): Mistake[] {
  const taken = (name: string, path: readonly PropertyKey[], kinds: Readonly<Record<string, object>>): Mistake[] => {
    const kind = Object.keys(kinds).find((each) => Object.hasOwn(kinds[each] ?? {}, name))
    return kind === undefined ? [] : [{ path, atKey: true, message: `"${name}" is the name of a ${kind} already` }]
  }
  return [
    ...Object.keys(channels).flatMap((name) => taken(name, ['channels', name], { store: stores })),
    ...Object.keys(groups).flatMap((name) => taken(name, ['groups', name], { store: stores, channel: channels })),
  ]
}

function sidesOf(name: string, channel: ChannelConfig): readonly [Side, Side] {
  const path = ['channels', name]
  if (!('between' in channel)) {
    return [
      { path: [...path, 'master'], store: channel.master },
      { path: [...path, 'slave'], store: channel.slave },
    ]
  }
  const [a, b] = channel.between
  return [
    { path: [...path, 'between', 0], store: a },
    { path: [...path, 'between', 1], store: b },
  ]
}

function sideMistakes(sides: readonly [Side, Side], stores: Sections['stores']): Mistake[] {
  const known = Object.keys(stores).join(', ') || 'none'
  const unknown = sides.filter(({ store }) => !Object.hasOwn(stores, store))
  if (unknown.length > 0) {
    return unknown.map(({ path, store }) => ({
      path,
      atKey: false,
      message: `no store is called "${store}"; there are: ${known}`,
    }))
  }
  const [a, b] = sides
  const [placeA, placeB] = [placeOf(stores[a.store]), placeOf(stores[b.store])]
  if (placeA === null || placeA !== placeB) return []
  const same = a.store === b.store ? `"${b.store}" is on both sides` : `"${a.store}" and "${b.store}" are one place`
  return [{ path: b.path, atKey: false, message: `${same}; a channel is between two stores, of: ${known}` }]
}

/** Equal text means one place, as far as the configuration tells. */
function placeOf(store: StoreConfig | undefined): string | null {
  if (store === undefined) return null
  if (store.type !== 'imap') return store.path
  const { host, port, user, prefix, namespace } = store
  return JSON.stringify([host.toLowerCase(), port, user, prefix, namespace])
}

function groupMistakes(groups: Sections['groups'], channels: Sections['channels']): Mistake[] {
  const known = Object.keys(channels).join(', ') || 'none'
  return Object.entries(groups).flatMap(([group, names]) =>
    names.flatMap((name, at) =>
      Object.hasOwn(channels, name)
        ? []
        : [
            {
              path: ['groups', group, at],
              atKey: false,
              message: `no channel is called "${name}"; there are: ${known}`,
            },
          ],
    ),
  )
}

/** A way that mail takes through a channel. */
interface Way {
  readonly name: string
  readonly channel: ChannelConfig
  readonly from: string
  readonly to: string
}

/** Mail that goes round: what is deleted or altered somewhere could come back by the other way, or go the round for ever. */
function circleMistakes(channels: readonly (readonly [string, ChannelConfig])[]): Mistake[] {
  const ways = channels.flatMap(([name, channel]) => waysOf(name, channel))
  const circle = findCircle(ways)
  if (circle === null) return []
  const names = [...new Set(circle.map(({ name }) => name))]
  const last = channels.findLast(([name]) => names.includes(name))?.[0] ?? ''
  const round = [...circle.map(({ from }) => from), circle.at(-1)?.to ?? ''].join(' -> ')
  const message = `channels ${names.join(', ')} make a circle (${round}): leave one out, or give each its own "folders"`
  return [{ path: ['channels', last], atKey: true, message }]
}

function waysOf(name: string, channel: ChannelConfig): Way[] {
  if (!('between' in channel)) return [{ name, channel, from: channel.master, to: channel.slave }]
  const [a, b] = channel.between
  return [
    { name, channel, from: a, to: b },
    { name, channel, from: b, to: a },
  ]
}

function findCircle(ways: readonly Way[]): readonly Way[] | null {
  const finished = new Set<Way>()
  const walk = (path: readonly Way[]): readonly Way[] | null => {
    const last = path.at(-1)
    if (last === undefined || finished.has(last)) return null
    for (const next of ways.filter((way) => followsOn(last, way))) {
      const met = path.indexOf(next)
      const circle = met < 0 ? walk([...path, next]) : path.slice(met)
      if (circle !== null) return circle
    }
    finished.add(last)
    return null
  }
  for (const way of ways) {
    const circle = walk([way])
    if (circle !== null) return circle
  }
  return null
}

const followsOn = (way: Way, next: Way): boolean =>
  way.to === next.from && way.name !== next.name && mayShareFolders(way.channel, next.channel)

/** Whether a folder may be in both; globs that do not match each other are taken to be of other folders. */
function mayShareFolders(a: ChannelConfig, b: ChannelConfig): boolean {
  const meant = ({ folders = [] }: ChannelConfig): readonly string[] => (folders.length === 0 ? ['**'] : folders)
  return meant(a).some(
    (one) => !isLeftOut(one, b) && meant(b).some((other) => !isLeftOut(other, a) && mayMeet(one, other)),
  )
}

const mayMeet = (one: string, other: string): boolean => matches(one, other) || matches(other, one)

/** Whether all that a glob matches is left out by a channel; in doubt not. */
const isLeftOut = (glob: string, { notFolders = [] }: ChannelConfig): boolean =>
  notFolders.some((not) => (!glob.includes('*') || not.endsWith('**')) && matches(not, glob))

const matches = (glob: string, other: string): boolean => folderFilter([glob], [])(folderName(other))
