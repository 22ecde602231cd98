import { formatFolderMap, parseFolderMap } from '../audit/folder-map.js'
import type { PlanHeader } from '../plan/plan.js'
import type { CommonFlags } from './flags.js'
import type { PairFlags } from './pair-flags.js'

/** What was asked for, as a plan's header says it. */
type Said = PlanHeader['options']

export type ChoiceFlags = PairFlags & Pick<CommonFlags, 'folder' | 'not-folder'>

/** What a migration is asked for. */
export type MigrationFlags = ChoiceFlags & Readonly<Record<Choice, boolean>>
type Choice = (typeof CHOICES)[number]
const CHOICES = ['into-existing', 'dedupe', 'flatten', 'no-deleted', 'no-manifest'] as const

/** What was asked for of two stores. */
export function sayChoice(flags: ChoiceFlags): Said {
  const { map, since, until, 'max-size': most, folder, 'not-folder': notFolder } = flags
  return {
    ...(map === undefined ? {} : { map: map.map(formatFolderMap) }),
    ...(flags['match-special-use'] ? { matchSpecialUse: true } : {}),
    ...(since === undefined ? {} : { since: momentOf(since) }),
    ...(until === undefined ? {} : { before: momentOf(until) }),
    ...(most === undefined ? {} : { maxSize: most }),
    ...(folder === undefined ? {} : { folder }),
    ...(notFolder === undefined ? {} : { notFolder }),
  }
}

export function sayMigration(flags: MigrationFlags): Said {
  const chosen = CHOICES.filter((name) => flags[name])
  return { ...sayChoice(flags), ...Object.fromEntries(chosen.map((name) => [name, true])) }
}

/** What had been asked for of two stores, by the header of a plan. */
export function readChoice(said: Said): ChoiceFlags {
  return {
    json: undefined,
    map: listIn(said, 'map')?.flatMap((text) => parseFolderMap(text) ?? []),
    'match-special-use': said.matchSpecialUse === true,
    since: secondsIn(said, 'since'),
    until: secondsIn(said, 'before'),
    'max-size': typeof said.maxSize === 'number' ? said.maxSize : undefined,
    folder: listIn(said, 'folder'),
    'not-folder': listIn(said, 'notFolder'),
  }
}

/** What a migration had been asked for, by the header of its plan. */
export function readMigration(said: Said): MigrationFlags {
  const is = (choice: Choice): boolean => said[choice] === true
  return {
    ...readChoice(said),
    'into-existing': is('into-existing'),
    dedupe: is('dedupe'),
    flatten: is('flatten'),
    'no-deleted': is('no-deleted'),
    'no-manifest': is('no-manifest'),
  }
}

const momentOf = (seconds: number): string => new Date(seconds * 1000).toISOString()

function secondsIn(said: Said, key: string): number | undefined {
  const text = said[key]
  const seconds = typeof text === 'string' ? Date.parse(text) / 1000 : Number.NaN
  return Number.isFinite(seconds) ? seconds : undefined
}

function listIn(said: Said, key: string): string[] | undefined {
  const list = said[key]
  return typeof list === 'object' ? [...list] : undefined
}
