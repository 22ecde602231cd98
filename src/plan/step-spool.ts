import { Spool } from '../index/spool.js'
import { StepCounter } from './counts.js'
import type { Plan, PlanCounts, PlanHeader } from './plan.js'
import { type Draft, type FolderRef, STEP_OPS, type Step } from './step.js'
import { identify } from './step-id.js'

/** More folders than a store has. */
const FOLDERS = 2 ** 24

/** `as-given`: kinds come in their order and folders stay together; within that nothing is put in another order. */
export type StepOrder = 'by-folder' | 'as-given'

/**
 * Brings steps into the order of a plan, more of them than memory holds: by kind (`STEP_OPS`), then by the folder that
 * changes, then by their place in the source. Of a move the folder that it goes away from counts first. Folders are deleted
 * from the last to the first, so that what lies in a folder goes before it.
 */
export class StepSpool implements Disposable {
  readonly #spool = new Spool<Step>()
  readonly #counter = new StepCounter()
  readonly #folders = new Map<string, number>()
  readonly #order: StepOrder

  constructor(order: StepOrder = 'by-folder') {
    this.#order = order
  }

  /** The order in which folders are to come; others follow as steps name them. */
  expectFolders(folders: Iterable<FolderRef>): void {
    for (const folder of folders) this.#ordinalOf(folder)
  }

  /**
   * @param place - where it stands among the steps of its kind in its folder
   * @param locator - where order is that of the locators' octets; those that are alike keep the order they came in
   */
  add(draft: Draft, place = 0, locator = ''): Step {
    const step = identify(draft)
    this.addStep(step, place, locator)
    return step
  }

  /** @param step - with the id that it has by what it says */
  addStep(step: Step, place = 0, locator = ''): void {
    this.#counter.add(step)
    this.#spool.add(step, [STEP_OPS.indexOf(step.op), this.#folderRank(step), place, locator])
  }

  get count(): number {
    return this.#counter.steps
  }

  get counts(): PlanCounts {
    return this.#counter.counts
  }

  steps(): Iterable<Step> {
    return this.#spool.inOrder()
  }

  /** The steps as a plan; it can be walked as long as the spool is open. */
  toPlan(header: PlanHeader): Plan {
    return { header, steps: () => this.steps(), texts: () => this.#spool.texts() }
  }

  [Symbol.dispose](): void {
    this.#spool[Symbol.dispose]()
  }

  #folderRank(step: Step): number {
    if (this.#order === 'as-given') return this.#ordinalOf(groupOf(step))
    switch (step.op) {
      case 'copy':
        return this.#ordinalOf(step.to)
      case 'move':
        return this.#ordinalOf(step.at) * FOLDERS + this.#ordinalOf({ store: step.at.store, folder: step.to })
      case 'renameFolder':
        return 0
      case 'deleteFolder':
        return -this.#ordinalOf(step.at)
      default:
        return this.#ordinalOf(step.at)
    }
  }

  #ordinalOf(of: FolderRef | readonly string[]): number {
    const key = JSON.stringify('store' in of ? [of.store, of.folder] : of)
    const ordinal = this.#folders.get(key) ?? this.#folders.size
    this.#folders.set(key, ordinal)
    return ordinal
  }
}

/** Steps of one kind in one folder. */
function groupOf(step: Step): readonly string[] {
  const { store, folder } = step.op === 'copy' ? step.to : step.at
  return [step.op, ...(step.op === 'renameFolder' ? [] : [store, folder]), ...(step.op === 'move' ? [step.to] : [])]
}
