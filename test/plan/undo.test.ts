import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OneWayOptions } from '../../src/plan/one-way.js'
import { planLines, readPlan } from '../../src/plan/plan-file.js'
import type { DoneStep } from '../../src/plan/undo.js'
import type { MemoryStore } from '../../src/stores/memory/store.js'
import { folderName, locator } from '../../src/stores/store.js'
import { PlanEffect } from '../support/plan-effect.js'
import { ARCHIVE, dedupePlan, headerFor, MIRROR, syncPlan, undoPlan } from '../support/planning.js'
import { contentsOf, type Folders, mail, message, someFolders, storeOf } from '../support/small-pool.js'

const RUNS = process.env.MBAUDIT_LONG ? 1_000 : 60

/** Whatever their order: a message that was away comes back as the last of its folder. */
const unordered = (store: MemoryStore) =>
  contentsOf(store).map(([folder, messages]) => [folder, [...(messages ?? [])].sort()])

async function synced(first: Folders, second: Folders, options: OneWayOptions) {
  const [master, slave] = [storeOf('master', first), storeOf('slave', second)]
  const quarantine = storeOf('quarantine', { INBOX: [] })
  const before = unordered(slave)
  const stores = [master, slave, quarantine]
  const done = new PlanEffect(stores, quarantine).apply((await syncPlan(master, slave, options)).steps)
  const undo = () => undoPlan(done, stores)
  const undone = async () => {
    const { steps, notes } = await undo()
    new PlanEffect(stores).apply(steps)
    return notes
  }
  return { master, slave, quarantine, before, done, undo, undone }
}

const someOptions = fc.record({
  mode: fc.constantFrom<OneWayOptions['mode']>('archive', 'mirror'),
  copies: fc.constantFrom<OneWayOptions['copies']>('one', 'all'),
  deleteFolders: fc.boolean(),
})

it('undo takes a sync back: every mail is where it was, flagged as it was', async () => {
  await fc.assert(
    fc.asyncProperty(someFolders, someFolders, someOptions, async (a, b, chosen) => {
      const { slave, before, undo, undone } = await synced(a, b, { ...ARCHIVE, ...chosen })
      const { steps } = await undo()
      using read = readPlan(linesOf(steps), 'plan.jsonl')
      expect([...read.steps()]).toEqual(steps)
      const stay = (await undone()).map((note) => / stays, since there are folders in it\.$/.exec(note)?.index)
      expect(stay).not.toContain(undefined)
      if (stay.length > 0) slave.folders.delete(folderName('Archive'))
      expect(unordered(slave)).toEqual(before)
    }),
    { numRuns: RUNS },
  )
})

it('undo takes a dedupe back', async () => {
  await fc.assert(
    fc.asyncProperty(someFolders, async (folders) => {
      const [store, quarantine] = [storeOf('store', folders), storeOf('quarantine', { INBOX: [] })]
      const before = unordered(store)
      const { steps } = await dedupePlan([store], {}, { scope: 'store' })
      const done = new PlanEffect([store, quarantine], quarantine).apply(steps)
      const { steps: back } = await undoPlan(done, [store, quarantine])
      new PlanEffect([store, quarantine]).apply(back)
      expect(unordered(store)).toEqual(before)
    }),
    { numRuns: RUNS / 2 },
  )
})

describe('undo', () => {
  it('leaves a copy whose source has gone, and finds one that moved', async () => {
    const run = await synced({ INBOX: [message(mail('1')), message(mail('2'))], Old: [] }, { INBOX: [] }, ARCHIVE)
    const [first, second] = run.master.folders.get(folderName('INBOX')) ?? []
    run.master.folders.set(folderName('INBOX'), [])
    if (second !== undefined) run.master.folders.get(folderName('Old'))?.push(second)
    expect(first).toBeDefined()
    expect(await run.undone()).toEqual(['1 message: stored by the run, and left, since master has them no more'])
    expect(contentsOf(run.slave)[0]?.[1]).toHaveLength(1)
  })

  it('leaves what others did since: flags, moves and mail that came', async () => {
    const run = await synced(
      { INBOX: [message(mail('1'), ['\\Seen'])], New: [message(mail('2'))] },
      { INBOX: [message(mail('1'))] },
      ARCHIVE,
    )
    const inbox = run.slave.folders.get(folderName('INBOX'))
    const [held] = inbox ?? []
    if (held !== undefined) held.flags = ['$Later', '\\Seen']
    run.slave.folders.get(folderName('New'))?.push(message(mail('3')))
    expect(await run.undone()).toEqual(['New stays, since there is mail in it.'])
    expect(contentsOf(run.slave)).toEqual(
      contentsOf(storeOf('wanted', { INBOX: [message(mail('1'), ['$Later'])], New: [message(mail('3'))] })),
    )
  })

  it('does not take away a copy that was there before the run when its own is gone', async () => {
    const all = { ...ARCHIVE, copies: 'all' as const }
    const run = await synced({ INBOX: [message(mail('1')), message(mail('1'))] }, { INBOX: [message(mail('1'))] }, all)
    run.slave.folders.get(folderName('INBOX'))?.pop()
    expect(await run.undone()).toEqual(['1 message: stored by the run, and not there any more'])
    expect(contentsOf(run.slave)[0]?.[1]).toHaveLength(1)
  })

  it('says what is in the quarantine no more, and goes on with the rest', async () => {
    const run = await synced(
      { INBOX: [message(mail('9'))] },
      { INBOX: [message(mail('1')), message(mail('2'))] },
      MIRROR,
    )
    run.quarantine.folders.get(folderName('INBOX'))?.pop()
    expect(await run.undone()).toEqual(['1 message: deleted by the run, and in its quarantine no more'])
    expect(contentsOf(run.slave)[0]?.[1]).toHaveLength(1)
  })

  it('takes the mark from what a server could not delete', async () => {
    const run = await synced({ INBOX: [message(mail('9'))] }, { INBOX: [message(mail('1'), ['\\Seen'])] }, MIRROR)
    const marked = message(mail('1'), ['\\Deleted', '\\Seen'])
    run.slave.folders.get(folderName('INBOX'))?.push(marked)
    const done = run.done.map((each): DoneStep => {
      const isIt = each.step.op === 'delete'
      return isIt ? { ...each, quarantined: null, locator: run.slave.locatorOf(marked) } : each
    })
    const { steps } = await undoPlan(done, [run.master, run.slave])
    expect(steps.map((step) => (step.op === 'flags' ? [step.add, step.remove] : step.op))).toEqual([
      [[], ['\\Deleted']],
      'delete',
    ])
  })

  it('does not take another mail for the one at a place that was numbered anew', async () => {
    const run = await synced({ INBOX: [message(mail('1'))] }, { INBOX: [message(mail('2'))] }, ARCHIVE)
    const done = run.done.map((each): DoneStep => ({ ...each, locator: locator('number=1'), generation: '5' }))
    const { steps } = await undoPlan(done, [run.master, run.slave])
    expect(steps.map((step) => ('expect' in step ? step.expect.identity : ''))).toEqual(['<1@example.org>'])
  })

  it('turns names and subscriptions round, and brings folders back', async () => {
    const slave = storeOf('slave', { INBOX: [], Neu: [] })
    const at = (folder: string) => ({ store: 'slave', folder: folderName(folder) })
    const fact = { locator: null, generation: null, quarantined: null }
    const done: DoneStep[] = [
      { ...fact, step: { id: '', op: 'renameFolder', why: '', at: at('Alt'), to: folderName('Neu') } },
      { ...fact, step: { id: '', op: 'subscribe', why: '', at: at('INBOX'), subscribed: true } },
      { ...fact, step: { id: '', op: 'deleteFolder', why: '', at: at('Leer') } },
    ]
    const { steps } = await undoPlan(done, [slave])
    expect(steps.map(({ id: _, why: _why, ...step }) => step)).toEqual([
      { op: 'renameFolder', at: at('Neu'), to: 'Alt' },
      { op: 'createFolder', at: at('Leer'), specialUse: null },
      { op: 'subscribe', at: at('INBOX'), subscribed: false },
    ])
  })
})

function* linesOf(steps: Awaited<ReturnType<typeof undoPlan>>['steps']): Iterable<string> {
  const header = headerFor('undo', ['master', 'slave', 'quarantine'])
  for (const line of planLines({ header, steps: () => steps })) yield line.slice(0, -1)
}
