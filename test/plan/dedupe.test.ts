import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DUPLICATE_SCOPES } from '../../src/audit/duplicates.js'
import { parseKeepRule } from '../../src/audit/keep-rules.js'
import { compareMessages } from '../../src/message/difference.js'
import { DEDUPE_CLASSES } from '../../src/plan/dedupe.js'
import { planLines, readPlan } from '../../src/plan/plan-file.js'
import type { Step } from '../../src/plan/step.js'
import type { MemoryStore } from '../../src/stores/memory/store.js'
import { PlanEffect } from '../support/plan-effect.js'
import { dedupePlan, headerFor } from '../support/planning.js'
import { mail, message, someFolders, storeOf } from '../support/small-pool.js'

const deleted = (steps: readonly Step[]) =>
  steps.flatMap((step) => (step.op === 'delete' ? [`${step.at.folder} ${step.at.locator}`] : []))
const all = (store: MemoryStore) => [...store.folders.values()].flat()
const TEXT = 'One line of it.\nTwo lines of it.\nThree lines of it.\nFour lines of it.'

describe('taking duplicates away', () => {
  it('leaves one of each, with the flags of all but \\Deleted and \\Draft', async () => {
    const store = storeOf('store', {
      INBOX: [
        message(mail('1'), ['\\Seen'], 1),
        message(mail('1'), ['$Later', '\\Flagged', '\\seen'], 2),
        message(mail('1'), ['\\Deleted', '\\Draft', '\\Answered'], 3),
        message(mail('2')),
      ],
    })
    const { steps } = await dedupePlan([store])
    expect(deleted(steps)).toEqual(['INBOX number=2', 'INBOX number=3'])
    expect(steps[0]).toMatchObject({ op: 'flags', had: ['\\Seen'], add: ['$Later', '\\Answered', '\\Flagged'] })
    expect(steps[1]).toMatchObject({
      why: 'identical: INBOX number=1 stays',
      safe: { keptAs: { folder: 'INBOX', locator: 'number=1' } },
      staysElsewhere: true,
    })
    new PlanEffect([store]).apply(steps)
    expect((await dedupePlan([store])).steps).toEqual([])
  })

  it('says once what the copy that stays cannot keep', async () => {
    const store = storeOf('store', { INBOX: [message(mail('1')), message(mail('1'), ['$Later']), message(mail('2'))] })
    const { steps, notes } = await dedupePlan([store], { whyNoFlag: () => 'MH keeps no keywords' })
    expect(steps.map(({ op }) => op)).toEqual(['delete'])
    expect(notes).toEqual(['1 message: will be without $Later, which a copy that goes has: MH keeps no keywords'])
  })

  it('takes only the classes away that were asked for', async () => {
    const store = storeOf('store', {
      INBOX: [message(mail('1', { trace: true }), [], 1), message(mail('1'), [], 2), message(mail('1'), [], 3)],
    })
    const of = async (...classes: ('identical' | 'same-content')[]) =>
      deleted((await dedupePlan([store], { classes })).steps)
    expect(await of('identical', 'same-content')).toEqual(['INBOX number=2', 'INBOX number=3'])
    expect(await of('same-content')).toEqual(['INBOX number=2', 'INBOX number=3'])
    expect(await of('identical')).toEqual([])
  })

  it('takes altered copies away only when told to, and never the whole one for the truncated one', async () => {
    const footer = mail('1', { body: `${TEXT}\n-- \nfooter` })
    const cut = mail('2', { body: TEXT.slice(0, 40) })
    const store = storeOf('store', {
      INBOX: [message(mail('1'), [], 1), message(footer, [], 2), message(cut, [], 1), message(mail('2'), [], 2)],
    })
    expect((await dedupePlan([store])).steps).toEqual([])
    const oldest = parseKeepRule('oldest')
    const { steps } = await dedupePlan([store], { classes: DEDUPE_CLASSES }, { keep: oldest === null ? [] : [oldest] })
    // Of the second mail the truncated copy is the older one and stays; the whole one does not go for it.
    expect(deleted(steps)).toEqual(['INBOX number=2'])
    const byDefault = await dedupePlan([store], { classes: DEDUPE_CLASSES })
    expect(deleted(byDefault.steps)).toContain('INBOX number=3')
    expect(deleted(byDefault.steps)).not.toContain('INBOX number=4')
  })

  it('takes nothing away in a folder that was not read in full, nor for a copy in one', async () => {
    const broken = { ...message(mail('9')), isBroken: true }
    const store = storeOf('store', { INBOX: [message(mail('1')), broken], Archive: [message(mail('1'))] })
    const { steps, notes } = await dedupePlan([store], {}, { scope: 'store' })
    expect(steps).toEqual([])
    expect(notes).toHaveLength(1)
    expect(notes[0]).toContain('not read in full')
  })
})

const someRules = fc
  .subarray(['whole', 'oldest', 'newest', 'largest', 'flagged', 'folder:Archive'])
  .map((rules) => rules.map(parseKeepRule).filter((rule) => rule !== null))

it('every mail that was there is there afterwards, and nothing is left to take away', async () => {
  const options = fc.record({
    scope: fc.constantFrom(...DUPLICATE_SCOPES),
    by: fc.constantFrom<'id' | 'content'>('id', 'content'),
    keep: someRules,
  })
  const someClasses = fc.subarray([...DEDUPE_CLASSES], { minLength: 1 })
  await fc.assert(
    fc.asyncProperty(someFolders, options, someClasses, async (folders, asked, classes) => {
      const [store, before] = [storeOf('store', folders), storeOf('before', folders)]
      const { steps } = await dedupePlan([store], { classes }, asked)
      using read = readPlan(linesOf(steps), 'plan.jsonl')
      expect([...read.steps()]).toEqual(steps)
      new PlanEffect([store]).apply(steps)
      for (const { raw, flags } of all(before)) {
        const stays = all(store).map((other) => ({ other, difference: compareMessages(other.raw, raw) }))
        const sure = stays.filter(({ difference }) => ['identical', 'same-content'].includes(difference.class))
        const modified = stays.filter(
          ({ difference }) => difference.class === 'modified' && difference.truncated !== 'kept',
        )
        const heirs = classes.includes('modified') ? [...sure, ...modified] : sure
        expect(heirs.length).toBeGreaterThan(0)
        if (!flags.includes('\\Deleted'))
          expect(heirs.some(({ other }) => !other.flags.includes('\\Deleted'))).toBe(true)
      }
      expect((await dedupePlan([store], { classes }, asked)).steps).toEqual([])
    }),
    { numRuns: 60 },
  )
})

function* linesOf(steps: readonly Step[]): Iterable<string> {
  const header = headerFor('dedupe', ['store'])
  for (const line of planLines({ header, steps: () => steps })) yield line.slice(0, -1)
}
