import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { filled, mail, mails, readMaildir, writeMaildir } from '../support/maildir-mail.js'
import { makeWorkplace, type Workplace } from '../support/run-program.js'
import { readSchema } from '../support/schemas.js'

let place: Workplace
let slave: string
beforeEach(async () => {
  place = await makeWorkplace()
  slave = join(place.path, 's')
  writeMaildir(join(place.path, 'm'), {
    INBOX: [...mails(0, 6), mail(20, { flags: '' })],
    Work: [mail(30), mail(31)],
    New: [mail(40, { flags: 'FRS' })],
  })
  writeMaildir(slave, {
    INBOX: [...mails(0, 3), mail(20, { flags: 'FS' }), mail(30), mail(50, { flags: 'DF' })],
    Work: [],
  })
})
afterEach(() => place[Symbol.asyncDispose]())

const json = async (...args: readonly string[]) => {
  const run = await place.run([...args, '--json'])
  return { ...run, document: JSON.parse(run.stdout) }
}
const sync = async (...args: readonly string[]) =>
  (await json('sync', 'maildir:m', 'maildir:s', '--yes', ...args)).document.run as string

describe('undo', () => {
  it('takes a sync back: copies, moves, flags, deletions and folders', async () => {
    const before = readMaildir(slave)
    const run = await sync('--delete')
    expect(readMaildir(slave)).not.toEqual(before)
    const { status, document } = await json('undo', run, '--yes')
    expect([status, document.summary]).toMatchObject([0, { failed: 0, skipped: 0 }])
    expect(readMaildir(slave)).toEqual(before)
    const validate = new Ajv2020().compile(await readSchema('undo'))
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
  })

  it('shows its plan first, and the plan can be saved and applied', async () => {
    const before = readMaildir(slave)
    const run = await sync()
    const after = readMaildir(slave)
    const dry = await json('undo', run, '--dry-run')
    expect([dry.status, dry.document.run, readMaildir(slave)]).toEqual([0, null, after])
    await json('undo', run, '--plan', 'undo.plan')
    expect((await json('apply', 'undo.plan', '--yes')).status).toBe(0)
    expect(readMaildir(slave)).toEqual(before)
  })

  it('can be undone itself', async () => {
    const run = await sync('--delete')
    const after = filled(readMaildir(slave))
    const { document } = await json('undo', run, '--yes')
    const again = await json('undo', document.run, '--yes')
    expect([again.status, filled(readMaildir(slave))]).toEqual([0, after])
  })

  it('takes no copy away whose source has gone, and says so', async () => {
    const run = await sync()
    const cur = join(place.path, 'm', 'cur')
    const [gone = ''] = readdirSync(cur).filter((name) => name.startsWith(`${1_500_000_000 + 4 * 60 + 5}`))
    rmSync(join(cur, gone))
    const { document } = await json('undo', run, '--yes')
    expect(document.notes.join(' ')).toContain('left, since maildir:m has')
    expect(readMaildir(slave).INBOX?.some((line) => line.includes('<4@example.org>'))).toBe(true)
  })

  it('takes a dedupe back', async () => {
    writeMaildir(slave, { INBOX: [mail(50, { flags: 'S' })] })
    const before = readMaildir(slave)
    const { document } = await json('dedupe', 'maildir:s', '--yes')
    expect(document.summary.delete).toBe(1)
    await json('undo', document.run, '--yes')
    expect(readMaildir(slave)).toEqual(before)
  })

  it('of a migration: the list of checksums tells what is left, and goes with the last mail', async () => {
    const list = join(place.path, 't.sha256')
    const first = (await json('migrate', 'maildir:m', 't', '--format', 'maildir', '--yes')).document.run
    const before = readFileSync(list, 'utf8')
    writeMaildir(join(place.path, 'm'), { INBOX: [mail(60), mail(61)] })
    const second = (await json('migrate', 'maildir:m', 't', '--format', 'maildir', '--yes')).document.run
    expect(readFileSync(list, 'utf8')).not.toBe(before)
    await json('undo', second, '--yes')
    expect(readFileSync(list, 'utf8')).toBe(before)
    await json('undo', first, '--yes')
    expect([existsSync(list), filled(readMaildir(join(place.path, 't')))]).toEqual([false, {}])
  })

  it('of a run leaves a list of checksums that no migration made', async () => {
    writeFileSync(join(place.path, 's.sha256'), 'mine')
    await json('undo', await sync(), '--yes')
    expect(readFileSync(join(place.path, 's.sha256'), 'utf8')).toBe('mine')
  })

  it('of a run that was undone already is refused, and says by which', async () => {
    const run = await sync('--delete')
    const { document } = await json('undo', run, '--yes')
    const again = await json('undo', run, '--yes')
    expect([again.status, again.document.error.message]).toEqual([2, expect.stringContaining(document.run)])
  })

  it('that was killed is gone on with by the same command, and nothing comes twice', async () => {
    const before = readMaildir(slave)
    const run = await sync('--delete')
    const { document } = await json('undo', run, '--yes')
    const journal = join(place.path, '..', 'state', 'mbaudit', 'runs', document.run, 'journal.jsonl')
    const lines = readFileSync(journal, 'utf8').trimEnd().split('\n')
    expect(lines.at(-1)).toMatch(/^\{"end"/)
    writeFileSync(
      journal,
      lines
        .slice(0, -1)
        .map((line) => `${line}\n`)
        .join(''),
    )
    const again = await json('undo', run, '--yes')
    expect([again.status, again.document.steps, readMaildir(slave)]).toEqual([0, [], before])
  })

  it.each([['nothing'], [''], ['2']])('of %j, which names no run or several, is refused', async (name) => {
    await sync('--delete')
    await json('dedupe', 'maildir:s', '--yes')
    const { status, document } = await json('undo', name === '2' ? '2' : name, '--yes')
    expect([status, document.error?.code ?? 'done']).toEqual(name === '2' ? expect.anything() : [2, 'USAGE'])
  })
})

describe('runs', () => {
  it('lists what was carried out, the newest first, with its state', async () => {
    const empty = await place.run(['runs'])
    expect([empty.status, empty.stdout]).toEqual([0, expect.stringContaining('No run was carried out yet')])
    const run = await sync('--delete')
    const { document: undone } = await json('undo', run, '--yes')
    const { status, document } = await json('runs')
    const validate = new Ajv2020().compile(await readSchema('runs'))
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
    expect([status, document.runs]).toMatchObject([
      0,
      [
        { run: undone.run, command: 'undo', state: 'done' },
        { run, command: 'sync', state: 'undone', undoneBy: undone.run, quarantined: 1 },
      ],
    ])
    expect((await place.run(['runs'])).stdout).toContain(`taken back by ${undone.run}`)
  })

  it('shows the steps of one, by the beginning of its name', async () => {
    const run = await sync('--delete')
    const { status, document } = await json('runs', run.slice(0, 20))
    const validate = new Ajv2020().compile(await readSchema('runs-steps'))
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
    expect([status, document.run, document.steps.length]).toEqual([0, run, document.summary.done])
    expect((await json('runs', 'nothing')).status).toBe(2)
  })

  it('--prune empties quarantines that are old enough, when agreed to', async () => {
    const run = await sync('--delete')
    const quarantine = join(place.path, '..', 'data', 'mbaudit', 'quarantine', run, 'cur')
    expect(readdirSync(quarantine)).toHaveLength(1)
    expect((await json('runs', '--prune', '1d', '--yes')).document.summary).toMatchObject({ runs: 0, messages: 0 })
    expect((await json('runs', '--prune', '0d', '--dry-run')).document.summary).toMatchObject({ runs: 1, messages: 1 })
    expect(readdirSync(quarantine)).toHaveLength(1)
    const pruned = await json('runs', '--prune', '0d', '--yes')
    const validate = new Ajv2020().compile(await readSchema('runs-prune'))
    expect(validate(pruned.document), JSON.stringify(validate.errors)).toBe(true)
    expect([pruned.status, pruned.document.summary]).toMatchObject([0, { runs: 1, messages: 1 }])
    expect(existsSync(quarantine) && readdirSync(quarantine).length > 0).toBe(false)
    const { document } = await json('undo', run, '--yes')
    expect(document.notes.join(' ')).toMatch(/quarantine/)
    expect(readMaildir(slave).INBOX?.some((line) => line.includes('<50@example.org>'))).toBe(false)
  })

  it.each([['soon'], ['5'], ['-1d']])('--prune %s is no age', async (age) => {
    const { status, document } = await json('runs', `--prune=${age}`, '--yes')
    expect([status, document.error.hint]).toEqual([2, expect.stringContaining('90d')])
  })
})
