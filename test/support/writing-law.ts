import { afterEach, describe, it } from 'vitest'
import { CRASH_CLAUSES } from './writing-law-crashes.js'
import { FOLDER_CLAUSES } from './writing-law-folders.js'
import { MESSAGE_CLAUSES } from './writing-law-messages.js'
import { NEIGHBOUR_CLAUSES } from './writing-law-neighbours.js'
import type { WritingMaker, WritingPlace } from './writing-place.js'

const CLAUSES = { ...MESSAGE_CLAUSES, ...FOLDER_CLAUSES, ...NEIGHBOUR_CLAUSES, ...CRASH_CLAUSES }
export type WritingClause = keyof typeof CLAUSES

/** Runs the law of writing against a kind of store. A clause with an exception is not run: its reason stands in the test's name. */
export function writingLaw(maker: WritingMaker, exceptions: Partial<Record<WritingClause, string>> = {}): void {
  describe('law of writing', () => {
    const made: WritingPlace[] = []
    afterEach(async () => {
      for (const place of made.splice(0)) await place.dispose()
    })
    const make = async (): Promise<WritingPlace> => {
      const place = await maker.make()
      made.push(place)
      return place
    }
    for (const name of clauseNames()) {
      const reason = exceptions[name]
      if (reason === undefined) it(name, () => CLAUSES[name]({ maker, make }))
      else it.skip(`${name} (not so: ${reason})`, () => {})
    }
  })
}

function clauseNames(): WritingClause[] {
  const isClause = (name: string): name is WritingClause => Object.hasOwn(CLAUSES, name)
  return Object.keys(CLAUSES).filter(isClause)
}
