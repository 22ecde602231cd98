import type { StoreIndex } from '../index/store-index.js'
import type { Digest } from '../message/message.js'
import type { Locator } from '../stores/store.js'
import { Notes } from './notes.js'
import type { Planned } from './one-way.js'
import type { CopyRef, Step } from './step.js'
import type { StepSpool } from './step-spool.js'
import { UndoFolders } from './undo-folders.js'
import { UndoMails } from './undo-mails.js'

/** A step that a run carried out and that was not taken back since, as its journal tells. */
export interface DoneStep {
  readonly step: Step
  /** Where the message lies now: of a copy or a move in the folder it went to; null: the store did not say. */
  readonly locator: Locator | null
  /** UIDVALIDITY that `locator` holds under; null where locators hold by themselves. */
  readonly generation: string | null
  /** Of a copy: what the store gave back when it was read again. Absent: that is not known. */
  readonly wire?: Digest
  /** Of a deletion: where in the quarantine the message lies. */
  readonly quarantined: CopyRef | null
  /** Of a deletion that an earlier undo, which did not come to its end, took back: where it put the message. */
  readonly broughtBack?: Pick<DoneStep, 'locator' | 'generation'>
}

/**
 * Plans what takes a run back, as far as that can be done without losing mail: what it deleted comes back from the quarantine,
 * what it stored goes while its source still has it, moves, flags and folders go back. What others did since is left alone.
 *
 * @param done - in the order of the run's plan
 * @param indexes - of all stores of the run and of its quarantine, as they are now; `needIdentities` comes before
 */
export function planUndo(done: Iterable<DoneStep>, indexes: readonly StoreIndex[], into: StepSpool): Planned {
  const notes = new Notes()
  for (const index of indexes) into.expectFolders(index.folders())
  const folders = new UndoFolders(indexes, notes, into)
  const mails = new UndoMails(indexes, folders, notes, into)
  for (const fact of done) undoStep(fact, folders, mails)
  folders.end()
  return { notes: notes.sentences() }
}

function undoStep(fact: DoneStep, folders: UndoFolders, mails: UndoMails): void {
  const { step } = fact
  if (step.op === 'copy') mails.takeAway(step, fact)
  else if (step.op === 'move') mails.moveBack(step, fact)
  else if (step.op === 'flags') mails.flagBack(step, fact)
  else if (step.op === 'delete') mails.bringBack(step, fact)
  else folders.add(step)
}
