import type { PlanHeader } from './plan.js'
import { Misfit, shown } from './shape.js'
import type { CopyRef, FolderRef, Lacking, Step } from './step.js'

/**
 * What a step of a plan cannot mean, beside what its shape forbids.
 *
 * @throws Misfit
 */
export function checkMeaning(step: Step, { stores }: PlanHeader): void {
  checkStores(
    step,
    stores.map(({ name }) => name),
    stores.filter(({ role }) => role === 'target').map(({ name }) => name),
  )
  if (step.op === 'copy') checkLacking(step.lacking, step.to)
  if (step.op === 'move') checkLacking(step.lacking, { store: step.at.store, folder: step.to })
  if ('expect' in step && step.expect.identity.startsWith('<') && step.expect.id !== step.expect.identity)
    throw new Misfit('expect.id', `is ${shown(step.expect.id)}`, shown(step.expect.identity))
  if ((step.op === 'move' || step.op === 'renameFolder') && step.to === step.at.folder)
    throw new Misfit('to', 'is the folder itself', 'another folder')
  if (step.op === 'flags' && step.add.length + step.remove.length === 0)
    throw new Misfit('add', 'is empty, and so is "remove"', 'a flag in one of them')
  if (step.op === 'delete' && 'keptAs' in step.safe && isSamePlace(step.safe.keptAs, step.at))
    throw new Misfit('safe.keptAs', 'is the message itself', 'another copy, which stays')
}

function checkStores(step: Step, names: readonly string[], targets: readonly string[]): void {
  if (step.op !== 'copy') checkName('at.store', step.at.store, targets)
  else {
    checkName('from.store', step.from.store, names)
    checkName('to.store', step.to.store, targets)
  }
  if (step.op === 'move' && step.follows !== undefined) {
    const others = names.filter((name) => name !== step.at.store)
    checkName('follows.store', step.follows.store, others)
  }
  if (step.op !== 'delete') return
  if ('keptAs' in step.safe) checkName('safe.keptAs.store', step.safe.keptAs.store, names)
  if ('lacking' in step.safe) checkName('safe.lacking.store', step.safe.lacking.store, names)
}

function checkName(field: string, name: string, allowed: readonly string[]): void {
  if (!allowed.includes(name)) throw new Misfit(field, `is ${shown(name)}`, allowed.map(shown).join(', '))
}

function checkLacking({ store, folder }: Lacking, to: FolderRef): void {
  if (store !== to.store) throw new Misfit('lacking.store', `is ${shown(store)}`, shown(to.store))
  if (folder !== to.folder) throw new Misfit('lacking.folder', `is ${shown(folder)}`, shown(to.folder))
}

const isSamePlace = (a: CopyRef, b: CopyRef): boolean =>
  a.store === b.store && a.folder === b.folder && a.locator === b.locator
