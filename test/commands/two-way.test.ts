import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeEach, describe, expect, it } from 'vitest'
import { forEachTest } from '../support/for-each-test.js'
import { mail, mails, readMaildir, textsIn, writeMaildir } from '../support/maildir-mail.js'
import { readSchema } from '../support/schemas.js'
import { filesOf, flag, makeTwoWayPlace, remove } from '../support/two-way-place.js'

const place = forEachTest(() => makeTwoWayPlace())
let a: string
let b: string
beforeEach(() => {
  a = place.at('a')
  b = place.at('b')
  place.configure(
    ['a: { type: maildir, path: ./a }', 'b: { type: maildir, path: ./b }'],
    'home: { between: [a, b], mode: two-way }',
  )
})

const steps = ({ document }: { document: { summary: Record<string, number> } }) =>
  Object.fromEntries(
    ['createFolder', 'copy', 'move', 'flags', 'delete', 'deleteFolder'].flatMap((op) =>
      document.summary[op] === 0 ? [] : [[op, document.summary[op]]],
    ),
  )
/** Both sides hold the same, and a further sync has nothing to do. */
async function expectInStep() {
  expect(readMaildir(a)).toEqual(readMaildir(b))
  const again = await place.sync('--yes', '--exit-code')
  expect([again.status, steps(again)]).toEqual([0, {}])
}
const numbersIn = (maildir: string) =>
  textsIn(maildir)
    .map((text) => Number(/^Subject: Number (\d+)$/m.exec(text)?.[1]))
    .sort((one, other) => one - other)

describe('sync of a two-way channel', () => {
  it('makes both sides the union first, then brings over what was done on either', async () => {
    writeMaildir(a, { INBOX: mails(0, 10), 'Archive/2001': [mail(20)] })
    writeMaildir(b, { INBOX: mails(5, 15) })
    const first = await place.sync('--yes')
    expect([first.status, steps(first)]).toEqual([0, { createFolder: 1, copy: 11 }])
    await expectInStep()

    remove(a, 0, 1)
    remove(b, 14)
    writeMaildir(b, { INBOX: [mail(30)] })
    flag(a, 5, 'FS')
    flag(b, 6, 'RS')
    const [moved = ''] = filesOf(a, 7)
    renameSync(moved, moved.replace(`${a}/cur`, `${a}/.Archive.2001/cur`))
    const second = await place.sync('--yes')
    expect([second.status, steps(second)]).toEqual([0, { copy: 1, move: 1, flags: 2, delete: 3 }])
    await expectInStep()
    expect(numbersIn(a)).toEqual([...Array.from({ length: 12 }, (_, at) => at + 2), 20, 30])
  })

  it('gives JSON by its schema, with what is open and what came back', async () => {
    writeMaildir(a, { INBOX: mails(0, 3) })
    writeMaildir(b, { INBOX: mails(2, 5) })
    const validate = new Ajv2020().compile(await readSchema('sync'))
    for (const how of ['--dry-run', '--yes', '--yes']) {
      const { document } = await place.sync(how)
      expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
    }
  })

  it('--toward shows one side, and neither it nor --dry-run leaves a trace', async () => {
    writeMaildir(a, { INBOX: mails(0, 3) })
    writeMaildir(b, { INBOX: mails(2, 6) })
    const before = [readMaildir(a), readMaildir(b)]
    expect(steps(await place.sync('--toward', 'a'))).toEqual({ copy: 3 })
    expect(steps(await place.sync('--toward', 'b'))).toEqual({ copy: 2 })
    expect(steps(await place.sync('--dry-run'))).toEqual({ copy: 5 })
    expect([readMaildir(a), readMaildir(b)]).toEqual(before)
    expect(existsSync(place.state)).toBe(false)
  })

  it('a mail deleted here and flagged there is kept; one that was only read there goes', async () => {
    writeMaildir(a, { INBOX: [mail(1, { flags: '' }), mail(2, { flags: '' }), mail(3)] })
    await place.sync('--yes')
    remove(a, 1, 2)
    flag(b, 1, 'F')
    flag(b, 2, 'S')
    await place.sync('--yes')
    await expectInStep()
    expect(numbersIn(a)).toEqual([1, 3])
  })

  it('undo takes a sync back, and the next one knows', async () => {
    writeMaildir(a, { INBOX: mails(0, 5) })
    await place.sync('--yes')
    const before = readMaildir(b)
    remove(a, 0, 1)
    const { document } = await place.sync('--yes')
    expect(steps({ document })).toEqual({ delete: 2 })
    const undone = await place.run(['undo', document.run, '--yes', '--json'])
    expect([undone.status, readMaildir(b)]).toEqual([0, before])
    expect(steps(await place.sync('--yes'))).toEqual({ copy: 2 })
    await expectInStep()
  })

  it('undo of what was copied is no deletion for the next sync', async () => {
    writeMaildir(a, { INBOX: mails(0, 5) })
    writeMaildir(b, { INBOX: [mail(9)] })
    const { document } = await place.sync('--yes')
    const undone = await place.run(['undo', document.run, '--yes'])
    expect([undone.status, numbersIn(a), numbersIn(b)]).toEqual([0, [0, 1, 2, 3, 4], [9]])
    expect(steps(await place.sync('--yes'))).toEqual({ copy: 6 })
    await expectInStep()
  })

  it('a plan that is saved is carried out by apply, and the next sync finds nothing', async () => {
    writeMaildir(a, { INBOX: mails(0, 5) })
    writeMaildir(b, { INBOX: mails(3, 8) })
    expect((await place.sync('--plan', 'home.plan')).status).toBe(0)
    expect((await place.run(['apply', 'home.plan', '--yes'])).status).toBe(0)
    await expectInStep()
    remove(a, 0)
    expect(steps(await place.sync('--yes'))).toEqual({ delete: 1 })
  })

  it('takes its turn in --all, and stands among the channels', async () => {
    writeMaildir(a, { INBOX: mails(0, 5) })
    writeMaildir(b, { INBOX: mails(3, 8) })
    const all = await place.run(['sync', '--all', '--yes', '--json'])
    expect([all.status, JSON.parse(all.stdout).channels]).toMatchObject([
      0,
      [{ channel: 'home', mode: 'two-way', outcome: 'done', copy: 6, done: 6, questions: 0 }],
    ])
    await expectInStep()
    const listed = await place.run(['channels'])
    expect(listed.stdout).toMatch(/home +two-way +a ↔ b +alike +0\.\d s|home +two-way +a ↔ b +alike +\d/)
  })

  it('dedupe of one side travels to the other: both keep one of each', async () => {
    writeMaildir(a, { INBOX: [mail(1), mail(1), mail(2)] })
    await place.sync('--yes')
    expect((await place.run(['dedupe', 'a', '--yes'])).status).toBe(0)
    await place.sync('--yes')
    await expectInStep()
    expect(numbersIn(a)).toEqual([1, 2])
  })

  it('folders that the channel leaves out are left alone on both sides', async () => {
    place.configure(
      ['a: { type: maildir, path: ./a }', 'b: { type: maildir, path: ./b, notFolders: [Trash] }'],
      'home: { between: [a, b], mode: two-way, notFolders: [Lists] }',
    )
    writeMaildir(a, { INBOX: [mail(1)], Lists: [mail(2)], Trash: [mail(3)] })
    writeMaildir(b, { INBOX: [], Trash: [mail(4)] })
    expect(steps(await place.sync('--yes'))).toEqual({ copy: 1 })
    expect([Object.keys(readMaildir(b)), numbersIn(a), numbersIn(b)]).toEqual([
      ['INBOX', 'Trash'],
      [1, 2, 3],
      [1, 4],
    ])
  })

  it('a side that is not there yet is made', async () => {
    writeMaildir(a, { INBOX: mails(0, 3), Work: [mail(5)] })
    expect((await place.sync('--yes')).status).toBe(0)
    await expectInStep()
  })
})

describe('the state', () => {
  const stateFiles = () => readdirSync(join(place.state, 'sync')).map((name) => join(place.state, 'sync', name))

  beforeEach(async () => {
    writeMaildir(a, { INBOX: mails(0, 30) })
    await place.sync('--yes')
  })

  it.each([
    ['deleted', () => rmSync(join(place.state, 'sync'), { recursive: true })],
    ['cut', () => stateFiles().map((file) => writeFileSync(file, readFileSync(file).subarray(0, 5000)))],
    ['overwritten', () => stateFiles().map((file) => writeFileSync(file, 'no database at all'))],
    ['emptied', () => stateFiles().map((file) => writeFileSync(file, ''))],
  ])('%s: nothing is deleted, nothing doubles, and what came back is listed', async (_, lose) => {
    remove(a, 3)
    remove(b, 4)
    writeMaildir(b, { INBOX: [mail(50)] })
    lose()
    const { status, document } = await place.sync('--yes')
    expect([status, steps({ document })]).toEqual([0, { copy: 3 }])
    expect(document.cameBack.map(({ subject }: { subject: string }) => subject).sort()).toEqual([
      'Number 3',
      'Number 4',
      'Number 50',
    ])
    expect(document.notes.join(' ')).toMatch(/come back/)
    await expectInStep()
    remove(a, 3)
    expect(steps(await place.sync('--yes'))).toEqual({ delete: 1 })
  })

  it('an older one brought back deletes nothing that came since', async () => {
    cpSync(join(place.state, 'sync'), place.at('old'), { recursive: true })
    remove(a, 0)
    writeMaildir(b, { INBOX: mails(40, 42) })
    await place.sync('--yes')
    remove(b, 41)
    writeMaildir(a, { INBOX: [mail(0)] })
    rmSync(join(place.state, 'sync'), { recursive: true })
    cpSync(place.at('old'), join(place.state, 'sync'), { recursive: true })
    await place.sync('--yes')
    await expectInStep()
    expect(numbersIn(a)).toEqual([...Array.from({ length: 30 }, (_, at) => at), 40, 41])
  })

  it('a side that is emptied stops with status 5, and --rebuild-state fills it again', async () => {
    const held = readMaildir(b)
    for (const name of readdirSync(join(a, 'cur'))) rmSync(join(a, 'cur', name))
    const refused = await place.sync('--yes')
    expect([refused.status, refused.document.error.code]).toEqual([5, 'SAFETY_LIMIT'])
    expect(readMaildir(b)).toEqual(held)
    rmSync(a, { recursive: true })
    mkdirSync(a)
    expect((await place.sync('--yes')).status).toBe(5)
    const listed = await place.run(['channels', '--json'])
    expect(JSON.parse(listed.stdout).channels).toMatchObject([{ end: 'refused', pending: 31, state: 'kept' }])
    expect(steps(await place.sync('--yes', '--rebuild-state'))).toMatchObject({ copy: 30 })
    await expectInStep()
  })

  it('of other stores is not believed', async () => {
    writeMaildir(place.at('c'), { INBOX: mails(0, 5) })
    place.configure(
      ['a: { type: maildir, path: ./a }', 'c: { type: maildir, path: ./c }'],
      'home: { between: [a, c], mode: two-way }',
    )
    const { status, document, stderr } = await place.sync('--yes')
    expect([status, steps({ document })]).toEqual([0, { copy: 25 }])
    expect(stderr).toMatch(/of other stores/)
  })

  it('channels tell that it is lost', async () => {
    const state = async () => JSON.parse((await place.run(['channels', '--json'])).stdout).channels[0].state
    expect(await state()).toBe('kept')
    rmSync(join(place.state, 'sync'), { recursive: true })
    expect(await state()).toBe('lost')
    expect((await place.run(['channels', '--exit-code'])).stdout).toMatch(/deleted mail may come back/)
  })
})

describe('what cannot be known', () => {
  beforeEach(async () => {
    writeMaildir(a, { INBOX: mails(0, 3) })
    await place.sync('--yes')
    remove(a, 1)
    writeMaildir(b, { INBOX: [mail(7)] })
    rmSync(place.state, { recursive: true })
  })

  it('is decided by the store that is preferred', async () => {
    await place.sync('--yes', '--prefer', 'a')
    expect([numbersIn(a), numbersIn(b)]).toEqual([
      [0, 2],
      [0, 2],
    ])
  })

  it('is asked in a CSV, and answered in it', async () => {
    const asked = await place.sync('--dry-run', '--questions', 'open.csv')
    expect(asked.document.questions).toHaveLength(2)
    const [header = '', ...rows] = readFileSync(place.at('open.csv'), 'utf8').trim().split('\r\n')
    expect([header, rows.length]).toEqual([expect.stringMatching(/^question,.*,taken,allowed,answer$/), 2])
    const answered = rows.map((row) => row + (row.includes('Number 1,') ? 'delete' : ''))
    writeFileSync(place.at('filled.csv'), [header, ...answered].join('\n'))
    const { status, document } = await place.sync('--yes', '--answers', 'filled.csv')
    expect([status, steps({ document })]).toEqual([0, { copy: 1, delete: 1 }])
    expect([numbersIn(a), numbersIn(b)]).toEqual([
      [0, 2, 7],
      [0, 2, 7],
    ])
    const late = await place.sync('--yes', '--answers', 'filled.csv')
    expect([late.status, late.stderr]).toEqual([0, expect.stringMatching(/1 of 1 answers are to questions/)])
  })

  it('a wrong answer is refused with its line, and nothing is changed', async () => {
    await place.sync('--dry-run', '--questions', 'open.csv')
    const before = [readMaildir(a), readMaildir(b)]
    const text = readFileSync(place.at('open.csv'), 'utf8')
    for (const [wrong, message] of [
      [text.replace(/,(\r\n[^\r]*\r\n)$/, ',maybe$1'), /^wrong\.csv:2: "answer" is "maybe"/],
      [text.replace(/,(\r\n[^\r]*\r\n)$/, ',as-a$1'), /^wrong\.csv:2: "answer" is "as-a"/],
      ['', /^wrong\.csv:1: the line is missing/],
      ['a,b\n1,2\n', /^wrong\.csv:1: "question" is missing/],
    ] as const) {
      writeFileSync(place.at('wrong.csv'), wrong)
      const { status, document } = await place.sync('--yes', '--answers', 'wrong.csv')
      expect([status, document.error.message]).toEqual([2, expect.stringMatching(message)])
    }
    expect((await place.sync('--yes', '--answers', 'none.csv')).document.error.message).toMatch(/cannot be read/)
    expect([readMaildir(a), readMaildir(b)]).toEqual(before)
  })
})
