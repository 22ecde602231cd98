import { existsSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { filled, mail, mails, readMaildir, writeMaildir } from '../support/maildir-mail.js'
import { makeWorkplace, type Workplace } from '../support/run-program.js'
import { readSchema } from '../support/schemas.js'

let place: Workplace
let master: string
let slave: string
beforeEach(async () => {
  place = await makeWorkplace()
  master = join(place.path, 'm')
  slave = join(place.path, 's')
})
afterEach(() => place[Symbol.asyncDispose]())

const M = 'maildir:m'
const S = 'maildir:s'
const sync = async (...args: readonly string[]) => {
  const run = await place.run(['sync', M, S, '--json', ...args])
  return { ...run, document: JSON.parse(run.stdout) }
}
const steps = ({ summary }: { summary: Record<string, number> }) =>
  Object.fromEntries(
    ['createFolder', 'copy', 'move', 'flags', 'delete', 'deleteFolder'].flatMap((op) =>
      summary[op] === 0 ? [] : [[op, summary[op]]],
    ),
  )

/** A slave that lacks, has more, has otherwise and has elsewhere. */
function writeDifferent(): void {
  const both = mails(0, 10)
  writeMaildir(master, {
    INBOX: [...both, ...mails(20, 24), mail(30, { id: null }), mail(40, { flags: '' })],
    'Archive/2001': [mail(50)],
    New: [mail(60, { flags: 'FS' })],
  })
  writeMaildir(slave, { INBOX: [...both, mail(40, { flags: 'FS' }), mail(50), mail(70)], 'Archive/2001': [] })
}

it('into MH that is not there yet calls no folder by a number, which MH takes for a message; run again it plans nothing', async () => {
  writeMaildir(master, {
    INBOX: mails(0, 2),
    2024: mails(2, 4),
    'Archive/2001': mails(4, 5),
    'Archive/2001/May 3': mails(5, 6),
  })
  const into = async () => JSON.parse((await place.run(['sync', M, 'mh:new', '--yes', '--json'])).stdout)
  expect(steps(await into())).toEqual({ createFolder: 4, copy: 6 })
  const names = readdirSync(join(place.path, 'new'), { recursive: true, withFileTypes: true })
  const folders = names.filter((entry) => entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name))
  expect(folders.map((path) => path.slice(join(place.path, 'new').length + 1)).sort()).toEqual([
    '2024_',
    'Archive',
    'Archive/2001_',
    'Archive/2001_/May 3',
  ])
  expect(steps(await into())).toEqual({})
})

it.each([
  ['mh:new', ['_hidden', 'cur']],
  ['eml:new', ['_hidden', 'cur']],
  ['maildir:new?layout=fs', ['&AC4-hidden', 'cur_']],
  ['maildir:new', ['.&AC4-hidden', '.cur']],
])('into %s a folder that it cannot have gets another name; run again it plans nothing', async (slaveName, called) => {
  writeMaildir(master, { INBOX: mails(0, 2), '&AC4-hidden': mails(2, 4), cur: mails(4, 5) })
  const first = await place.run(['sync', M, slaveName, '--yes', '--json'])
  expect([first.status, steps(JSON.parse(first.stdout))]).toEqual([0, { createFolder: 3, copy: 5 }])
  const names = readdirSync(join(place.path, 'new'))
  expect(called.filter((name) => !names.includes(name))).toEqual([])
  expect(steps(JSON.parse((await place.run(['sync', M, slaveName, '--yes', '--json'])).stdout))).toEqual({})
  const compared = await place.run(['compare', M, slaveName, '--exit-code'])
  expect([compared.status, compared.stderr]).toEqual([0, expect.stringContaining('no problems')])
})

describe('nothing is changed before it was shown and agreed to', () => {
  it.each([
    [['sync', M, S], /--dry-run shows the plan, --plan FILE saves it, --yes/],
    [['dedupe', M], /--plan FILE/],
    [['apply', 'x.plan'], /--yes carries it out/],
    [['undo', 'x'], /--plan FILE/],
    [['runs', '--prune', '30d'], /--yes/],
  ])('%j without a terminal is refused before anything is read', async (args, hint) => {
    const run = await place.run([...args, '--json'])
    expect([run.status, JSON.parse(run.stdout).error.code]).toEqual([2, 'USAGE'])
    expect(JSON.parse(run.stdout).error).toMatchObject({
      message: expect.stringContaining('no terminal'),
      hint: expect.stringMatching(hint),
    })
  })

  it('--dry-run shows the very steps that --yes carries out, and changes nothing', async () => {
    writeDifferent()
    const before = [readMaildir(master), readMaildir(slave)]
    const dry = await sync('--dry-run', '--delete')
    expect([dry.status, dry.document.run]).toEqual([0, null])
    expect([readMaildir(master), readMaildir(slave)]).toEqual(before)
    expect(existsSync(join(place.path, '..', 'state'))).toBe(false)
    const ids = ({ steps }: { steps: { step: string }[] }) => steps.map(({ step }) => step)
    const real = await sync('--yes', '--delete')
    expect(ids(real.document)).toEqual(ids(dry.document))
    expect(new Set(dry.document.steps.map(({ outcome }: { outcome: string }) => outcome))).toEqual(new Set(['planned']))
    expect(new Set(real.document.steps.map(({ outcome }: { outcome: string }) => outcome))).toEqual(new Set(['done']))
  })
})

describe('sync', () => {
  it('makes the slave like the master, but for what it alone has; the master is as it was', async () => {
    writeDifferent()
    const before = readMaildir(master)
    const own = readMaildir(slave).INBOX?.filter((line) => line.includes('Number 70'))
    const { status, document, stderr } = await sync('--yes')
    expect([status, stderr.match(/^(error|problem)/m)]).toEqual([0, null])
    expect(steps(document)).toEqual({ createFolder: 1, copy: 6, move: 1, flags: 1 })
    expect(document.summary).toMatchObject({ done: 9, failed: 0, skipped: 0, verified: 6, alteredByServer: 0 })
    expect(readMaildir(slave)).toEqual({ ...before, INBOX: [...(before.INBOX ?? []), ...(own ?? [])].sort() })
    expect(readMaildir(master)).toEqual(before)
  })

  it('gives JSON by its schema, before and after', async () => {
    writeDifferent()
    const validate = new Ajv2020().compile(await readSchema('sync'))
    for (const how of ['--dry-run', '--yes', '--yes']) {
      const { document } = await sync(how)
      expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
    }
  })

  it('plans nothing the second time, from another computer too', async () => {
    writeDifferent()
    await sync('--yes', '--delete')
    for (const part of ['cache', 'state', 'data'])
      rmSync(join(place.path, '..', part), { recursive: true, force: true })
    const { status, document } = await sync('--yes', '--delete', '--exit-code')
    expect([status, steps(document), document.run]).toEqual([0, {}, null])
  })

  it('--delete makes a mirror', async () => {
    writeDifferent()
    const { document } = await sync('--yes', '--delete')
    expect(steps(document).delete).toBe(1)
    expect(readMaildir(slave)).toEqual(readMaildir(master))
  })

  it.each([['maildir'], ['mbox'], ['mh'], ['eml']])('makes a slave that is not there: %s', async (kind) => {
    writeDifferent()
    const made = `${kind}:deep/down/new`
    const dry = await place.run(['sync', M, made, '--dry-run', '--json'])
    expect([dry.status, existsSync(join(place.path, 'deep'))]).toEqual([0, false])
    const run = await place.run(['sync', M, made, '--yes', '--json'])
    expect([run.status, JSON.parse(run.stdout).summary]).toMatchObject([
      0,
      { copy: 18, done: expect.any(Number), failed: 0 },
    ])
    const again = await place.run(['sync', M, made, '--yes', '--exit-code'])
    expect([again.status, again.stdout]).toEqual([0, expect.stringContaining('Nothing to do')])
    const compared = await place.run(['compare', M, made, '--json'])
    expect(JSON.parse(compared.stdout).summary).toMatchObject({ missing: 0, extra: 0, moved: 0, changed: 0 })
  })

  it('leaves out what --folder, --since, --until and --max-size do not ask for, and deletes none of it', async () => {
    const long = mail(3, { body: 'x'.repeat(3000) })
    writeMaildir(master, { INBOX: [mail(1), mail(2), long], Work: [mail(4)] })
    writeMaildir(slave, { INBOX: [mail(8)], Work: [mail(9)], Other: [mail(7)] })
    expect(steps((await sync('--dry-run', '--delete', '--folder', 'Work', '--max-delete', 'none')).document)).toEqual({
      copy: 1,
      delete: 1,
    })
    expect(steps((await sync('--dry-run', '--max-size', '1k')).document)).toEqual({ copy: 3 })
    expect(steps((await sync('--dry-run', '--until', '2017-07-13')).document)).toEqual({})
    expect(steps((await sync('--dry-run', '--since', '2017-07-14', '--until', '2017-07-14')).document)).toEqual({
      copy: 4,
    })
    expect(steps((await sync('--dry-run', '--since', '2017-07-15')).document)).toEqual({})
  })

  it('pairs folders as --map says', async () => {
    writeMaildir(master, { INBOX: [], Work: [mail(1)], 'Work/Old': [mail(2)] })
    await sync('--yes', '--map', 'Work=Archive/Work')
    expect(Object.keys(filled(readMaildir(slave))).sort()).toEqual(['Archive/Work', 'Archive/Work/Old'])
  })

  it('copies one of several copies, or --copies all', async () => {
    writeMaildir(master, { INBOX: [mail(1), mail(1)] })
    expect(steps((await sync('--dry-run')).document)).toMatchObject({ copy: 1 })
    await sync('--yes', '--copies', 'all')
    expect(readMaildir(slave).INBOX).toHaveLength(2)
    expect(steps((await sync('--yes', '--copies', 'all')).document)).toEqual({})
  })
})

describe('a pair that is none', () => {
  it.each([
    [[M, M], 2, /one store/],
    [[M, 'm'], 2, /one store/],
    [[M, 'maildir:./m/../m'], 2, /one store/],
    [[M, 'maildir:m/.Below'], 2, /within each other/],
    [['maildir:m/.Archive.2001', M], 2, /within each other/],
    [[M, 'nowhere'], 3, /nothing is there/],
    [['maildir:nowhere', M], 3, /nothing is there/],
  ])('%j', async (pair, status, message) => {
    writeMaildir(master, { INBOX: [mail(1)], 'Archive/2001': [mail(2)] })
    const run = await place.run(['sync', ...pair, '--yes', '--json'])
    expect([run.status, JSON.parse(run.stdout).error.message]).toEqual([status, expect.stringMatching(message)])
  })

  it('says how one that is not there is made', async () => {
    writeMaildir(master, { INBOX: [mail(1)] })
    const run = await place.run(['sync', M, 'nowhere', '--yes'])
    expect(run.stderr).toContain('maildir:nowhere')
  })
})

describe('limits', () => {
  it('an emptied master never empties its slave: status 5, nothing changed, and the plan can be looked at', async () => {
    writeMaildir(master, { INBOX: [] })
    writeMaildir(slave, { INBOX: mails(0, 30) })
    const held = readMaildir(slave)
    const refused = await sync('--yes', '--delete')
    expect([refused.status, refused.document.error.code]).toEqual([5, 'SAFETY_LIMIT'])
    const shown = await sync('--dry-run', '--delete')
    expect([shown.status, steps(shown.document), shown.document.problems]).toMatchObject([
      5,
      { delete: 30 },
      [{ code: 'SAFETY_LIMIT' }],
    ])
    expect(readMaildir(slave)).toEqual(held)
    expect((await sync('--yes', '--delete', '--max-delete', 'none')).status).toBe(0)
    expect(readMaildir(slave)).toEqual({ INBOX: [] })
  })

  it('--max-delete allows what it says', async () => {
    writeMaildir(master, { INBOX: mails(0, 10) })
    writeMaildir(slave, { INBOX: mails(0, 16) })
    expect((await sync('--yes', '--delete', '--max-delete', '5')).status).toBe(5)
    expect((await sync('--yes', '--delete', '--max-delete', '10%')).status).toBe(5)
    expect((await sync('--yes', '--delete', '--max-delete', '6')).status).toBe(0)
  })

  it('a folder that could not be read in full deletes nothing on the other side', async () => {
    writeMaildir(master, { INBOX: mails(0, 5), Work: mails(10, 15) })
    writeMaildir(slave, { INBOX: mails(0, 5), Work: mails(10, 18) })
    rmSync(join(master, '.Work', 'cur'), { recursive: true })
    symlinkSync('cur', join(master, '.Work', 'cur'))
    const { status, document } = await sync('--yes', '--delete')
    expect([status, steps(document).delete ?? 0]).toEqual([4, 0])
    expect(readMaildir(slave).Work).toHaveLength(8)
  })
})

describe('what is told', () => {
  it('a table with a line a folder, the first steps, and what to do next', async () => {
    writeDifferent()
    const { stdout, stderr } = await place.run(['sync', M, S, '--yes'])
    expect(stdout).toMatch(/9 of 9 steps done in maildir:s/)
    const run = /mbaudit undo (\S+)\./.exec(stdout)?.[1]
    expect(existsSync(join(place.path, '..', 'state', 'mbaudit', 'runs', run ?? 'none'))).toBe(true)
    expect(stderr).toMatch(/^note: to do: 1 folder to create, 1 message to move, 6 messages to copy/m)
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^mbaudit sync: 9 of 9 steps done .*; no problems; [\d.]+ s$/)
  })

  it('a row a step in CSV, with its outcome', async () => {
    writeDifferent()
    await place.run(['sync', M, S, '--yes', '--save', 'steps.csv'])
    const rows = readFileSync(join(place.path, 'steps.csv'), 'utf8').trimEnd().split('\r\n')
    expect(rows[0]).toBe(
      'step,op,store,folder,locator,toStore,toFolder,id,size,date,from,subject,add,remove,why,outcome,reason',
    )
    expect(rows).toHaveLength(10)
    expect(rows.filter((row) => row.includes('Number 60'))).toHaveLength(1)
  })

  it('no From or Subject with --no-subjects; never any in the plan or journal', async () => {
    writeDifferent()
    const { stdout } = await place.run(['sync', M, S, '--yes', '--json', '--no-subjects'])
    expect(stdout).not.toMatch(/Number \d/)
    const runs = join(place.path, '..', 'state', 'mbaudit', 'runs')
    const [run = ''] = readdirSync(runs)
    for (const file of ['plan.jsonl', 'journal.jsonl'])
      expect(readFileSync(join(runs, run, file), 'utf8')).not.toMatch(/Number \d|Ana/)
  })

  it('files that are for their owner alone', async () => {
    writeDifferent()
    await place.run(['sync', M, S, '--yes', '--delete'])
    const root = join(place.path, '..')
    const paths = ['state', 'data'].flatMap((part) =>
      readdirSync(join(root, part), { recursive: true, encoding: 'utf8' }).map((name) => join(root, part, name)),
    )
    expect(paths.length).toBeGreaterThan(5)
    expect(paths.filter((path) => (statSync(path).mode & 0o077) !== 0)).toEqual([])
  })
})
