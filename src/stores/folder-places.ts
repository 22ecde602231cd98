import { closeSync, lchownSync, lstatSync, mkdirSync, openSync, readdirSync } from 'node:fs'
import { syncDirectory } from './durable-files.js'
import { openablePath, showOctets } from './octet-name.js'
import { accessOf, ownerOf, PRIVATE_DIRECTORY, PRIVATE_FILE, shareDirectory } from './permissions.js'

/** What to do about a name that a store cannot have. */
export const OTHER_NAME = 'Give it another name there: --map FOLDER=NAME'

/** What lies at a path: links are not followed. */
export function kindAt(path: string): 'nothing' | 'directory' | 'link' | 'other' {
  const stats = lstatSync(openablePath(path), { throwIfNoEntry: false })
  if (stats === undefined) return 'nothing'
  if (stats.isSymbolicLink()) return 'link'
  return stats.isDirectory() ? 'directory' : 'other'
}

/**
 * Makes a directory where none is, and has it on the disk. It is for those who may use the one that it lies in.
 *
 * @returns whether it was made
 */
export function makeDirectory(path: string): boolean {
  return make(path, () => shareDirectory(path, accessOf(parentOf(path))))
}

/** Makes the directory of a new store, for its owner alone: the one that it lies in is no store. */
export function makePrivateDirectory(path: string): boolean {
  return make(path, () => {})
}

function make(path: string, share: () => void): boolean {
  if (kindAt(path) === 'directory') return false
  mkdirSync(openablePath(path), { mode: PRIVATE_DIRECTORY })
  giveToOwner(path)
  share()
  syncDirectory(parentOf(path))
  return true
}

/** Makes an empty file that says what a directory is, where there is none. */
export function makeEmptyFile(path: string): void {
  if (kindAt(path) !== 'nothing') return
  const fd = openSync(openablePath(path), 'wx', PRIVATE_FILE)
  try {
    giveToOwner(path)
    ownerOf(accessOf(parentOf(path)), false).take(fd)
  } finally {
    closeSync(fd)
  }
  syncDirectory(parentOf(path))
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/'

/** What root makes in another user's directory is to be that user's. */
function giveToOwner(path: string): void {
  const { uid, gid } = lstatSync(openablePath(parentOf(path)))
  if (uid !== 0 && lstatSync(openablePath(path)).uid === 0) lchownSync(openablePath(path), uid, gid)
}

/**
 * Why no directory can be made or used below a store's own; null: nothing speaks against it. Links are not followed, since they may
 * lead out of the store; and a name under which the file system finds another one falls together with it.
 *
 * @param names - octets of the directories on the way
 */
export function whyNoPlace(root: string, names: readonly string[]): string | null {
  let path = root
  for (const name of names) {
    if (name.length > LONGEST) return `a directory's name has at most ${LONGEST} octets`
    const parent = path
    path = `${path}/${name}`
    const kind = kindAt(path)
    if (kind === 'nothing') continue
    if (kind === 'link') return `${showOctets(path)} is a symbolic link, which is not followed for writing`
    if (kind === 'other') return `${showOctets(path)} is no directory`
    if (!isListed(parent, name)) return `the file system holds it for the same as another name in ${showOctets(parent)}`
  }
  return null
}

const LONGEST = 255

function isListed(parent: string, name: string): boolean {
  return readdirSync(openablePath(parent === '' ? '/' : parent), 'latin1').includes(name)
}
