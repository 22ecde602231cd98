import type { FolderRef, Step } from '../plan/step.js'
import type { Locator } from '../stores/store.js'

/** The folder that a step changes; of a move the one that it comes from. */
export const changedFolder = (step: Step): FolderRef => (step.op === 'copy' ? step.to : step.at)

/** Where the message lies that a step is about; null: it is about a folder. */
export function locatorOf(step: Step): Locator | null {
  if (step.op === 'copy') return step.from.locator
  return 'locator' in step.at ? step.at.locator : null
}
