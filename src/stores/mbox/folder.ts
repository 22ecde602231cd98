import { THIS_THREAD } from '../readers.js'
import type { Folder } from '../store.js'
import type { MboxFile } from './mbox-file.js'
import { scanMbox } from './scan.js'

/** Places move when a message before them changes its size. */
const ABILITIES = { keepsFlags: true, keepsKeywords: true, stableLocators: false } as const

/** Makes the folder that one mbox file is. What reads it is loaded when it is read: an unchanged file is not. */
export function mboxFolder(mbox: MboxFile): Folder {
  let scannedKey: string | null = null
  return {
    name: mbox.folder,
    abilities: ABILITIES,
    scan: (known, readers = THIS_THREAD) =>
      scanMbox(mbox, known.state, readers, (key) => {
        scannedKey = key
      }),
    read: async function* (locators) {
      const { readMbox } = await import('./read.js')
      yield* readMbox(mbox, locators, scannedKey)
    },
    measure: async () => (await import('./measure.js')).measureMbox(mbox),
    [Symbol.asyncDispose]: async () => {},
  }
}
