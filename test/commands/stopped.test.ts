import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mails, readMaildir, textsIn, writeMaildir } from '../support/maildir-mail.js'
import { finished, makeWorkplace, type Workplace } from '../support/run-program.js'

const MESSAGES = 900

let place: Workplace
beforeEach(async () => {
  place = await makeWorkplace()
  writeMaildir(join(place.path, 'm'), {
    INBOX: mails(0, MESSAGES / 3),
    Archive: mails(MESSAGES / 3, (MESSAGES * 2) / 3),
    'Archive/2001': mails((MESSAGES * 2) / 3, MESSAGES),
  })
})
afterEach(() => place[Symbol.asyncDispose]())

const runs = () => join(place.path, '..', 'state', 'mbaudit', 'runs')

/** Octets of all journals: how far runs have come. */
function journaled(): number {
  if (!existsSync(runs())) return 0
  const sizes = readdirSync(runs()).map(
    (run) => statSync(join(runs(), run, 'journal.jsonl'), { throwIfNoEntry: false })?.size ?? 0,
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** Waits until a run has written so much into its journal. @returns whether it is still going on */
async function untilJournaled(child: ChildProcessWithoutNullStreams, octets: number): Promise<boolean> {
  const before = journaled()
  while (child.exitCode === null && child.signalCode === null) {
    if (journaled() - before >= octets) return true
    await setTimeout(1)
  }
  return false
}

const json = async (...args: readonly string[]) => {
  const run = await place.run([...args, '--json'])
  return { ...run, document: JSON.parse(run.stdout) }
}

/** A number from 0 to 1 for each seed, the same each time. */
const chance = (seed: number): number => (Math.imul(seed + 1, 2_654_435_761) >>> 0) / 2 ** 32

async function isWhole(target: string): Promise<void> {
  const { document } = await json('compare', 'maildir:m', target)
  expect(document.summary).toMatchObject({
    inBoth: MESSAGES,
    missing: 0,
    extra: 0,
    moved: 0,
    changed: 0,
    copies: 0,
    flags: 0,
  })
  expect((await json('list', target)).document.summary.messages).toBe(MESSAGES)
}

describe.each([['maildir:s'], ['mbox:s']])('a sync to %s', (target) => {
  it('killed again and again goes on: nothing lost, nothing twice, and then nothing to do', async () => {
    let kills = 0
    for (const seed of [1, 2, 3, 4]) {
      const child = place.start(['sync', 'maildir:m', target, '--yes'])
      const end = finished(child)
      if (await untilJournaled(child, 300 + chance(seed) * 60_000)) kills += Number(child.kill('SIGKILL'))
      await end
    }
    expect(kills).toBeGreaterThan(1)
    const { status, document } = await json('sync', 'maildir:m', target, '--yes')
    expect([status, document.summary.failed]).toEqual([0, 0])
    await isWhole(target)
    const again = await json('sync', 'maildir:m', target, '--yes')
    expect([again.status, again.document.run]).toEqual([0, null])
  })

  it('stopped by Ctrl-C ends with 130, says how to go on, and goes on', async () => {
    const child = place.start(['sync', 'maildir:m', target, '--yes', '--json'])
    const end = finished(child)
    expect(await untilJournaled(child, 2000)).toBe(true)
    child.kill('SIGINT')
    const { status, stdout, stderr } = await end
    expect([status, JSON.parse(stdout).error.code]).toEqual([130, 'INTERRUPTED'])
    expect(stderr).toMatch(/the same command goes on from there, mbaudit undo \S+ takes it back/)
    expect((await json('sync', 'maildir:m', target, '--yes')).status).toBe(0)
    await isWhole(target)
  })
})

describe('other runs', () => {
  it('on the same target are refused and told who is there; on another they are not', async () => {
    const child = place.start(['sync', 'maildir:m', 'maildir:s', '--yes'])
    const end = finished(child)
    expect(await untilJournaled(child, 1)).toBe(true)
    child.kill('SIGSTOP')
    const second = await json('sync', 'maildir:m', 'maildir:s', '--yes')
    expect([second.status, second.document.error]).toMatchObject([
      3,
      { code: 'STORE_LOCKED', message: expect.stringContaining(`process ${child.pid}`) },
    ])
    expect((await json('sync', 'maildir:m', 'maildir:s', '--dry-run')).status).toBe(0)
    expect((await json('sync', 'maildir:m', 'maildir:other', '--yes')).status).toBe(0)
    child.kill('SIGCONT')
    expect((await end).status).toBe(0)
    expect(textsIn(join(place.path, 's'))).toEqual(textsIn(join(place.path, 'm')))
  })
})

describe('a plan that is applied', () => {
  it('and killed goes on where it stopped, in the same run', async () => {
    await json('sync', 'maildir:m', 'maildir:s', '--plan', 'p.plan')
    const child = place.start(['apply', 'p.plan', '--yes'])
    const end = finished(child)
    expect(await untilJournaled(child, 20_000)).toBe(true)
    child.kill('SIGKILL')
    await end
    const [run] = readdirSync(runs())
    const { status, document } = await json('apply', 'p.plan', '--yes')
    expect([status, document.run, document.summary]).toMatchObject([0, run, { failed: 0, skipped: 0 }])
    await isWhole('maildir:s')
  })
})

describe('a mirror that is killed', () => {
  it('has what it deleted in a quarantine, and undo brings it back', async () => {
    writeMaildir(join(place.path, 's'), { INBOX: mails(2000, 2300), Archive: mails(3000, 3300) })
    const before = readMaildir(join(place.path, 's'))
    const child = place.start(['sync', 'maildir:m', 'maildir:s', '--yes', '--delete', '--max-delete', 'none'])
    const end = finished(child)
    if (await untilJournaled(child, 90_000)) child.kill('SIGKILL')
    await end
    const { document } = await json('runs')
    const { status } = await json('undo', document.runs[0].run, '--yes')
    expect(status).toBe(0)
    const after = readMaildir(join(place.path, 's'))
    expect([after.INBOX, after.Archive]).toEqual([before.INBOX, before.Archive])
  })
})
