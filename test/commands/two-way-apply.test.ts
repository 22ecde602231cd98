import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { beforeEach, expect, it } from 'vitest'
import { stateFileOf } from '../../src/index/sync-state-file.js'
import { forEachTest } from '../support/for-each-test.js'
import { mail, mails, readMaildir, textsIn, writeMaildir } from '../support/maildir-mail.js'
import { finished } from '../support/run-program.js'
import { flag, makeTwoWayPlace, remove } from '../support/two-way-place.js'

const STORES = ['a: { type: maildir, path: ./a }', 'b: { type: maildir, path: ./b }']
const HOME = 'home: { between: [a, b], mode: two-way }'

const place = forEachTest(() => makeTwoWayPlace())
let a: string
let b: string
beforeEach(() => {
  a = place.at('a')
  b = place.at('b')
  place.configure(STORES, HOME)
})

const stepsOf = ({ document }: { document: { steps: readonly { op: string; store: string; subject: string }[] } }) =>
  document.steps.map(({ op, store, subject }) => `${op} ${store} ${subject}`).sort()
const save = (...args: readonly string[]) => place.sync('--plan', 'home.plan', ...args)
const apply = async (...args: readonly string[]) => {
  const run = await place.run(['apply', 'home.plan', '--yes', '--json', ...args])
  return { ...run, document: JSON.parse(run.stdout) }
}
const record = async () => JSON.parse((await place.run(['channels', '--json'])).stdout).channels[0]

it('what a saved plan did, and what was on both sides before, is known to the next sync', async () => {
  writeMaildir(a, { INBOX: mails(0, 6) })
  writeMaildir(b, { INBOX: mails(3, 9) })
  await save()
  const { status, document, stderr } = await apply()
  expect([status, document.summary]).toMatchObject([0, { copy: 6, done: 6 }])
  expect(stderr).not.toMatch(/state of channel/)
  remove(a, 4)
  remove(b, 0)
  remove(a, 8)
  flag(b, 5, '')
  expect(stepsOf(await place.sync('--yes'))).toEqual([
    'delete a Number 0',
    'delete b Number 4',
    'delete b Number 8',
    'flags a Number 5',
  ])
  expect(readMaildir(a)).toEqual(readMaildir(b))
})

it('deletions, moves and flags of a saved plan are known too', async () => {
  writeMaildir(a, { INBOX: mails(0, 6), Work: [] })
  await place.sync('--yes')
  remove(a, 0)
  flag(a, 1, 'FS')
  const [moved] = readdirSync(join(a, 'cur')).filter((name) =>
    readFileSync(join(a, 'cur', name), 'utf8').includes('<2@'),
  )
  writeMaildir(a, { Work: [mail(2)] })
  rmSync(join(a, 'cur', moved ?? ''))
  await save()
  const { document } = await apply()
  expect(document.summary).toMatchObject({ delete: 1, move: 1, flags: 1, done: 3 })
  writeMaildir(a, { INBOX: [mail(0)] })
  flag(b, 1, 'S')
  remove(b, 3)
  expect(stepsOf(await place.sync('--yes'))).toEqual(['copy a Number 0', 'delete a Number 3', 'flags a Number 1'])
})

it('a plan with nothing to do tells the state what both sides show', async () => {
  writeMaildir(a, { INBOX: mails(0, 3) })
  writeMaildir(b, { INBOX: mails(0, 3) })
  await save()
  expect((await apply()).document.steps).toEqual([])
  remove(b, 1)
  expect(stepsOf(await place.sync('--yes'))).toEqual(['delete a Number 1'])
})

it('the folders that the plan was asked for pair as they did then', async () => {
  writeMaildir(a, { 'x=y': mails(0, 3), Other: mails(10, 12) })
  await save('--map', 'x\\=y=Work', '--folder', 'x=y')
  expect((await apply()).document.summary).toMatchObject({ createFolder: 1, copy: 3 })
  remove(join(b, '.Work'), 1)
  const next = await place.sync('--dry-run', '--map', 'x\\=y=Work', '--folder', 'x=y')
  expect(stepsOf(next)).toEqual(['delete a Number 1'])
})

it('the record of the channel tells of it', async () => {
  writeMaildir(a, { INBOX: mails(0, 3) })
  await save()
  await place.run(['apply', 'home.plan', '--dry-run'])
  expect(existsSync(place.state)).toBe(false)
  const { document } = await apply()
  expect(await record()).toMatchObject({ end: 'done', run: document.run, pending: 0, questions: 0, state: 'kept' })
})

it('a mail that was taken out of the plan is asked about again', async () => {
  writeMaildir(a, { INBOX: mails(0, 3) })
  writeMaildir(b, { INBOX: mails(2, 5) })
  await save()
  const lines = readFileSync(place.at('home.plan'), 'utf8').trimEnd().split('\n')
  writeFileSync(place.at('home.plan'), lines.filter((line) => !line.includes('"id":"<4@')).join('\n'))
  await apply()
  const { document } = await place.sync('--dry-run')
  expect(document.cameBack.map(({ subject }: { subject: string }) => subject)).toEqual(['Number 4'])
  expect(stepsOf(await place.sync('--yes'))).toEqual(['copy b Number 4'])
  remove(a, 4)
  expect(stepsOf(await place.sync('--yes'))).toEqual(['delete b Number 4'])
})

it('a plan of a state that is to be forgotten forgets it when it is carried out', async () => {
  writeMaildir(a, { INBOX: mails(0, 30) })
  await place.sync('--yes')
  rmSync(a, { recursive: true })
  mkdirSync(a)
  expect((await save('--rebuild-state')).document.summary).toMatchObject({ copy: 30 })
  const { stderr } = await apply()
  expect(stderr).toMatch(/the state was forgotten, as asked for/)
  expect(stepsOf(await place.sync('--yes'))).toEqual([])
  remove(b, 7)
  expect(stepsOf(await place.sync('--yes'))).toEqual(['delete a Number 7'])
})

it.each([
  ['is gone from the configuration', () => place.configure(STORES, 'other: { between: [a, b], mode: two-way }')],
  ['is one-way now', () => place.configure(STORES, 'home: { master: a, slave: b, mode: archive }')],
  [
    'is between other stores now',
    () => place.configure([...STORES, 'c: { type: maildir, path: ./c }'], 'home: { between: [a, c], mode: two-way }'),
  ],
])('a channel that %s: the plan is carried out, and it is said', async (_, change) => {
  writeMaildir(a, { INBOX: mails(0, 3) })
  await save()
  change()
  const { status, document, stderr } = await apply()
  expect([status, document.summary]).toMatchObject([0, { copy: 3, done: 4 }])
  expect(stderr).toMatch(/the state of channel home does not learn what this plan does: the configuration has no such/)
  expect(document.notes).toContainEqual(expect.stringMatching(/^the state of channel home does not learn/))
  expect(existsSync(stateFileOf(place.state, 'home'))).toBe(false)
})

it('a state that cannot be used: the plan is carried out, and it is said', async () => {
  writeMaildir(a, { INBOX: mails(0, 3) })
  await save()
  mkdirSync(place.state, { recursive: true })
  writeFileSync(join(place.state, 'sync'), 'no folder')
  const { status, document, stderr } = await apply()
  expect([status, document.summary]).toMatchObject([0, { copy: 3, done: 4 }])
  expect(stderr).toMatch(/the state of channel home does not learn what this plan does: EEXIST/)
  expect(document.notes).toContainEqual(expect.stringMatching(/^the state of channel home does not learn.*: EEXIST/))
})

it('a state that is damaged is put aside, and begun anew', async () => {
  writeMaildir(a, { INBOX: mails(0, 3) })
  await place.sync('--yes')
  writeMaildir(a, { INBOX: [mail(5)] })
  await save()
  writeFileSync(stateFileOf(place.state, 'home'), 'no database')
  const { status, stderr } = await apply()
  expect([status, stderr]).toEqual([0, expect.stringMatching(/the state of the last sync is damaged/)])
  remove(a, 1)
  remove(b, 5)
  expect(stepsOf(await place.sync('--yes'))).toEqual(['delete a Number 5', 'delete b Number 1'])
})

const numbersIn = (maildir: string): number[] =>
  textsIn(maildir).map((text) => Number(/^Subject: Number (\d+)$/m.exec(text)?.[1]))
/** Whether the journal of the run tells of something that is done. */
function hasDone(): boolean {
  const runs = join(place.state, 'runs')
  const journals = (existsSync(runs) ? readdirSync(runs) : []).map((run) => join(runs, run, 'journal.jsonl'))
  return journals.some((journal) => existsSync(journal) && readFileSync(journal).includes('{"done":'))
}

async function applyKilled(): Promise<void> {
  const child = place.start(['apply', 'home.plan', '--yes'])
  const end = finished(child)
  while (child.exitCode === null && !hasDone()) await setTimeout(1)
  expect(child.exitCode).toBeNull()
  child.kill('SIGKILL')
  await end
}

it.each([
  ['the same command goes on', async () => {}],
  ['a sync comes in between', async () => void (await place.sync('--yes', '--max-delete', 'none'))],
])('killed in the middle, and %s: what was deleted meanwhile stays deleted', async (_, between) => {
  writeMaildir(a, { INBOX: mails(0, 1500) })
  writeMaildir(b, { INBOX: mails(1480, 1500) })
  await save()
  await applyKilled()
  const there = numbersIn(b)
  const copied = Math.min(...there)
  expect([copied < 1480, there.length < 1500]).toEqual([true, true])
  await between()
  remove(b, copied, 1490)
  await apply()
  expect(stepsOf(await place.sync('--yes'))).toEqual(['delete a Number 1490', `delete a Number ${copied}`].sort())
  expect(readMaildir(a)).toEqual(readMaildir(b))
  expect(readMaildir(a).INBOX).toHaveLength(1498)
})
