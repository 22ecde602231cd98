import type { CopyRow } from './copy-rows.js'
import { collectGarbage } from './garbage.js'
import type { QuestionStatements } from './question-statements.js'
import { type FolderRow, PAGE } from './scan-statements.js'
import type { CountedIdentity, IdentityRule } from './store-index.js'

/** Wide rows held at a time. */
const ROWS = 1000

/** All copies that have an identity, sorted by its octets and then by place. */
export function* walkByIdentity(ask: QuestionStatements, folders: readonly FolderRow[]): Iterable<CopyRow> {
  const ordinals = new Map(folders.map(({ name, ordinal }) => [name, ordinal]))
  let from: readonly [key: string, ordinal: number, position: number, locator: string, row: number] = ['', 0, 0, '', 0]
  for (;;) {
    const page = ask.copiesByKey.all(from[0], ...from, ROWS)
    yield* page
    const last = page.at(-1)
    if (last === undefined || page.length < ROWS) return
    const [row, position, locator, key, , , , , , , , , , , , , , folder] = last
    from = [key ?? '', ordinals.get(folder) ?? 0, position, locator, row]
  }
}

/** Sorted by their octets. @param atLeast - 2 leaves out what is there once */
export function* walkIdentities(ask: QuestionStatements, by: IdentityRule, atLeast: 1 | 2): Iterable<CountedIdentity> {
  const { keysFrom, repeatedKeysFrom, contentsFrom, repeatedContentsFrom } = ask
  const every = by === 'id' ? keysFrom : contentsFrom
  const repeated = by === 'id' ? repeatedKeysFrom : repeatedContentsFrom
  let after = ''
  for (let pages = 1; ; pages++) {
    const page = (atLeast === 1 ? every : repeated).all(after, PAGE)
    for (const [identity, copies] of page) {
      yield { identity, copies }
      after = identity
    }
    if (page.length < PAGE) return
    if (pages % PAGES_TO_COLLECT[atLeast] === 0) collectGarbage()
  }
}

/** Pages of a walk after which the memory that it used is given back: of all identities, and of those with several copies. */
const PAGES_TO_COLLECT = { 1: 30, 2: 3 } as const

/** The objects of all copies, sorted by their octets. */
export function* walkObjects(ask: QuestionStatements): Iterable<readonly [object: string, row: number]> {
  let from: readonly [string, number] = ['', 0]
  for (;;) {
    const page = ask.objectsFrom.all(...from, PAGE)
    yield* page
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return
    from = last
  }
}
