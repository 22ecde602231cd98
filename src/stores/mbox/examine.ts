import type { Examine, ExamineOptions } from '../examiners.js'
import { codeOf, whyOf } from '../file-reader.js'
import type { Observation } from '../observation.js'
import { utf8Octets } from '../octet-name.js'
import { folderName, type LocalStoreSpec } from '../store.js'
import { examineFile } from './examine-file.js'
import { examineForeign, examineSummary } from './examine-leftovers.js'
import { examineLocks } from './examine-locks.js'
import { MboxNotes } from './examine-notes.js'
import { statOf } from './path-stats.js'
import { isVariant, type Variant } from './quoting.js'
import { formOf } from './signature.js'
import { type FoundMboxes, findMboxes } from './tree.js'

/** What is odd in mbox files: their separators, quoting and lengths, damage, locks, what other programs left beside them. */
export const examineMbox: Examine = async function* (store, options: ExamineOptions) {
  const { folders, foreign, troubles } = findFolders(store.spec)
  const variant = variantOf(store.spec)
  yield troubles.map(({ folder, message }) => unreadable(folder, message))
  for (const { name, path, compression } of folders.filter((each) => options.wanted(each.name))) {
    const notes = new MboxNotes(name)
    examineLocks(path, options.now, notes)
    examineSummary(path, notes)
    for await (const batch of examineFile({ folder: name, path, compression, variant }, notes)) {
      if (options.signal.aborted) return
      yield batch
    }
  }
  yield [...examineForeign(foreign)]
}

function findFolders(spec: LocalStoreSpec): FoundMboxes {
  const path = utf8Octets(spec.path)
  if (statOf(path)?.isDirectory()) return findMboxes(path === '/' ? '' : path)
  const name = folderName('INBOX')
  try {
    const form = formOf(path)
    const compression = form.kind === 'other' ? null : form.compression
    return { folders: [{ name, path, compression }], foreign: [], troubles: [] }
  } catch (error) {
    codeOf(error)
    return {
      folders: [],
      foreign: [],
      troubles: [{ code: 'UNREADABLE', folder: name, locator: null, message: whyOf(error) }],
    }
  }
}

const variantOf = ({ options: { variant } }: LocalStoreSpec): Variant | null =>
  variant !== undefined && isVariant(variant) ? variant : null

const unreadable = (folder: Observation['folder'], detail: string): Observation => ({
  rule: 'unreadable-file',
  folder,
  locator: null,
  offset: null,
  detail,
})
