import { opendirSync } from 'node:fs'
import { isDboxWithoutIndex } from '../directory-walk.js'
import { FileLook, ownerOf } from '../examine-file.js'
import type { Examine } from '../examiners.js'
import { giveWay, whyOf } from '../file-reader.js'
import { isNumber } from '../known-names.js'
import type { Observation } from '../observation.js'
import { fileLocator, ObservationNotes } from '../observation-notes.js'
import { openablePath, utf8Octets } from '../octet-name.js'
import { FolderChangedError } from '../safe-listing.js'
import { type FoundFolder, findTree } from '../tree.js'
import { examineSequences } from './examine-sequences.js'
import { mhFolderKind, mhLayout } from './folder.js'

/** Files looked at before other work gets its turn. */
const AT_ONCE = 2_000

/** Looks at MH folders: the names and times of files, and the sequences. */
export const examineMh: Examine = async function* (store, { wanted, now, signal }) {
  const root = utf8Octets(store.spec.path === '/' ? '' : store.spec.path)
  const look = new FileLook(root, now)
  for (const folder of findTree(root, mhLayout).folders)
    if (wanted(folder.name)) yield* examineFolder(folder, root, look, signal)
}

async function* examineFolder(
  folder: FoundFolder,
  root: string,
  look: FileLook,
  signal: AbortSignal,
): AsyncIterable<readonly Observation[]> {
  const notes = new ObservationNotes(folder.name)
  if (folder.path !== root && /\/\d+$/.test(folder.path))
    notes.note('folder-named-as-message', null, 'its name is that of a message in the folder above')
  try {
    noteOthers(folder.path, notes)
    const kind = mhFolderKind(folder.path)
    const { keys } = await kind.list()
    const owner = ownerOf(folder.path)
    const numbers = new Float64Array(keys.length)
    for (let place = 0; place < keys.length; place++) {
      const key = keys.at(place)
      numbers[place] = kind.positionOf(key)
      look.examine(kind.pathOf(key), kind.locatorOf(key), folder.name, owner, notes)
      if (notes.isFull) yield notes.take()
      if (place % AT_ONCE === AT_ONCE - 1) await giveWay()
      signal.throwIfAborted()
    }
    examineSequences(folder.path, numbers.sort(), notes)
  } catch (error) {
    signal.throwIfAborted()
    const why = error instanceof FolderChangedError ? error.message : whyOf(error)
    notes.note('unreadable-folder', null, why)
  }
  yield notes.take()
}

/** Notes the files of a folder that are no messages and look as if they had been some. */
function noteOthers(directory: string, notes: ObservationNotes): void {
  const files: string[] = []
  const entries = opendirSync(openablePath(directory === '' ? '/' : directory), {
    encoding: 'latin1',
    bufferSize: 1_024,
  })
  try {
    for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) {
      const { name } = entry
      if (isNumber(name) || entry.isDirectory()) continue
      if (/^[,#]\d+$/.test(name)) notes.note('deleted-leftover', fileLocator(name), 'a message that was removed')
      else if (/^\d+$/.test(name)) notes.note('number-malformed', fileLocator(name), whyNoNumber(name))
      else if (/^[um]\.\d+$/.test(name) || name.startsWith('dovecot.')) files.push(name)
      else if (!mhLayout.bookkeeping.test(name)) notes.note('foreign-file', fileLocator(name), 'its name is no number')
    }
  } finally {
    entries.closeSync()
  }
  if (isDboxWithoutIndex({ files }))
    notes.note('dbox-without-index', null, 'dbox messages lie in it, and likely their index is lost')
}

const whyNoNumber = (name: string): string =>
  name.startsWith('0') ? 'a number with a leading zero: MH does not see it' : 'a number too large for a message'
