import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mail, readMaildir, writeMaildir } from '../support/maildir-mail.js'
import { makeWorkplace, type Workplace } from '../support/run-program.js'
import { readSchema } from '../support/schemas.js'

let place: Workplace
let store: string
beforeEach(async () => {
  place = await makeWorkplace()
  store = join(place.path, 'm')
})
afterEach(() => place[Symbol.asyncDispose]())

const dedupe = async (...args: readonly string[]) => {
  const run = await place.run(['dedupe', 'maildir:m', '--json', ...args])
  return { ...run, document: JSON.parse(run.stdout) }
}

const long = 'One.\nTwo.\nThree.\nFour.\nFive.\nSix.\n'
/** In INBOX: one mail three times and otherwise flagged, one with a footer, two different ones under one ID. */
function writeTwice(): void {
  writeMaildir(store, {
    INBOX: [
      mail(1, { flags: '' }),
      mail(1, { flags: 'F' }),
      mail(1, { flags: 'RS' }),
      mail(2, { body: long }),
      mail(2, { body: `${long}-- \nThe list\n` }),
      mail(3),
      mail(4, { id: '<3@example.org>', body: 'Quite another text.\n' }),
    ],
    Archive: [mail(1), mail(5)],
  })
}

describe('dedupe', () => {
  it('takes away what is sure, merges flags into what stays, and undo brings all back', async () => {
    writeTwice()
    const before = readMaildir(store)
    const { status, document } = await dedupe('--yes')
    expect([status, document.summary]).toMatchObject([0, { delete: 2, flags: 1, done: 3, failed: 0 }])
    const after = readMaildir(store)
    expect(after.Archive).toEqual(before.Archive)
    expect(after.INBOX?.filter((line) => line.includes('<1@example.org>')).map((line) => line.split(' ')[0])).toEqual([
      'FRS',
    ])
    expect(after.INBOX).toHaveLength(5)
    const undone = await place.run(['undo', document.run, '--yes', '--json'])
    expect([undone.status, readMaildir(store)]).toEqual([0, before])
  })

  it('has nothing to do the second time', async () => {
    writeTwice()
    await dedupe('--yes')
    const { status, document } = await dedupe('--yes')
    expect([status, document.summary, document.run]).toMatchObject([0, { delete: 0, flags: 0 }, null])
  })

  it('exits with 1 when asked to as long as there are extra copies, whether they are taken away or not', async () => {
    writeTwice()
    await dedupe('--yes')
    expect((await dedupe('--dry-run', '--exit-code')).status).toBe(1)
    writeMaildir(join(place.path, 'once'), { INBOX: [mail(1), mail(2)], Archive: [mail(1)] })
    expect((await place.run(['dedupe', 'maildir:once', '--dry-run', '--exit-code'])).status).toBe(0)
  })

  it('gives JSON by its schema, says why, and exits with 1 when asked to', async () => {
    writeTwice()
    const { status, document } = await dedupe('--dry-run', '--exit-code')
    const validate = new Ajv2020().compile(await readSchema('dedupe'))
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
    expect(status).toBe(1)
    const why = document.steps
      .filter(({ op }: { op: string }) => op === 'delete')
      .map((step: { why: string }) => step.why)
    expect(why).toEqual([expect.stringContaining('identical'), expect.stringContaining('identical')])
  })

  it('follows --scope, --class and --keep', async () => {
    writeTwice()
    expect((await dedupe('--dry-run', '--scope', 'store')).document.summary.delete).toBe(3)
    expect((await dedupe('--dry-run', '--class', 'modified')).document.summary.delete).toBe(1)
    const kept = await dedupe('--dry-run', '--scope', 'store', '--keep', 'folder:Archive')
    const folders = kept.document.steps.filter(({ op }: { op: string }) => op === 'delete')
    expect(folders.map(({ folder }: { folder: string }) => folder)).toEqual(['INBOX', 'INBOX', 'INBOX'])
  })
})

describe('--decisions', () => {
  const decide = async (change: (rows: string[]) => string[]): Promise<void> => {
    await place.run(['dupes', 'maildir:m', '--save', 'd.csv'])
    const path = join(place.path, 'd.csv')
    const rows = readFileSync(path, 'utf8').trimEnd().split('\r\n')
    writeFileSync(path, `${change(rows).join('\r\n')}\r\n`)
  }
  const taken = ({ document }: Awaited<ReturnType<typeof dedupe>>) =>
    document.steps
      .filter(({ op }: { op: string }) => op === 'delete')
      .map(({ id }: { id: string }) => id)
      .sort()

  const refuse = (subject: string) => (rows: string[]) =>
    rows.map((row) => (row.includes(subject) ? row.replace(/,true,(modified|different),/, ',false,$1,') : row))

  it('takes away what a person said', async () => {
    writeTwice()
    await decide(refuse('Number 2'))
    const refused = await dedupe('--yes', '--scope', 'store', '--decisions', 'd.csv')
    expect([refused.status, refused.document.error.hint]).toEqual([2, expect.stringContaining('--class modified')])
    const result = await dedupe('--yes', '--scope', 'store', '--decisions', 'd.csv', '--class', 'modified')
    expect([result.status, taken(result).filter((id: string) => id === '<2@example.org>')]).toEqual([
      0,
      ['<2@example.org>'],
    ])
  })

  it('takes away no different mail, whoever said so', async () => {
    writeTwice()
    await decide(refuse('Number 4'))
    const { status, document } = await dedupe('--yes', '--scope', 'store', '--decisions', 'd.csv')
    expect([status, document.error.message]).toEqual([2, expect.stringMatching(/d\.csv:9: "keep" .*different/)])
  })

  it.each([
    ['a message that is not there', (row: string) => row.replace(/file=[^,]+/, 'file=1.nobody.host'), /d\.csv:\d+/],
    ['a keep that is neither true nor false', (row: string) => row.replace(/,(true|false),/, ',perhaps,'), /keep/],
  ])('refuses a row with %s, with its line, and changes nothing', async (_what, change, message) => {
    writeTwice()
    const before = readMaildir(store)
    await decide((rows) => rows.map((row, i) => (i === 1 ? change(row) : row)))
    const { status, document } = await dedupe('--yes', '--scope', 'store', '--decisions', 'd.csv')
    expect([status, document.error.message]).toEqual([2, expect.stringMatching(message)])
    expect(document.error.message).toContain('d.csv:2')
    expect(readMaildir(store)).toEqual(before)
  })

  it('refuses a file that cannot be read, before anything is', async () => {
    const { status, document } = await dedupe('--yes', '--decisions', 'none.csv')
    expect([status, document.error.message]).toEqual([2, expect.stringContaining('none.csv cannot be read')])
  })
})

const FROM = 'From a@b Thu Feb 29 10:00:00 2024\n'
const DATE = 'Date: Thu, 29 Feb 2024 10:00:00 +0000'
/** A file for each list, of mails with these numbers, with an ID or without. */
function writeTree(files: Readonly<Record<string, readonly number[]>>, hasId: boolean): void {
  const id = (n: number) => (hasId ? `Message-ID: <${n}@example.org>\n` : '')
  mkdirSync(join(place.path, 'tree'))
  for (const [name, numbers] of Object.entries(files)) {
    const mails = numbers.map((n) => `${FROM}${id(n)}Subject: Number ${n}\n${DATE}\n\nText ${n}.\n\n`)
    writeFileSync(join(place.path, 'tree', name), mails.join(''))
  }
}
const numbersIn = (name: string): readonly number[] =>
  [...readFileSync(join(place.path, 'tree', name), 'utf8').matchAll(/^Subject: Number (\d+)$/gm)].map(([, n]) =>
    Number(n),
  )

describe('dedupe in several files of an mbox tree', () => {
  it('of mail without an ID goes to its end without a problem', async () => {
    const numbers = (file: number) => Array.from({ length: 10 }, (_, n) => file * 100 + n)
    const twice = (file: number) => [...numbers(file), ...numbers(file).slice(0, 5)]
    writeTree(Object.fromEntries([0, 1, 2, 3, 4, 5].map((file) => [`f${file}`, twice(file)])), false)
    const run = await place.run(['dedupe', 'mbox:tree', '--yes', '--json'])
    const { summary, problems } = JSON.parse(run.stdout)
    expect([run.status, summary.done, problems]).toEqual([0, 30, []])
  })

  it('finds the copy that stays in a file that it has changed itself', async () => {
    writeTree({ a: [1, 1, 2, 3], b: [4, 4, 2, 3, 5], c: [6, 6, 5, 3] }, true)
    const keep = ['--scope', 'store', '--keep', 'folder:a', '--keep', 'folder:b', '--max-delete', 'none']
    const run = await place.run(['dedupe', 'mbox:tree', '--yes', '--json', ...keep])
    const { summary, problems } = JSON.parse(run.stdout)
    expect([run.status, summary.done, problems]).toEqual([0, 7, []])
    expect(['a', 'b', 'c'].map(numbersIn)).toEqual([[1, 2, 3], [4, 5], [6]])
  })
})
