import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRuns } from '../../src/apply/runs.js'
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
} from '../support/applying.js'

/** A file system of 128 KiB; null where this user may make none. */
const small = mountSmall()
let home: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'mbaudit-full-'))
})
afterAll(() => {
  rmSync(home, { recursive: true, force: true })
  if (small === null) return
  execFileSync('umount', [small])
  rmSync(small, { recursive: true })
})

function mountSmall(): string | null {
  const path = mkdtempSync(join(tmpdir(), 'mbaudit-small-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', path], { stdio: 'ignore' })
    return path
  } catch {
    rmSync(path, { recursive: true })
    return null
  }
}

const LARGE = 'x'.repeat(60 * 1024)

describe.skipIf(small === null)('a disk that is full', () => {
  it('keeps mail from being deleted that the quarantine has no room for; the rest goes on', async () => {
    const bench = { runs: openRuns({ state: join(home, 'state'), data: join(small ?? '', 'data') }) }
    const master = await memorySide('master', { INBOX: [mail('new')] }, null)
    const names = ['a', 'b', 'c', 'd']
    const slave = await memorySide(
      'slave',
      { INBOX: names.map((name) => mail(name, { text: LARGE })) },
      {
        atOnce: { messages: 1, octets: 1 << 20 },
      },
    )
    const deletions = names.map((name) => {
      const copy = copyOf(slave, name)
      return deleteStep(slave, copy, { lacking: lacking(master, copy, null) })
    })
    const steps = [...deletions, copyStep(master, copyOf(master, 'new'), slave)]
    const result = await apply(bench, planOf(steps, [master, slave]), [master, slave])
    expect(result.ended).toBe('finished')
    expect([...result.failures].map(({ message }) => message).join()).toContain('ENOSPC')
    const left = told(slave).INBOX ?? []
    expect(left).toContain('new')
    expect(result.done + result.failed + result.skipped).toBe(5)
    expect(left).toHaveLength(5 - (result.done - 1))
    expect(result.failed).toBeGreaterThan(0)
  })

  it('where the journal lies ends the run, and it goes on when there is room', async () => {
    const bench = { runs: openRuns({ state: join(small ?? '', 'state'), data: join(home, 'data') }) }
    rmSync(join(small ?? '', 'data'), { recursive: true, force: true })
    const names = Array.from({ length: 60 }, (_, n) => `m${n}`)
    const master = await memorySide('master', { INBOX: names.map((name) => mail(name)) }, null)
    const slave = await memorySide('slave', { INBOX: [] }, { atOnce: { messages: 1, octets: 1 } })
    const steps = names.map((name) => copyStep(master, copyOf(master, name), slave))
    const run = await bench.runs.create(planOf(steps, [master, slave]), NOW)
    const ballast = fill(small ?? '')
    await expect(carryOut(run, [master, slave])).rejects.toThrow('the journal cannot be written')
    expect(told(slave).INBOX?.length).toBeLessThan(60)
    rmSync(ballast)
    await settle(bench, [slave])
    expect(await carryOut(run, [master, slave])).toMatchObject({ ended: 'finished', done: 60, failed: 0, skipped: 0 })
    expect(told(slave).INBOX).toEqual(names)
  })
})

/** Leaves no room at all. */
function fill(path: string): string {
  const ballast = join(path, 'ballast')
  try {
    execFileSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=1k', 'count=1024'], { stdio: 'ignore' })
  } catch {
    // The disk is full, as it should be.
  }
  return ballast
}
