import { giveWay } from '../stores/file-reader.js'
import { type FolderName, folderName, type Locator } from '../stores/store.js'
import type { IndexedCopy } from './copy-index.js'
import type { MessageReader } from './message-reader.js'
import type { FolderRow } from './scan-statements.js'
import { compareOctets } from './side-by-side.js'

/** Octets read before the program looks up: at signals, at its progress. */
const OCTETS_AT_A_STRETCH = 4 * 1024 * 1024
/** What a small message costs beside its octets, in octets. */
const OCTETS_BY_THE_WAY = 4096

export const locatorOf = ({ locator }: IndexedCopy): Locator => locator

const compareInFolder = (a: IndexedCopy, b: IndexedCopy): number =>
  a.position - b.position || compareOctets(a.locator, b.locator)

/** Copies by folder, in the order of their places. */
export function* inPlaceOrder(
  folders: readonly FolderRow[],
  copies: readonly IndexedCopy[],
): Iterable<readonly [FolderName, readonly IndexedCopy[]]> {
  if (copies.length === 0) return
  for (const { name } of folders) {
    const within = copies.filter(({ folder }) => folder === name).sort(compareInFolder)
    if (within.length > 0) yield [folderName(name), within]
  }
}

/** Reads the copies of folders one after the other; each folder is walked as the reading goes on. */
export async function* readAll(
  folders: readonly FolderRow[],
  copiesIn: (folder: number) => Iterable<IndexedCopy>,
  reader: MessageReader,
): AsyncIterable<readonly [IndexedCopy, Buffer]> {
  let octets = 0
  for (const { number, name } of folders) {
    for await (const found of reader.read(folderName(name), copiesIn(number), locatorOf)) {
      octets += found[1].length + OCTETS_BY_THE_WAY
      yield found
      if (octets < OCTETS_AT_A_STRETCH) continue
      octets = 0
      await giveWay()
    }
  }
}
