import { codeOf } from '../file-reader.js'
import { hashName, holdsNumber, NumberColumn, repeatedNumbers } from '../name-hashes.js'
import type { Observation } from '../observation.js'
import { shownText } from '../observation-notes.js'
import { textOfOctets } from '../octet-name.js'
import { PackedKeys } from '../packed-keys.js'
import { FolderChangedError } from '../safe-listing.js'
import { locator } from '../store.js'
import type { ExaminedFolder } from './examine-folder.js'
import { bodyOf, uniqueOf } from './file-name.js'
import { maildirFolderKind } from './folder.js'

/**
 * Tells unique names that stand in more than one folder. Their hashes are compared; only the names of those that repeat are
 * listed again.
 */
export async function* examineSharedNames(examined: readonly ExaminedFolder[]): AsyncIterable<readonly Observation[]> {
  const shared = sharedHashes(examined)
  if (shared.length === 0) return
  const names = new PackedKeys()
  for (const [nth, { folder, uniques }] of examined.entries()) {
    if (!hasSome(uniques, shared)) continue
    let before = ''
    for (const unique of await uniquesOf(folder.path)) {
      if (unique !== before && holdsNumber(shared, hashName(unique)))
        names.push(`${unique}\0${String(nth).padStart(6, '0')}`)
      before = unique
    }
  }
  yield* groupsOf(names.sort(), examined)
}

function sharedHashes(examined: readonly ExaminedFolder[]): Float64Array {
  const all = new NumberColumn()
  for (const { uniques } of examined) for (let at = 0; at < uniques.length; at++) all.push(uniques.at(at))
  return repeatedNumbers(all.sorted())
}

function hasSome(uniques: NumberColumn, shared: Float64Array): boolean {
  for (let at = 0; at < uniques.length; at++) if (holdsNumber(shared, uniques.at(at))) return true
  return false
}

/** A folder that cannot be listed now was told when it was examined, or changed since: it is left out. */
async function uniquesOf(directory: string): Promise<Iterable<string>> {
  try {
    const { keys } = await maildirFolderKind(directory).list()
    return eachUnique(keys)
  } catch (error) {
    if (!(error instanceof FolderChangedError)) codeOf(error)
    return []
  }
}

function* eachUnique(keys: PackedKeys): Generator<string> {
  for (let at = 0; at < keys.length; at++) yield uniqueOf(bodyOf(keys.at(at)))
}

function* groupsOf(names: PackedKeys, examined: readonly ExaminedFolder[]): Generator<readonly Observation[]> {
  let first: readonly [unique: string, nth: number] | null = null
  let batch: Observation[] = []
  for (let at = 0; at < names.length; at++) {
    const [unique = '', digits = ''] = names.at(at).split('\0')
    const nth = Number(digits)
    if (first?.[0] !== unique) first = [unique, nth]
    const [here, other] = [examined[nth]?.folder, examined[first[1]]?.folder]
    if (first[1] === nth || here === undefined || other === undefined) continue
    const detail = `a file of ${shownText(other.name)} has the same unique name`
    const place = { folder: here.name, locator: locator(`file=${textOfOctets(unique)}`), offset: null }
    if (batch.push({ rule: 'unique-name-in-folders', ...place, detail }) < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

const BATCH = 256
