import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lockTarget } from '../../src/apply/lock.js'
import { digestOfPlan } from '../../src/apply/plan-copy.js'
import { pruneQuarantine } from '../../src/apply/prune.js'
import type { Run } from '../../src/apply/run.js'
import { walkRunSteps } from '../../src/apply/runs.js'
import { undoFacts } from '../../src/apply/undo-facts.js'
import { writableMemory } from '../../src/stores/memory/writing.js'
import {
  apply,
  carryOut,
  copyOf,
  copyStep,
  deleteStep,
  lacking,
  mail,
  memorySide,
  NOW,
  planOf,
  settle,
  told,
  Workbench,
} from '../support/applying.js'
import { forEachTest } from '../support/for-each-test.js'

const bench = forEachTest(() => new Workbench())

class Killed extends Error {}
const DAY = 86_400_000

/** A run that copies messages one by one, and that is stopped before the change that is given. */
async function stopped(names: readonly string[], at: number) {
  let met = 0
  const dying = {
    atOnce: { messages: 1, octets: 1 },
    onChange: () => {
      if (++met >= at) throw new Killed()
    },
  }
  const master = await memorySide('master', { INBOX: names.map((name) => mail(name)) }, null)
  const slave = await memorySide('slave', { INBOX: [] }, dying)
  const plan = planOf(
    names.map((name) => copyStep(master, copyOf(master, name), slave)),
    [master, slave],
  )
  const run = await bench.runs.create(plan, NOW)
  await expect(carryOut(run, [master, slave])).rejects.toThrow(Killed)
  return { run, plan, master, slave: { ...slave, open: async () => writableMemory(slave.store) } }
}

async function deleting(): Promise<Run> {
  const master = await memorySide('master', { INBOX: [] }, null)
  const slave = await memorySide('slave', { INBOX: [mail('x')] })
  const x = copyOf(slave, 'x')
  const plan = planOf([deleteStep(slave, x, { lacking: lacking(master, x, null) })], [master, slave])
  return (await apply(bench, plan, [master, slave])).run
}

describe('runs', () => {
  it('that begin in the same second have a folder each', async () => {
    const side = await memorySide('slave', { INBOX: [] }, null)
    const names = new Set<string>()
    for (let n = 0; n < 400; n++) names.add((await bench.runs.create(planOf([], [side]), NOW)).name)
    expect(names.size).toBe(400)
  })

  it('are listed, the newest first, with what they did', async () => {
    const first = await deleting()
    const { run, slave } = await stopped(['a', 'b'], 3)
    const list = () => bench.runs.list().map(({ name, state, counts }) => [name, state, counts?.done, counts?.open])
    const both = [
      [first.name, 'done', 1, 0],
      [run.name, 'unfinished', 1, 1],
    ]
    expect(new Map(list().map(([name, ...rest]) => [name, rest]))).toEqual(
      new Map(both.map(([name, ...rest]) => [name, rest])),
    )
    await settle(bench, [slave])
    expect(bench.runs.list().find(({ name }) => name === run.name)?.state).toBe('unfinished')
    expect(bench.runs.list().find(({ name }) => name === first.name)?.quarantined).toEqual({
      messages: 1,
      octets: mail('x').raw.length,
    })
  })

  it('are named by as much of their name as is needed', async () => {
    const run = await deleting()
    expect(run.name).toMatch(/^20240301T080000Z-sync-[0-9a-f]{4}$/)
    expect(bench.runs.open(run.name.slice(0, 12)).name).toBe(run.name)
    expect(() => bench.runs.open('2023')).toThrow('there is no run 2023')
    await deleting()
    expect(() => bench.runs.open('2024')).toThrow('2024 may be any of')
  })

  it('tell each step and what came of it', async () => {
    const { run } = await stopped(['a', 'b'], 3)
    expect([...walkRunSteps(run)].map(({ step, state }) => [step.op, state])).toEqual([
      ['copy', 'done'],
      ['copy', 'open'],
    ])
  })

  it('are gone on with from where they stopped', async () => {
    const { run, plan, master, slave } = await stopped(['a', 'b', 'c'], 4)
    const notes: string[] = []
    expect(bench.runs.unfinished(digestOfPlan(plan))?.name).toBe(run.name)
    await settle(bench, [slave], notes)
    expect(notes).toEqual([
      `run ${run.name} had been stopped in the middle of its work on slave: 1 steps were done, 0 were not`,
    ])
    const result = await carryOut(bench.runs.open(run.name), [master, slave])
    expect(result).toMatchObject({ ended: 'finished', done: 3, skipped: 0, failed: 0 })
    expect(told(slave)).toEqual({ INBOX: ['a', 'b', 'c'] })
    expect(bench.runs.unfinished(digestOfPlan(plan))).toBeNull()
  })
})

describe('a run', () => {
  it.each([
    ['is undone when it was taken back', null, 'undone'],
    ['is not undone as long as something of that failed', 'no room', 'done'],
  ])('%s', async (_, words, state) => {
    const run = await deleting()
    const from = await memorySide('quarantine', { INBOX: [mail('x')] }, null)
    const slave = await memorySide('slave', { INBOX: [] }, { refuses: () => words })
    const steps = [copyStep(from, copyOf(from, 'x'), slave)]
    const plan = planOf(steps, [from, slave], { command: 'undo', options: { run: run.name } })
    await apply(bench, plan, [from, slave])
    expect(bench.runs.list().find(({ name }) => name === run.name)?.state).toBe(state)
  })
})

describe('a journal', () => {
  it('whose last line is torn loses that line alone', async () => {
    const { run, master, slave } = await stopped(['a', 'b', 'c'], 3)
    const whole = readFileSync(run.journal)
    truncateSync(run.journal, whole.length - 20)
    await settle(bench, [slave])
    const result = await carryOut(bench.runs.open(run.name), [master, slave])
    expect(result).toMatchObject({ done: 3, skipped: 0 })
    expect(told(slave)).toEqual({ INBOX: ['a', 'b', 'c'] })
  })

  it('that is damaged elsewhere is told, for that run alone', async () => {
    const { run, slave } = await stopped(['a'], 1)
    const lines = readFileSync(run.journal, 'utf8').split('\n')
    writeFileSync(run.journal, [lines[0], 'garbage', ...lines.slice(1)].join('\n'))
    const notes: string[] = []
    await settle(bench, [slave], notes)
    expect(notes.join()).toContain(`${run.journal}, line 2: this is no line of a journal`)
    expect(bench.runs.list()[0]).toMatchObject({ damage: expect.stringContaining('line 2'), state: 'unfinished' })
    await deleting()
    expect(bench.runs.list()).toHaveLength(2)
  })

  it('that ends in rubbish without a line end is one that was torn', async () => {
    const run = await deleting()
    appendFileSync(run.journal, '{"begin":7,"at')
    expect([...undoFacts(run)]).toHaveLength(1)
  })
})

describe('the lock of a target', () => {
  const holder = { store: 'slave', command: 'mbaudit sync', pid: 123, now: NOW }

  it('is one run’s at a time, and says whose', () => {
    {
      using _lock = lockTarget(bench.runs, 'maildir:/x', holder)
      const second = () => lockTarget(bench.runs, 'maildir:/x', { ...holder, pid: 124 })
      expect(second).toThrow('mbaudit sync (process 123) changes it since 2024-03-01T08:00:00.000Z')
      lockTarget(bench.runs, 'maildir:/y', holder)[Symbol.dispose]()
    }
    lockTarget(bench.runs, 'maildir:/x', holder)[Symbol.dispose]()
  })

  it('ends with the process that has it', async () => {
    const dist = new URL('../../dist/src', import.meta.url).href
    const script = `
      const { lockTarget } = await import('${dist}/apply/lock.js')
      const { openRuns } = await import('${dist}/apply/runs.js')
      const { writeSync } = await import('node:fs')
      const runs = openRuns(${JSON.stringify(bench.runs.directories)})
      globalThis.held = lockTarget(runs, 'maildir:/x', { store: 'slave', command: 'mbaudit dedupe', pid: process.pid, now: 0 })
      writeSync(1, 'held')
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    expect(() => lockTarget(bench.runs, 'maildir:/x', holder)).toThrow(
      `mbaudit dedupe (process ${child.pid}) changes it`,
    )
    child.kill('SIGKILL')
    await once(child, 'exit')
    lockTarget(bench.runs, 'maildir:/x', holder)[Symbol.dispose]()
  })
})

describe('the quarantine', () => {
  it('is emptied of what is old enough, and undo says so', async () => {
    const run = await deleting()
    expect(pruneQuarantine(bench.runs, NOW - DAY, NOW, false).pruned).toEqual([])
    const dry = pruneQuarantine(bench.runs, NOW + DAY, NOW + DAY, true)
    expect(dry).toEqual({ pruned: [run.name], kept: [], messages: 1, octets: mail('x').raw.length })
    expect(readdirSync(join(run.quarantine, 'cur'))).toHaveLength(1)
    pruneQuarantine(bench.runs, NOW + DAY, NOW + DAY, false)
    expect(existsSync(run.quarantine)).toBe(false)
    expect([...undoFacts(run)].map(({ quarantined }) => quarantined)).toEqual([null])
    expect(bench.runs.list()[0]).toMatchObject({
      isPruned: true,
      state: 'done',
      quarantined: { messages: 0, octets: 0 },
    })
  })

  it('of a run that is not settled is kept', async () => {
    const run = await deleting()
    const lines = readFileSync(run.journal, 'utf8').trimEnd().split('\n')
    writeFileSync(run.journal, `${lines.slice(0, -2).join('\n')}\n`)
    expect(pruneQuarantine(bench.runs, NOW + DAY, NOW + DAY, false)).toMatchObject({ pruned: [], kept: [run.name] })
    expect(readdirSync(join(run.quarantine, 'cur'))).toHaveLength(1)
  })

  it('that cannot be written keeps the mail from being deleted', async () => {
    writeFileSync(join(bench.root, 'data'), 'a file in the way')
    const master = await memorySide('master', { INBOX: [] }, null)
    const slave = await memorySide('slave', { INBOX: [mail('x'), mail('y')] })
    const steps = ['x', 'y'].map((name) => {
      const copy = copyOf(slave, name)
      return deleteStep(slave, copy, { lacking: lacking(master, copy, null) })
    })
    const result = await apply(bench, planOf(steps, [master, slave]), [master, slave])
    expect(result).toMatchObject({ done: 0, failed: 2 })
    expect([...result.failures][0]).toMatchObject({ code: 'REFUSED', message: expect.stringContaining('quarantine') })
    expect(told(slave)).toEqual({ INBOX: ['x', 'y'] })
  })
})
