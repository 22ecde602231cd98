import type { Stats } from 'node:fs'
import { FileLook, ownerOf } from '../examine-file.js'
import type { Examine } from '../examiners.js'
import { giveWay, whyOf } from '../file-reader.js'
import { readFirstOctets } from '../first-octets.js'
import type { Observation } from '../observation.js'
import { ObservationNotes } from '../observation-notes.js'
import { utf8Octets } from '../octet-name.js'
import { FolderChangedError } from '../safe-listing.js'
import type { Locator } from '../store.js'
import { type FoundFolder, findTree } from '../tree.js'
import { emlFolderKind, emlLayout } from './folder.js'

/** Files looked at before other work gets its turn. */
const AT_ONCE = 2_000

/** Looks at folders of .eml and .emlx files: their names, their times, and the lengths that .emlx files state. */
export const examineEml: Examine = async function* (store, { wanted, now, signal }) {
  const root = utf8Octets(store.spec.path === '/' ? '' : store.spec.path)
  const look = new FileLook(root, now)
  for (const folder of findTree(root, emlLayout).folders)
    if (wanted(folder.name)) yield* examineFolder(folder, look, signal)
}

async function* examineFolder(
  folder: FoundFolder,
  look: FileLook,
  signal: AbortSignal,
): AsyncIterable<readonly Observation[]> {
  const notes = new ObservationNotes(folder.name)
  try {
    const kind = emlFolderKind(folder.path)
    const { keys } = await kind.list()
    const owner = ownerOf(folder.path)
    for (let place = 0; place < keys.length; place++) {
      const key = keys.at(place)
      const [path, at] = [kind.pathOf(key), kind.locatorOf(key)]
      const stats = look.examine(path, at, folder.name, owner, notes)
      if (stats !== null && /\.emlx$/i.test(key)) examineEmlx(path, at, stats, notes)
      if (notes.isFull) yield notes.take()
      if (place % AT_ONCE === AT_ONCE - 1) await giveWay()
      signal.throwIfAborted()
    }
  } catch (error) {
    signal.throwIfAborted()
    const why = error instanceof FolderChangedError ? error.message : whyOf(error)
    notes.note('unreadable-folder', null, why)
  }
  yield notes.take()
}

/** Apple Mail: the first line says how many octets the message has; a property list follows it. */
function examineEmlx(path: string, at: Locator, stats: Stats, notes: ObservationNotes): void {
  if (/\.partial\.emlx$/i.test(path)) notes.note('emlx-partial', at, 'its name ends in .partial.emlx')
  const first = readFirstOctets(path)
  if (first === null || stats.size === 0) return
  const [line = '', count] = /^\s*(\d{1,10})[ \t]*\r?\n/.exec(first.toString('latin1', 0, 32)) ?? []
  if (count === undefined) notes.note('emlx-length-wrong', at, 'its first line is not the length of the message')
  else if (line.length + Number(count) > stats.size)
    notes.note('emlx-length-wrong', at, `it should hold ${count} octets of message and has ${stats.size - line.length}`)
}
