import { EXIT, MbauditError } from '../errors.js'
import type { CreateFolderStep, DeleteFolderStep, RenameFolderStep, Step, SubscribeStep } from '../plan/step.js'
import type { FolderName } from '../stores/store.js'
import type { WritableStore } from '../stores/writable.js'
import { JournalLostError } from './journal.js'
import { Stale, wordsOf } from './places.js'
import type { NumberedStep } from './plan-copy.js'
import type { UnderWay } from './under-way.js'

/** Steps that are about folders and touch no mail. */
export type FolderStep = RenameFolderStep | CreateFolderStep | SubscribeStep | DeleteFolderStep

/** What is there of the folders of a store. */
interface FoldersSeen {
  readonly names: ReadonlySet<FolderName>
  readonly subscribed: ReadonlySet<FolderName>
}

/** Carries out the steps of some kinds, one after the other. Each of them can be done again without harm. */
export async function changeFolders(way: UnderWay, ops: readonly Step['op'][]): Promise<void> {
  for (const group of way.outline.groups) {
    if (!ops.includes(group.op)) continue
    for (const { n, step } of way.request.run.plan.ofGroup(group)) {
      if (way.isOver) return
      if (way.isOpen({ n, step }) && isFolderStep(step)) await changeFolder(way, { n, step })
    }
  }
}

export const isFolderStep = (step: Step): step is FolderStep =>
  step.op === 'renameFolder' || step.op === 'createFolder' || step.op === 'subscribe' || step.op === 'deleteFolder'

async function changeFolder(way: UnderWay, numbered: NumberedStep & { readonly step: FolderStep }): Promise<void> {
  const { n, step } = numbered
  if (step.op === 'subscribe' && way.isUnmade(step.at)) return way.leaveUnmade(numbered, step.at)
  try {
    const store = await way.target(step.at.store)
    const seen = await lookAtFolders(store)
    if (isDone(step, seen)) return way.wasSo(numbered)
    if (step.op === 'renameFolder' && !seen.names.has(step.at.folder)) {
      const { why } = new Stale('there is no such folder any more')
      return way.leave(numbered, 'skipped', 'PLAN_STALE', why)
    }
    const number = way.journal.next()
    await way.journal.write({
      begin: number,
      at: new Date(way.request.now()).toISOString(),
      purpose: 'folder',
      store: step.at.store,
      folder: step.at.folder,
      generation: null,
      mark: '',
      steps: [[n, step.id]],
    })
    await carryOut(store, step)
    way.finish({ purpose: 'folder' }, number, [{ n, outcome: 'done' }])
  } catch (error) {
    if (!(error instanceof MbauditError) || error instanceof JournalLostError) throw error
    if (error.exitStatus === EXIT.interrupted) way.interrupt()
    else {
      way.leaveOfFolder(numbered, 'failed', error.code, wordsOf(error))
      if (step.op === 'createFolder') way.noteUnmade(step.at, error)
      else if (step.op === 'renameFolder') way.noteUnmade({ ...step.at, folder: step.to }, error)
    }
  }
}

/** What is there now. */
export async function lookAtFolders(store: WritableStore): Promise<FoldersSeen> {
  const { folders } = await store.list()
  const subscribed = (await store.subscriptions?.()) ?? []
  return { names: new Set(folders.map(({ name }) => name)), subscribed: new Set(subscribed) }
}

/** Whether the folders are as the step would have them. */
export function isDone(step: FolderStep, { names, subscribed }: FoldersSeen): boolean {
  switch (step.op) {
    case 'createFolder':
      return names.has(step.at.folder)
    case 'renameFolder':
      return names.has(step.to) && !names.has(step.at.folder)
    case 'deleteFolder':
      return !names.has(step.at.folder)
    case 'subscribe':
      return subscribed.has(step.at.folder) === step.subscribed
    default:
      return step satisfies never
  }
}

async function carryOut(store: WritableStore, step: FolderStep): Promise<void> {
  const { folder } = step.at
  if (step.op === 'createFolder') await store.createFolder(folder, step.specialUse)
  else if (step.op === 'renameFolder') await store.renameFolder(folder, step.to)
  else if (step.op === 'subscribe') await store.subscribe(folder, step.subscribed)
  else await store.deleteEmptyFolder(folder)
}
