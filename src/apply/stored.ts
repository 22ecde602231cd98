import type { MessageId } from '../message/message.js'
import type { CopyRef } from '../plan/step.js'

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
/** Under what it is noted that a copy goes, and that one is to stay. */
export const doomedKey = ({ store, folder, locator }: CopyRef): string =>
  `doomed ${JSON.stringify([store, folder, locator])}`
export const keptKey = ({ store, folder, locator }: CopyRef): string =>
  `kept ${JSON.stringify([store, folder, locator])}`
