import { folderFilter } from '../stores/folder-globs.js'
import { folderName } from '../stores/store.js'
import type { Mistake } from './mistakes.js'
import type { ChannelConfig } from './schema.js'

/** A way that mail takes through a channel. */
interface Way {
  readonly name: string
  readonly channel: ChannelConfig
  readonly from: string
  readonly to: string
}

/** Channels that would undo each other's work: in a circle, or where a mirror deletes what another channel brings. */
export function wayMistakes(channels: readonly (readonly [string, ChannelConfig])[]): Mistake[] {
  const circles = circleMistakes(channels)
  return circles.length > 0 ? circles : mirrorMistakes(channels)
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

/** What another channel brings to the slave of a mirror is not on its master: the mirror would delete it each time. */
function mirrorMistakes(channels: readonly (readonly [string, ChannelConfig])[]): Mistake[] {
  const ways = channels.flatMap(([name, channel]) => waysOf(name, channel))
  return ways
    .filter(({ channel }) => channel.mode === 'mirror')
    .flatMap((mirror) => {
      const other = ways.find(
        (way) => way.name !== mirror.name && way.to === mirror.to && mayShareFolders(way.channel, mirror.channel),
      )
      if (other === undefined) return []
      const message = `channel ${mirror.name} would delete on ${mirror.to} what channel ${other.name} brings there: give each its own "folders"`
      return [{ path: ['channels', mirror.name], atKey: true, message }]
    })
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
