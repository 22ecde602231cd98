import { readdirSync, rmdirSync, statSync } from 'node:fs'
import { removeFile, syncDirectory, writingFailure } from './durable-files.js'
import { codeOf } from './file-reader.js'
import { makePrivateDirectory } from './folder-places.js'
import { openablePath, showOctets, utf8Octets } from './octet-name.js'
import type { LocalStoreSpec } from './store.js'
import type { WritableTreeKind } from './writable-tree-kind.js'

/** Makes a store where nothing lies, or an empty directory; what is there already stays as it is. */
export function makeStore(spec: LocalStoreSpec, kind: WritableTreeKind): void {
  const root = utf8Octets(spec.path)
  try {
    const stats = statSync(spec.path, { throwIfNoEntry: false })
    if (stats === undefined) makeParents(root)
    if (stats !== undefined && !(stats.isDirectory() && readdirSync(spec.path).length === 0)) return
    kind.makeStore(root)
    // An empty directory may count as an empty INBOX: it stays one.
    if (stats !== undefined) kind.makeFolder(root, true)
  } catch (error) {
    throw writingFailure(error, spec.name, 'INBOX')
  }
}

function makeParents(path: string): void {
  const parent = path.slice(0, path.lastIndexOf('/'))
  if (parent !== '' && statSync(openablePath(parent), { throwIfNoEntry: false }) === undefined) makeParents(parent)
  makePrivateDirectory(path)
}

/**
 * Takes away the directory of a folder in which no mail lies. Whatever is put in meanwhile keeps the directory that it lies in.
 *
 * @param path - octets
 * @returns why it stays; null: it is gone
 */
export function deleteEmpty(path: string, kind: WritableTreeKind): string | null {
  const names = readdirSync(openablePath(path), 'latin1')
  const strange = names.find((each) => !kind.isOwn(each))
  if (strange !== undefined) return `${showOctets(strange)} lies in it`
  for (const room of kind.rooms.filter((each) => names.includes(each))) {
    if (removeEmpty(`${path}/${room}`)) continue
    kind.makeFolder(path, false)
    return `something lies in its ${room}`
  }
  for (const each of names) if (!kind.rooms.includes(each)) removeFile(`${path}/${each}`)
  if (!removeEmpty(path)) return 'something lies in it'
  syncDirectory(path.slice(0, path.lastIndexOf('/')))
  return null
}

function removeEmpty(path: string): boolean {
  try {
    rmdirSync(openablePath(path))
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true
    if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error
    return false
  }
}
