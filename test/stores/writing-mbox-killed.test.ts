import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { mark } from '../../src/stores/writable.js'
import { writeMbox } from '../support/mbox-writer.js'
import { MboxPlace } from '../support/mbox-writing.js'
import { mail } from '../support/store-law.js'
import { outgoing, seen, work } from '../support/writing-place.js'

const DIST = process.env.MBOX_DIST ?? new URL('../../dist/src', import.meta.url).href
const CHILD = new URL('../support/mbox-crash-child.js', import.meta.url).pathname

const text = (n: number): Buffer => mail(n, `line of ${n}\n`.repeat(400))
const BEFORE = writeMbox(
  [1, 2, 3, 4].map((n) => ({ raw: text(n), flags: n === 3 ? ['\\Seen'] : [] })),
  'mboxrd',
)

interface Job {
  readonly appended: readonly number[]
  readonly deleted: readonly number[]
  readonly flagged: readonly number[]
}

/** Has the work done by another process. @returns whether it was killed */
async function run(place: MboxPlace, job: Job, dieAt: number): Promise<boolean> {
  const lies = await seen(place.place)
  const placed = (n: number) => ({ raw: text(n).toString('latin1'), locator: lies[n - 1]?.locator })
  const { path, scratch } = place
  const order = {
    ...{ dist: DIST, path, scratch, dieAt, mark: join(scratch, 'mark') },
    appended: job.appended.map((n) => text(n).toString('latin1')),
    deleted: job.deleted.map(placed),
    flagged: job.flagged.map(placed),
  }
  const child = spawnSync(process.execPath, [CHILD, JSON.stringify(order)], { encoding: 'utf8' })
  if (child.signal === null && child.status !== 0) throw new Error(child.stderr)
  return child.signal === 'SIGKILL'
}

const view = async (place: MboxPlace) => (await seen(place.place)).map(({ raw, flags }) => [raw.slice(0, 40), flags])

it.each<readonly [string, Job]>([
  ['appended to', { appended: [7, 8, 9], deleted: [], flagged: [] }],
  ['made shorter', { appended: [], deleted: [1, 3], flagged: [2] }],
  ['made longer', { appended: [], deleted: [], flagged: [2, 3] }],
])('an mbox that is %s ends the same, wherever it is killed', { timeout: 300_000 }, async (_what, job) => {
  const whole = new MboxPlace(BEFORE)
  const start = await view(whole)
  expect(await run(whole, job, 0)).toBe(false)
  const end = await view(whole)
  await whole.dispose()
  for (let dieAt = 1, wasKilled = true; wasKilled; dieAt++) {
    const place = new MboxPlace(BEFORE)
    wasKilled = await run(place, job, dieAt)
    const made = mark(readFileSync(join(place.scratch, 'mark'), 'utf8'))
    const folder = await place.open()
    const settled = await folder.settle(made)
    expect(existsSync(`${place.path}.lock`)).toBe(false)
    const now = await view(place)
    const done = settled.flatMap(({ outcome }, n) => (outcome === 'done' ? [n] : []))
    if (job.appended.length > 0) expect(now).toEqual([...start, ...end.slice(4, 4 + done.length)])
    else expect(now).toEqual(done.length === 0 ? start : end)
    if (job.appended.length > 0) {
      const left = job.appended.slice(done.length).map((n) => outgoing(text(n), { flags: ['\\Seen'] }))
      await work(place.place, folder, { kind: 'append', messages: left })
      expect(await view(place)).toEqual(end)
    }
    if (!wasKilled) expect(done.length).toBe(settled.length)
    await place.dispose()
  }
  rmSync(whole.directory, { recursive: true, force: true })
})
