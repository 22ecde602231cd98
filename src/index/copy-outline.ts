import { type FolderName, folderName, type Locator, locator } from '../stores/store.js'
import type { QuestionStatements } from './question-statements.js'
import { type FolderRow, PAGE } from './scan-statements.js'

/** What tells most copies of two stores alike, and nothing more. */
export interface CopyOutline {
  /** By what it counts as one mail. */
  readonly identity: string
  readonly folder: FolderName
  readonly locator: Locator
  /** As one text. */
  readonly flags: string
  /** Octets. */
  readonly size: number
  /** `headSumOf` Date, From and Subject. */
  readonly headSum: number
  /** Half of the `wire` digest; null: the scan made none. */
  readonly wire: string | null
}

export type OutlineRow = [
  key: string,
  folder: number,
  locator: string,
  flags: string,
  size: number,
  headSum: number,
  wire: string | null,
]

/** All copies that have an identity, those of one identity together, sorted by its octets. */
export function* walkOutlines(ask: QuestionStatements, folders: readonly FolderRow[]): Iterable<CopyOutline> {
  const names = new Map(folders.map(({ number, name }) => [number, folderName(name)]))
  let after = ''
  let most = PAGE
  for (;;) {
    const page = ask.outlines.all(after, most)
    const last = page.at(-1)
    if (last === undefined) return
    const isLast = page.length < most
    // The last identity may have more copies than the page has.
    const whole = isLast ? page.length : page.findIndex(([key]) => key === last[0])
    for (let at = 0; at < whole; at++) {
      const row = page[at]
      const name = names.get(row?.[1] ?? 0)
      if (row === undefined || name === undefined) continue
      const [identity, , where, flags, size, headSum, wire] = row
      yield { identity, folder: name, locator: locator(where), flags, size, headSum, wire }
    }
    if (isLast) return
    if (whole === 0) most *= 2
    else after = page[whole - 1]?.[0] ?? after
  }
}
