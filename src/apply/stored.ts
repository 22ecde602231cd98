import type { Notebook } from '../index/notebook.js'
import type { MessageId } from '../message/message.js'
import type { CopyRef, FolderRef } from '../plan/step.js'
import type { FolderName } from '../stores/store.js'

/** What a step stored that a deletion waits for. */
export interface Stored extends CopyRef {
  readonly id: MessageId | null
  /** It was read back, and nothing that a person reads was lost. */
  readonly isSound: boolean
}

/** Under what it is noted what a step stored. @param id - of the step */
export const storedKey = (id: string): string => `stored ${id}`
/** Under what it is noted where the copy lies that a move has made. */
export const placedKey = (n: number): string => `placed ${n}`
/** Under what it is noted what lay there before folders were changed. */
export const movedKey = (n: number): string => `moved ${n}`
/** Under what it is noted that a copy goes, and that one is to stay. */
export const doomedKey = ({ store, folder, locator }: CopyRef): string =>
  `doomed ${JSON.stringify([store, folder, locator])}`
export const keptKey = ({ store, folder, locator }: CopyRef): string =>
  `kept ${JSON.stringify([store, folder, locator])}`

/** Under what it is noted how often the run itself has stored a mail in a folder, or in a store. */
export const ownKey = (store: string, folder: FolderName | null, identity: string): string =>
  `own ${JSON.stringify([store, folder, identity])}`

/** Notes that the run itself has stored a mail once more. */
export function noteOwn(book: Notebook, { store, folder }: FolderRef, identity: string): void {
  book.count(ownKey(store, folder, identity))
  book.count(ownKey(store, null, identity))
}
