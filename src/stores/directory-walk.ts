import { opendirSync } from 'node:fs'
import { codeOf } from './file-reader.js'
import { openablePath } from './octet-name.js'

/** One directory of a tree, as it lies on the disk. Names and paths are octets. */
export interface WalkedDirectory {
  readonly path: string
  /** The names on the way from the root; empty for the root itself. */
  readonly names: readonly string[]
  readonly directories: readonly string[]
  readonly files: readonly string[]
}

/** Deeper than any mail lies. */
const DEEPEST = 64

/**
 * Walks all directories of a tree, each before those in it. Links are not followed; what cannot be listed is left out.
 *
 * @param root - octets of the path
 * @param isLeftOut - whether an entry is passed by: it is not listed, and not walked into
 */
export function* walkDirectories(
  root: string,
  isLeftOut: (name: string, siblings: readonly string[]) => boolean,
): Generator<WalkedDirectory> {
  const waiting: { readonly path: string; readonly names: readonly string[] }[] = [{ path: root, names: [] }]
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    const { path, names } = step
    const listed = listNames(path)
    if (listed === null) continue
    yield { path, names, ...listed }
    if (names.length === DEEPEST) continue
    const below = listed.directories.filter((name) => !isLeftOut(name, listed.directories))
    for (const name of below.reverse()) waiting.push({ path: `${path}/${name}`, names: [...names, name] })
  }
}

function listNames(path: string): Pick<WalkedDirectory, 'directories' | 'files'> | null {
  const directories: string[] = []
  const files: string[] = []
  try {
    const listing = opendirSync(openablePath(path === '' ? '/' : path), { encoding: 'latin1', bufferSize: 256 })
    try {
      for (let entry = listing.readSync(); entry !== null; entry = listing.readSync()) {
        if (entry.isDirectory()) directories.push(entry.name)
        else files.push(entry.name)
      }
    } finally {
      listing.closeSync()
    }
  } catch (error) {
    codeOf(error)
    return null
  }
  return { directories: directories.sort(), files: files.sort() }
}

/** Whether a directory holds messages of Dovecot's dbox, and no index that says which they are. */
export function isDboxWithoutIndex({ files }: Pick<WalkedDirectory, 'files'>): boolean {
  return (
    files.some((name) => /^[um]\.\d+$/.test(name)) && !files.some((name) => /^dovecot\.(?:index|map\.index)/.test(name))
  )
}
