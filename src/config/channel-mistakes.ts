import { wayMistakes } from './channel-ways.js'
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
    ...(ofSides.length > 0 ? [] : wayMistakes(entries)),
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
