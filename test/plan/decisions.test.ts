import { describe, expect, it } from 'vitest'
import { findDuplicates } from '../../src/audit/duplicates.js'
import { planDecisions } from '../../src/plan/decisions.js'
import { DEDUPE_CLASSES, type DedupeOptions, SURE_CLASSES } from '../../src/plan/dedupe.js'
import { PlanMistakeError } from '../../src/plan/plan-mistake.js'
import { StepSpool } from '../../src/plan/step-spool.js'
import { renderCsv } from '../../src/report/csv.js'
import { dupesReport } from '../../src/report/dupes-report.js'
import type { MemoryStore } from '../../src/stores/memory/store.js'
import { withIndexes } from '../support/planning.js'
import { mail, message, storeOf } from '../support/small-pool.js'

/** The CSV that `dupes` writes of a store. */
const csvOf = (store: MemoryStore): Promise<string> =>
  withIndexes([store], async (...indexes) => {
    const { summary, rows } = await findDuplicates(indexes, { by: 'id', scope: 'store', keep: [] })
    const data = { generatedAt: '', stores: [], problems: [], summary, rows }
    return [...renderCsv(dupesReport, data)].join('')
  })

/** What the decisions plan: what goes, and for what; or the mistake. */
async function decided(store: MemoryStore, text: string, options: Partial<DedupeOptions> = {}): Promise<unknown> {
  return withIndexes([store], async (...indexes) => {
    using spool = new StepSpool()
    const chosen = { classes: SURE_CLASSES, whyNoFlag: () => '', ...options }
    try {
      await planDecisions({ file: 'd.csv', text }, indexes, chosen, spool)
    } catch (error) {
      if (!(error instanceof PlanMistakeError)) throw error
      expect(error.exitStatus).toBe(2)
      return `${error.message} | ${error.hint}`
    }
    return [...spool.steps()].map((step) => {
      if (step.op !== 'delete') return `${step.op} ${'at' in step && 'locator' in step.at ? step.at.locator : ''}`
      const kept = 'keptAs' in step.safe ? step.safe.keptAs.locator : ''
      return `delete ${step.at.folder} ${step.at.locator} for ${kept}`
    })
  })
}

const TEXT = 'One line of it.\nTwo lines of it.\nThree lines of it.\nFour lines of it.'
const twice = () =>
  storeOf('store', {
    INBOX: [message(mail('1'), [], 1), message(mail('1'), ['\\Seen'], 2)],
    'a, "b"': [message(mail('1'), [], 3)],
  })

/** Turns `keep` of the row of a message. */
const turn = (csv: string, locator: string, keep: boolean): string =>
  csv.replace(new RegExp(`(,${locator},.*,)(?:true|false)(,)`), `$1${keep}$2`)

describe('decisions', () => {
  it('as dupes wrote them are what dedupe would do', async () => {
    const store = twice()
    expect(await decided(store, await csvOf(store))).toEqual([
      'flags number=1',
      'delete INBOX number=2 for number=1',
      'delete a, "b" number=3 for number=1',
    ])
  })

  it('turned round keep another copy', async () => {
    const store = twice()
    const csv = turn(turn(await csvOf(store), 'number=1', false), 'number=3', true)
    expect(await decided(store, csv)).toEqual([
      'flags number=3',
      'delete INBOX number=1 for number=3',
      'delete INBOX number=2 for number=3',
    ])
  })

  it('may come back from a spreadsheet: other words, delimiters, line ends and orders of columns', async () => {
    const store = storeOf('store', { INBOX: [message(mail('1'), [], 1), message(mail('1'), [], 2)] })
    const rows = (await csvOf(store))
      .trim()
      .split('\r\n')
      .map((row) => row.split(','))
    const turned = rows.map((cells) =>
      cells.map((cell) => cell.replace('true', 'WAHR').replace('false', 'Falsch')).reverse(),
    )
    const text = `\ufeff${turned.map((cells) => cells.join(';')).join('\n')}\n\n`
    expect(await decided(store, text)).toEqual(['delete INBOX number=2 for number=1'])
  })

  it('take away altered copies with --class modified alone, and never the whole one for the truncated one', async () => {
    const footer = mail('1', { body: `${TEXT}\n-- \nfooter` })
    const store = storeOf('store', { INBOX: [message(mail('1')), message(footer)] })
    const csv = turn(await csvOf(store), 'number=2', false)
    expect(await decided(store, csv)).toContain('differs from the one that stays (modified: footer)')
    expect(await decided(store, csv, { classes: DEDUPE_CLASSES })).toEqual(['delete INBOX number=2 for number=1'])
    const cut = storeOf('store', { INBOX: [message(mail('1')), message(mail('1', { body: TEXT.slice(0, 40) }))] })
    const wrong = turn(turn(await csvOf(cut), 'number=1', false), 'number=2', true)
    expect(await decided(cut, wrong, { classes: DEDUPE_CLASSES })).toMatch(
      /^d\.csv:[23]: "keep" is false, and the copy has what the one that stays lacks \| Allowed there: true$/,
    )
  })

  it('never take away what only shares the ID', async () => {
    const store = storeOf('store', { INBOX: [message(mail('1')), message(mail('1', { body: 'Another thing.' }))] })
    const csv = turn(await csvOf(store), 'number=2', false)
    expect(await decided(store, csv, { classes: DEDUPE_CLASSES })).toContain(
      '"keep" is false, and no copy that stays and is not marked deleted is surely the same mail (different)',
    )
  })
})

describe('a row that does not fit is refused with its line', () => {
  const cases: readonly (readonly [string, (csv: string) => string, string])[] = [
    ['nothing stays', (csv) => turn(csv, 'number=1', false), 'd.csv:2: "keep" is false in every row of group 1'],
    [
      'keep is neither',
      (csv) => csv.replace('true', 'perhaps'),
      'd.csv:2: "keep" is "perhaps" | Allowed there: true or false',
    ],
    [
      'the message is gone',
      (csv) => csv.replace('number=2', 'number=77'),
      'd.csv:3: "locator" names no message in INBOX any more',
    ],
    [
      'another mail lies there',
      (csv) => csv.replace('INBOX,number=2', 'INBOX,number=4'),
      'd.csv:3: "id" is of another message',
    ],
    [
      'the digest is another',
      (csv) => csv.replace(/(number=2,<1@example.org>,)\w{8}/, '$100000000'),
      'd.csv:3: "digest" is of another message',
    ],
    [
      'the store is another',
      (csv) => csv.replaceAll(',store,INBOX,number=2', ',stroe,INBOX,number=2'),
      'd.csv:3: "store" is "stroe" | Allowed there: "store"',
    ],
    [
      'the message is there twice',
      (csv) => csv.replace('number=2', 'number=1'),
      'd.csv:3: "locator" is the message of line 2 again',
    ],
    ['a column is missing', (csv) => csv.replace('locator', 'place'), 'd.csv:1: "locator" is missing'],
    ['the file is empty', () => '', 'd.csv:1: the line is missing'],
  ]
  it.each(cases)('%s', async (_name, edit, mistake) => {
    const store = storeOf('store', {
      INBOX: [message(mail('1'), [], 1), message(mail('1'), [], 2), message(mail('3')), message(mail('4'))],
    })
    expect(await decided(store, edit(await csvOf(store)))).toContain(mistake)
  })

  it('also when what lies there changed since', async () => {
    const store = storeOf('store', { INBOX: [message(mail('1'), [], 1), message(mail('1'), [], 2)] })
    const csv = await csvOf(store)
    const [, second] = [...store.folders.values()].flat()
    if (second !== undefined) second.raw = mail('1', { body: 'Another thing.' })
    expect(await decided(store, csv)).toContain('d.csv:3: "digest" is of another message than lies there now')
  })
})
