import type { Interfaces } from '@oclif/core'
import * as Flags from '@oclif/core/flags'
import { type CompareOptions, timeOf } from '../audit/compare/comparison.js'
import { FOLDER_MAP_FORMS, type FolderMap, parseFolderMap } from '../audit/folder-map.js'
import { UsageError } from '../errors.js'

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1_000, m: 1_000_000, g: 1_000_000_000 }
const DAY = 86_400

async function parseSize(text: string): Promise<number> {
  const [, digits, unit = ''] = /^(\d{1,15}(?:\.\d+)?)([kmg]?)$/i.exec(text) ?? []
  if (digits !== undefined) return Number(digits) * (UNITS[unit.toLowerCase()] ?? 1)
  throw new UsageError(`--max-size ${text} is no size`, 'It is a number of octets: 500k, 10M, 2G.')
}

/** @returns the first second of the day or moment, and the first one after it */
function parseTime(flag: string, text: string): readonly [first: number, after: number] {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text)
  const isMoment = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)$/.test(text)
  const seconds = isDay || isMoment ? Math.floor(Date.parse(isDay ? `${text}T00:00:00Z` : text) / 1000) : Number.NaN
  if (Number.isFinite(seconds) && isRealDay(text)) return [seconds, seconds + (isDay ? DAY : 1)]
  throw new UsageError(
    `--${flag} ${text} is no date`,
    'It is a day in UTC, 2024-02-29, or a time, 2024-02-29T10:00:00Z.',
  )
}

/** What JavaScript takes for a day of the next month (30 February) is none. */
const isRealDay = (text: string): boolean => {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number)
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day
}

async function parseMap(text: string): Promise<FolderMap> {
  const map = parseFolderMap(text)
  if (map === null) throw new UsageError(`--map ${text} maps nothing`, `It is ${FOLDER_MAP_FORMS}.`)
  return map
}

/** The flags of commands that lay two stores side by side. */
export const pairFlags = {
  map: Flags.custom<FolderMap>({ parse: parseMap, helpValue: 'FROM=TO' })({
    multiple: true,
    multipleNonGreedy: true,
    description: "the master's folder FROM is the slave's folder TO, with all below it; may be repeated",
  }),
  'match-special-use': Flags.boolean({
    description: 'pair Sent, Drafts, Junk, Trash and Archive by what they are for, whatever they are called',
  }),
  since: Flags.custom<number>({ parse: async (text) => parseTime('since', text)[0], helpValue: 'DATE' })({
    description: 'only mail dated on or after it',
  }),
  until: Flags.custom<number>({ parse: async (text) => parseTime('until', text)[1], helpValue: 'DATE' })({
    description: 'only mail dated on or before it',
  }),
  'max-size': Flags.custom<number>({ parse: parseSize, helpValue: 'SIZE' })({
    description: 'only mail up to this size: 500k, 10M',
  }),
}

export type PairFlags = Interfaces.InferredFlags<typeof pairFlags>

/** The messages that the flags ask for. */
export function wantedCopies({ since, until, 'max-size': most }: PairFlags): CompareOptions['wantsCopy'] {
  if (since === undefined && until === undefined && most === undefined) return null
  return (copy) => {
    if (most !== undefined && copy.size > most) return false
    if (since === undefined && until === undefined) return true
    const time = timeOf(copy)
    return time !== null && (since === undefined || time >= since) && (until === undefined || time < until)
  }
}
