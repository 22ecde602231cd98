import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { walkRunSteps } from '../../src/apply/runs.js'
import { undoFacts } from '../../src/apply/undo-facts.js'
import { stepProblems } from '../../src/cli/step-problems.js'
import type { Draft } from '../../src/plan/step.js'
import { writableMemory } from '../../src/stores/memory/writing.js'
import { folderName, locator } from '../../src/stores/store.js'
import {
  apply,
  copyOf,
  copyStep,
  deleteStep,
  flagsStep,
  keptAs,
  lacking,
  mail,
  memorySide,
  moveStep,
  planOf,
  told,
  Workbench,
} from '../support/applying.js'
import { forEachTest } from '../support/for-each-test.js'

const bench = forEachTest(() => new Workbench())

const INBOX = folderName('INBOX')

describe('copies', () => {
  it('are stored in the order of the source, with flags and date, and read back', async () => {
    const master = await memorySide('master', { INBOX: [mail('a', { flags: ['\\Seen', 'work'] }), mail('b')] }, null)
    const slave = await memorySide('slave', { INBOX: [] })
    const steps = ['a', 'b'].map((name) => copyStep(master, copyOf(master, name), slave))
    const result = await apply(bench, planOf(steps, [master, slave]), [master, slave])
    expect(result).toMatchObject({ ended: 'finished', done: 2, verified: 2, failed: 0, skipped: 0, open: 0 })
    expect(told(slave)).toEqual({ INBOX: ['a \\Seen work', 'b'] })
    expect(slave.store.folders.get(INBOX)?.[0]?.received).toBe(1_709_200_800)
    expect([...result.failures]).toEqual([])
  })

  it('go in pieces that the store takes well, several folders at a time', async () => {
    const names = Array.from({ length: 25 }, (_, n) => `m${n}`)
    const folders = ['INBOX', 'A', 'B', 'C']
    const master = await memorySide(
      'master',
      Object.fromEntries(folders.map((folder) => [folder, names.map((name) => mail(`${folder}${name}`))])),
      null,
    )
    const begun: string[] = []
    const empty = Object.fromEntries(folders.map((folder) => [folder, []]))
    const writing = {
      atOnce: { messages: 10, octets: 1 << 20 },
      onChange: (when: string, what: string) => begun.push(`${when} ${what}`),
    }
    const slave = await memorySide('slave', empty, writing)
    const steps = folders.flatMap((folder) =>
      names.map((name) => copyStep(master, copyOf(master, `${folder}${name}`, folder), slave, folder)),
    )
    const result = await apply(bench, planOf(steps, [master, slave]), [master, slave])
    expect(result.done).toBe(100)
    for (const folder of folders) expect(told(slave)[folder]).toEqual(names.map((name) => `${folder}${name}`))
    const begins = journalOf(result.run.path).filter((entry) => 'begin' in entry)
    expect(begins).toHaveLength(12)
  })

  it('are left where the mail came by itself meanwhile, and where the source changed or went', async () => {
    const master = await memorySide(
      'master',
      { INBOX: [mail('came'), mail('changed'), mail('gone'), mail('good')] },
      null,
    )
    const slave = await memorySide('slave', { INBOX: [] })
    const steps = ['came', 'changed', 'gone', 'good'].map((name) => copyStep(master, copyOf(master, name), slave))
    const plan = planOf(steps, [master, slave])
    slave.store.folders.get(INBOX)?.push(mail('came'))
    const held = master.store.folders.get(INBOX)
    if (held?.[1]) held[1].raw = mail('changed', { text: 'another text' }).raw
    held?.splice(2, 1)
    const result = await apply(bench, plan, [master, slave])
    expect(result).toMatchObject({ ended: 'finished', done: 1, skipped: 3 })
    expect([...result.failures].map(({ code, state, message }) => [code, state, message])).toEqual([
      ['PLAN_STALE', 'skipped', 'the mail is there by now'],
      ['PLAN_STALE', 'skipped', 'the message is another one now, under the same ID'],
      ['PLAN_STALE', 'skipped', 'the message is gone'],
    ])
    expect(told(slave)).toEqual({ INBOX: ['came', 'good'] })
  })

  it('that the store refuses are kept with its words; the others go on', async () => {
    const master = await memorySide('master', { INBOX: [mail('bad'), mail('good')] }, null)
    const refuses = ({ bytes }: { readonly bytes: Buffer }) => (bytes.includes('bad') ? 'a virus is in it' : null)
    const slave = await memorySide('slave', { INBOX: [] }, { refuses })
    const steps = ['bad', 'good'].map((name) => copyStep(master, copyOf(master, name), slave))
    const result = await apply(bench, planOf(steps, [master, slave]), [master, slave])
    expect(result).toMatchObject({ done: 1, failed: 1, verified: 1 })
    const [failure] = [...result.failures]
    expect(failure).toMatchObject({ code: 'REFUSED', message: 'a virus is in it', id: '<bad@example.org>' })
    expect(readFileSync(failure?.keptAs ?? '')).toEqual(mail('bad').raw)
    expect(statSync(failure?.keptAs ?? '').mode & 0o777).toBe(0o600)
  })

  it('that the server alters are told, with what was altered', async () => {
    const master = await memorySide('master', { INBOX: [mail('a')] }, null)
    const keeps = (bytes: Buffer) => Buffer.concat([Buffer.from('X-Server: was here\n'), bytes])
    const slave = await memorySide('slave', { INBOX: [] }, { keeps })
    const result = await apply(bench, planOf([copyStep(master, copyOf(master, 'a'), slave)], [master, slave]), [
      master,
      slave,
    ])
    expect(result).toMatchObject({ done: 1, verified: 0, alteredByServer: 1 })
    expect([...walkRunSteps(result.run)].map(({ state, message }) => [state, message])).toEqual([
      ['done', 'altered by the server: header fields were added: X-Server'],
    ])
  })

  it.each([
    ['is told by its source', (raw: Buffer) => raw, 'header fields were added: X-Server'],
    ['is told as such where its source is gone', () => mail('b').raw, 'it is not the message that was given'],
  ])('so large that it is not held meanwhile: what the server altered %s', async (_, change, words) => {
    const master = await memorySide('master', { INBOX: [mail('a', { text: 'long line\n'.repeat(1_000_000) })] }, null)
    const keeps = (bytes: Buffer) => {
      for (const one of master.store.folders.get(INBOX) ?? []) one.raw = change(one.raw)
      return Buffer.concat([Buffer.from('X-Server: was here\n'), bytes])
    }
    const slave = await memorySide('slave', { INBOX: [] }, { keeps })
    const sides = [master, slave]
    const result = await apply(bench, planOf([copyStep(master, copyOf(master, 'a'), slave)], sides), sides)
    expect(result).toMatchObject({ done: 1, verified: 0, alteredByServer: 1 })
    expect([...walkRunSteps(result.run)].map(({ message }) => message)).toEqual([`altered by the server: ${words}`])
  })
})

describe('deletions', () => {
  it('bring the mail into the quarantine first', async () => {
    const master = await memorySide('master', { INBOX: [] }, null)
    const slave = await memorySide('slave', { INBOX: [mail('x', { flags: ['\\Flagged', 'todo'] })] })
    const x = copyOf(slave, 'x')
    const step = deleteStep(slave, x, { lacking: lacking(master, x, null) })
    const result = await apply(bench, planOf([step], [master, slave]), [master, slave])
    expect(result).toMatchObject({ done: 1, failed: 0 })
    expect(told(slave)).toEqual({ INBOX: [] })
    const names = readdirSync(join(result.run.quarantine, 'cur'))
    expect(names).toHaveLength(1)
    expect(readFileSync(join(result.run.quarantine, 'cur', names[0] ?? ''))).toEqual(mail('x').raw)
    const [fact] = [...undoFacts(result.run)]
    expect(fact?.step).toMatchObject({ op: 'delete', flags: ['\\Flagged', 'todo'], received: 1_709_200_800 })
    expect(fact?.quarantined).toEqual({
      store: 'quarantine',
      folder: INBOX,
      locator: locator(`file=${fact?.step.id}.mbaudit`),
    })
  })

  it('are not made where the master has the mail again, or where it could not be read in full', async () => {
    const master = await memorySide('master', { INBOX: [], Broken: [] }, null)
    const slave = await memorySide('slave', { INBOX: [mail('back'), mail('unsure')] })
    const [back, unsure] = [copyOf(slave, 'back'), copyOf(slave, 'unsure')]
    const steps = [
      deleteStep(slave, back, { lacking: lacking(master, back, 'INBOX') }),
      deleteStep(slave, unsure, { lacking: lacking(master, unsure, null) }),
    ]
    const plan = planOf(steps, [master, slave])
    master.store.folders.get(INBOX)?.push(mail('back'))
    master.store.folders.get(folderName('Broken'))?.push(mail('broken', { isBroken: true }))
    const result = await apply(bench, plan, [master, slave])
    expect(result).toMatchObject({ done: 0, skipped: 2 })
    expect([...result.failures].map(({ message }) => message)).toEqual([
      'the mail is there by now',
      'master could not be read in full',
    ])
    expect(told(slave)).toEqual({ INBOX: ['back', 'unsure'] })
  })

  it('are not made where the copy that is to stay has gone, or goes too', async () => {
    const side = await memorySide('one', { INBOX: [mail('a'), mail('a'), mail('b'), mail('b')] })
    const [a, a2, b, b2] = [
      copyOf(side, 'a'),
      copyOf(side, 'a', 'INBOX', 1),
      copyOf(side, 'b'),
      copyOf(side, 'b', 'INBOX', 1),
    ]
    const steps = [
      deleteStep(side, a2, keptAs(side, a)),
      deleteStep(side, b2, keptAs(side, b)),
      deleteStep(side, b, keptAs(side, b2)),
    ]
    const plan = planOf(steps, [side], { command: 'dedupe' })
    side.store.folders.get(INBOX)?.splice(0, 1)
    const result = await apply(bench, plan, [side])
    expect(result).toMatchObject({ done: 1, skipped: 2 })
    expect(told(side)).toEqual({ INBOX: ['a', 'b'] })
  })

  it('are taken back where the copy that was to stay went with them, and the run stops', async () => {
    const a = mail('a', { flags: ['\\Seen'] })
    const both = [mail('b'), mail('c')]
    const side = await memorySide(
      'one',
      { INBOX: [a, ...both], Other: [...both.map((each) => ({ ...each })), { ...a }] },
      {
        // The two folders are one place under two names.
        onChange: (when, what) => {
          if (when === 'after' && what.startsWith('delete')) side.store.folders.get(folderName('Other'))?.splice(0)
        },
      },
    )
    const steps = ['a', 'b', 'c'].map((name) =>
      deleteStep(side, copyOf(side, name), keptAs(side, copyOf(side, name, 'Other'))),
    )
    const result = await apply(bench, planOf(steps, [side], { command: 'dedupe' }), [side])
    expect(result).toMatchObject({ ended: 'stopped', done: 0, failed: 1, open: 2 })
    expect(result.why).toContain('the copy that was to stay went with it')
    expect(told(side).INBOX).toEqual(['b', 'c', 'a \\Seen'])
    expect([...undoFacts(result.run)]).toEqual([])
  })

  it('wait for what takes the place of the message', async () => {
    const master = await memorySide('master', { INBOX: [mail('a', { text: 'new' }), mail('b', { text: 'new' })] }, null)
    const refuses = ({ bytes }: { readonly bytes: Buffer }) => (bytes.includes('<b@') ? 'no' : null)
    const slave = await memorySide('slave', { INBOX: [mail('a'), mail('b')] }, { refuses })
    const plan = planOf([], [master, slave])
    const drafts = ['a', 'b'].flatMap((name) => {
      const copy = copyStep(master, copyOf(master, name), slave, 'INBOX', 1)
      const [step] = [...planOf([copy], [master, slave]).steps()]
      return [copy, deleteStep(slave, copyOf(slave, name), { after: step?.id ?? '' })]
    })
    const result = await apply(bench, planOf(drafts, [master, slave], { notes: plan.header.notes }), [master, slave])
    expect(result).toMatchObject({ done: 2, failed: 1, skipped: 1 })
    expect(slave.store.folders.get(INBOX)?.map(({ raw }) => raw.toString().split('\n').at(-2))).toEqual([
      'text of b',
      'new',
    ])
  })

  it('that a server can only mark are counted', async () => {
    const side = await memorySide('one', { INBOX: [mail('a'), mail('a')] }, { neverExpunges: true })
    const step = deleteStep(side, copyOf(side, 'a', 'INBOX', 1), keptAs(side, copyOf(side, 'a')))
    const result = await apply(bench, planOf([step], [side]), [side])
    expect(result).toMatchObject({ done: 1, notExpunged: 1 })
    expect(told(side)).toEqual({ INBOX: ['a', 'a \\Deleted'] })
  })
})

describe('flags, moves and folders', () => {
  it('change flags, and remember what they were', async () => {
    const side = await memorySide('one', { INBOX: [mail('a', { flags: ['\\Seen', 'old'] })] })
    const step = flagsStep(side, copyOf(side, 'a'), ['\\Flagged', '\\Answered'], ['old'])
    const plan = planOf([step], [side])
    const [held] = side.store.folders.get(INBOX) ?? []
    if (held) held.flags = ['\\Answered', 'old']
    const result = await apply(bench, plan, [side])
    expect(told(side)).toEqual({ INBOX: ['a \\Answered \\Flagged'] })
    const [fact] = [...undoFacts(result.run)]
    expect(fact?.step).toMatchObject({ had: ['\\Answered', 'old'], add: ['\\Flagged'], remove: ['old'] })
  })

  it.each([true, false])('move messages, by the store itself: %s', async (movesNatively) => {
    const side = await memorySide(
      'one',
      { INBOX: [mail('a', { flags: ['\\Seen'] }), mail('b')], Work: [] },
      { movesNatively },
    )
    const steps = [moveStep(side, copyOf(side, 'a'), 'Work'), flagsStep(side, copyOf(side, 'b'), ['\\Flagged'])]
    const result = await apply(bench, planOf(steps, [side]), [side])
    expect(result).toMatchObject({ done: 2, failed: 0, skipped: 0, open: 0 })
    expect(told(side)).toEqual({ INBOX: ['b \\Flagged'], Work: ['a \\Seen'] })
    const [moved] = side.store.folders.get(folderName('Work')) ?? []
    const fact = [...undoFacts(result.run)].find((each) => each.step.op === 'move')
    expect(fact?.locator).toBe(moved && side.store.locatorOf(moved))
  })

  it('make, rename, subscribe to and delete folders', async () => {
    const side = await memorySide('one', { INBOX: [], Old: [mail('a')], Empty: [], There: [] })
    const at = (name: string) => ({ store: 'one', folder: folderName(name) })
    const steps = [
      { op: 'createFolder', why: '', at: at('New/Sub'), specialUse: null },
      { op: 'createFolder', why: '', at: at('There'), specialUse: null },
      { op: 'renameFolder', why: '', at: at('Old'), to: folderName('Archive') },
      { op: 'subscribe', why: '', at: at('New/Sub'), subscribed: true },
      { op: 'deleteFolder', why: '', at: at('Empty') },
      { op: 'deleteFolder', why: '', at: at('Archive') },
    ] as const
    const result = await apply(bench, planOf(steps, [side]), [side])
    expect(result).toMatchObject({ done: 5, failed: 1 })
    expect(told(side)).toEqual({ INBOX: [], Archive: ['a'], There: [], 'New/Sub': [] })
    expect([...undoFacts(result.run)].map(({ step }) => [step.op, 'at' in step && step.at.folder])).toEqual([
      ['renameFolder', 'Old'],
      ['createFolder', 'New/Sub'],
      ['subscribe', 'New/Sub'],
      ['deleteFolder', 'Empty'],
    ])
  })
})

it('a run is its owner’s alone, whatever the umask', async () => {
  const before = process.umask(0)
  try {
    const slave = await memorySide('slave', { INBOX: [mail('x')] })
    const master = await memorySide('master', { INBOX: [] }, null)
    const x = copyOf(slave, 'x')
    const step = deleteStep(slave, x, { lacking: lacking(master, x, null) })
    const { run } = await apply(bench, planOf([step], [master, slave]), [master, slave])
    for (const top of ['state', 'data'])
      for (const entry of readdirSync(join(bench.root, top), { recursive: true, withFileTypes: true })) {
        const mode = statSync(join(entry.parentPath, entry.name)).mode & 0o777
        expect([entry.name, mode]).toEqual([entry.name, entry.isDirectory() ? 0o700 : 0o600])
      }
    expect(statSync(join(bench.root, 'state')).mode & 0o777).toBe(0o700)
    expect(existsSync(join(run.path, 'scratch', '1'))).toBe(false)
  } finally {
    process.umask(before)
  }
})

function journalOf(path: string): readonly Record<string, unknown>[] {
  const lines = readFileSync(join(path, 'journal.jsonl'), 'utf8').trimEnd().split('\n')
  return lines.map((line): Record<string, unknown> => JSON.parse(line))
}

it('where others store mail meanwhile, what is still lacking is looked at again', async () => {
  const master = await memorySide('master', { INBOX: [mail('a'), mail('b'), mail('c')] }, null)
  const slave = await memorySide('slave', { INBOX: [] })
  const steps = ['a', 'b', 'c'].map((name) => copyStep(master, copyOf(master, name), slave))
  let came = false
  const open = async () => {
    const store = writableMemory(slave.store, { atOnce: { messages: 1, octets: 1 } })
    const openForWriting: typeof store.openForWriting = async (name) => {
      const folder = await store.openForWriting(name)
      const carryOut: typeof folder.carryOut = async (work, mark) => {
        const outcomes = await folder.carryOut(work, mark)
        if (work.kind === 'append' && work.messages[0]?.bytes.includes('<a@')) {
          slave.store.folders.get(INBOX)?.push(mail('c'))
          came = true
        }
        return outcomes
      }
      const othersCame = () => {
        const told = came
        came = false
        return told
      }
      return { ...folder, carryOut, othersCame }
    }
    return { ...store, openForWriting }
  }
  const result = await apply(bench, planOf(steps, [master, slave]), [master, { ...slave, open }])
  expect(result).toMatchObject({ done: 2, skipped: 1 })
  expect(told(slave)).toEqual({ INBOX: ['a', 'c', 'b'] })
})

describe('a folder that cannot be made', () => {
  it('leaves what was to come into it, and nothing else', async () => {
    const master = await memorySide('master', { INBOX: [mail('a'), mail('b')] }, null)
    const refused = folderName('Refused')
    const slave = await memorySide(
      'slave',
      { INBOX: [mail('stays'), mail('goes')], Work: [] },
      { movesNatively: false, whyNoFolder: (folder) => (folder === refused ? 'no such name here' : null) },
    )
    const at = { store: 'slave', folder: refused }
    const steps: Draft[] = [
      { op: 'createFolder', why: 'missing', at, specialUse: null },
      { op: 'subscribe', why: 'wanted', at, subscribed: true },
      moveStep(slave, copyOf(slave, 'stays'), 'Refused'),
      moveStep(slave, copyOf(slave, 'goes'), 'Work'),
      copyStep(master, copyOf(master, 'a'), slave, 'Refused'),
      copyStep(master, copyOf(master, 'b'), slave),
    ]
    const result = await apply(bench, planOf(steps, [master, slave]), [master, slave])
    expect(result).toMatchObject({ done: 2, failed: 1, skipped: 3 })
    expect(told(slave)).toEqual({ INBOX: ['stays', 'b'], Work: ['goes'] })
    const problems = stepProblems(result.failures)
    expect(problems).toEqual([
      {
        code: 'REFUSED',
        store: 'slave',
        folder: 'Refused',
        locator: null,
        message: expect.stringMatching(/no such name here.*\(4 steps\)$/),
      },
    ])
  })
})
