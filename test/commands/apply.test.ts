import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mail, mails, readMaildir, writeMaildir } from '../support/maildir-mail.js'
import { makeWorkplace, type Workplace } from '../support/run-program.js'
import { readSchema } from '../support/schemas.js'

let place: Workplace
let master: string
let slave: string
beforeEach(async () => {
  place = await makeWorkplace()
  master = writeMaildir(join(place.path, 'm'), { INBOX: mails(0, 6) })
  slave = writeMaildir(join(place.path, 's'), { INBOX: [...mails(0, 3), mail(9)] })
})
afterEach(() => place[Symbol.asyncDispose]())

const json = async (...args: readonly string[]) => {
  const run = await place.run([...args, '--json'])
  return { ...run, document: JSON.parse(run.stdout) }
}
const save = () => json('sync', 'maildir:m', 'maildir:s', '--delete', '--plan', 'p.plan')
const plan = () => readFileSync(join(place.path, 'p.plan'), 'utf8').trimEnd().split('\n')
const write = (lines: readonly string[]) => writeFileSync(join(place.path, 'p.plan'), `${lines.join('\n')}\n`)

describe('a saved plan', () => {
  it('is shown, changes nothing, and is for its owner alone', async () => {
    const before = readMaildir(slave)
    const { status, document } = await save()
    expect([status, document.summary, document.run]).toMatchObject([0, { copy: 3, delete: 1, done: 0 }, null])
    expect(readMaildir(slave)).toEqual(before)
    expect(statSync(join(place.path, 'p.plan')).mode & 0o777).toBe(0o600)
    expect(plan()).toHaveLength(5)
    expect(plan().join('')).not.toMatch(/Number|Ana/)
  })

  it('is carried out by apply, from another folder too, and is then done', async () => {
    await save()
    const shown = await json('apply', 'p.plan', '--dry-run')
    expect([shown.status, shown.document.summary]).toMatchObject([0, { copy: 3, delete: 1 }])
    const { status, document } = await json('apply', 'p.plan', '--yes')
    expect([status, document.summary]).toMatchObject([0, { done: 4, failed: 0, skipped: 0, verified: 3 }])
    const validate = new Ajv2020().compile(await readSchema('apply'))
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
    expect(readMaildir(slave)).toEqual(readMaildir(master))
  })

  it('may have steps taken out', async () => {
    await save()
    write(plan().filter((line) => !line.includes('"delete"') || line.includes('"mbaudit"')))
    const { status, document } = await json('apply', 'p.plan', '--yes')
    expect([status, document.summary]).toMatchObject([0, { copy: 3, delete: 0, done: 3 }])
  })

  it('applied twice copies nothing twice', async () => {
    await save()
    await json('apply', 'p.plan', '--yes')
    const { status, document } = await json('apply', 'p.plan', '--yes')
    expect(document.summary.failed + document.summary.skipped).toBe(4)
    expect(status).toBe(4)
    expect(readMaildir(slave)).toEqual(readMaildir(master))
  })
})

describe('a plan that no longer holds', () => {
  it('is followed where it does, and told where it does not', async () => {
    await save()
    writeMaildir(slave, { INBOX: [mail(3)] })
    const [first = ''] = readdirSync(join(master, 'cur')).filter(
      (name) => /M4P|\.M\d+P/.test(name) && name.startsWith(`${1_500_000_000 + 4 * 60 + 5}`),
    )
    rmSync(join(master, 'cur', first))
    writeMaildir(master, { INBOX: [mail(9)] })
    const { status, document } = await json('apply', 'p.plan', '--yes')
    expect([status, document.summary]).toMatchObject([4, { copy: 3, delete: 1, done: 1 }])
    expect(document.problems.map(({ code }: { code: string }) => code)).toEqual([
      'PLAN_STALE',
      'PLAN_STALE',
      'PLAN_STALE',
    ])
    const told = document.steps.filter(({ outcome }: { outcome: string }) => outcome !== 'done')
    expect(told.every(({ reason }: { reason: string | null }) => (reason ?? '').length > 5)).toBe(true)
    const ids = readMaildir(slave)
      .INBOX?.map((line) => /<(\d+)@/.exec(line)?.[1])
      .sort()
    expect(ids).toEqual(['0', '1', '2', '3', '5', '9'])
  })

  it('is refused where another store lies in the place', async () => {
    await save()
    renameSync(slave, join(place.path, 'gone'))
    const text = plan().map((line) => line.replaceAll(slave, join(place.path, 'other')))
    writeMaildir(join(place.path, 'other'), { INBOX: [] })
    write(text.map((line) => line.replace(/"identity":"maildir:[^"]*other"/, `"identity":"maildir:${slave}"`)))
    const { status, document } = await json('apply', 'p.plan', '--yes')
    expect([status, document.error.message]).toEqual([
      2,
      expect.stringContaining('is not the store that the plan was made for'),
    ])
  })
})

describe('a plan that was edited wrongly', () => {
  it.each([
    ['no JSON', (line: string) => line.slice(5), 2, /./],
    ['an op that there is none of', (line: string) => line.replace('"copy"', '"destroy"'), 2, /op/],
    ['a store that the header does not name', (line: string) => line.replaceAll('maildir:s', 'maildir:x'), 2, /store/],
    ['a field of the wrong kind', (line: string) => line.replace(/"size":\d+/, '"size":"big"'), 2, /size/],
    ['a field that is lacking', (line: string) => line.replace(/"flags":\[[^\]]*\],/, ''), 2, /flags/],
  ])('with %s is refused with file, line, field and what is allowed', async (_what, change, status, message) => {
    await save()
    const before = readMaildir(slave)
    write(plan().map((line, i) => (i === 1 ? change(line) : line)))
    const run = await json('apply', 'p.plan', '--yes')
    expect([run.status, run.document.error.message]).toEqual([status, expect.stringMatching(message)])
    expect(run.document.error.message).toContain('p.plan:2')
    expect(run.document.error.hint.length).toBeGreaterThan(5)
    expect(readMaildir(slave)).toEqual(before)
  })

  it.each([
    ['none.plan', /cannot be read/],
    ['.', /cannot be read/],
    ['empty.plan', /empty\.plan/],
  ])('%s', async (file, message) => {
    writeFileSync(join(place.path, 'empty.plan'), '')
    const run = await json('apply', file, '--yes')
    expect([run.status, run.document.error.message]).toEqual([2, expect.stringMatching(message)])
  })

  it('of another version is refused', async () => {
    await save()
    write(plan().map((line) => line.replace('"version":1', '"version":99')))
    const run = await json('apply', 'p.plan', '--yes')
    expect([run.status, run.document.error.message]).toEqual([2, expect.stringContaining('p.plan:1')])
  })
})
