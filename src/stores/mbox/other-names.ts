import { statSync } from 'node:fs'
import { kindAt } from '../folder-places.js'
import { openablePath, showOctets } from '../octet-name.js'
import type { Compression } from './compression.js'

/**
 * Why an mbox file is only read, and never written to; null: nothing speaks against it.
 *
 * @param root - octets of the directory of its store; null: it is the store
 */
export function whyNotWritten(root: string | null, path: string, compression: Compression | string | null) {
  const link = root === null ? null : linkOnTheWay(root, path)
  // It may lead to what another store, or another folder, shows as its own.
  if (link !== null) return `${showOctets(link)} is a symbolic link, which is not followed for writing`
  if (compression !== null) return `it is compressed (${compression})`
  const names = statSync(openablePath(path), { throwIfNoEntry: false })?.nlink ?? 1
  return names > 1 ? `it has ${names} names (hard links), and all of them would change with it` : null
}

/** The symbolic link on the way from the top of a tree to one of its files; null: there is none. Octets. */
function linkOnTheWay(root: string, path: string): string | null {
  let way = root
  for (const name of path.slice(root.length + 1).split('/')) {
    way = `${way}/${name}`
    if (kindAt(way) === 'link') return way
  }
  return null
}
