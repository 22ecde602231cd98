import { joinLevels, splitLevels } from '../folder-name.js'
import { kindAt, whyNoPlace } from '../folder-places.js'
import { showOctets } from '../octet-name.js'
import type { FolderName } from '../store.js'
import type { FoundMbox } from './tree.js'
import { namesOf } from './writing-names.js'

/** Where the file of a folder lies, or is to lie. Octets. */
export interface Place {
  readonly path: string
  /** On the way to it, the outermost first. */
  readonly directories: readonly string[]
}

/** The directory that holds the folders in a folder. @param path - of its file */
export const childrenOf = (path: string): string => `${path.replace(/\.(?:mbox|mbx)$/i, '')}.sbd`

/**
 * Where the file of a new folder goes: beside those of its siblings, wherever these lie.
 *
 * @param folders - those that there are
 * @returns a text: why there can be none
 */
export function placeOf(
  root: string,
  name: FolderName,
  folders: ReadonlyMap<FolderName, Pick<FoundMbox, 'path'>>,
): Place | string {
  const levels = splitLevels(name)
  if (joinLevels(levels) !== name || levels.length === 0) return 'it is no name of a folder'
  if (levels[0] !== 'INBOX' && levels[0]?.toUpperCase() === 'INBOX') return 'INBOX is written in capitals'
  const directories: string[] = []
  let directory = root
  for (const [nth, level] of levels.entries()) {
    const names = namesOf(level)
    if (typeof names === 'string') return names
    if (nth === levels.length - 1) return fileIn(root, directory, names.file, directories)
    directory = within(directory, names.directory, folders.get(joinLevels(levels.slice(0, nth + 1)))?.path)
    directories.push(directory)
  }
  return 'it is no name of a folder'
}

/** Thunderbird's `NAME.sbd`; in a tree of plain directories, the directory called as the folder. */
function within(directory: string, name: string, file: string | undefined): string {
  const own = file === undefined ? `${directory}/${name}` : childrenOf(file)
  const plain = `${directory}/${name.replace(/\.sbd$/, '')}`
  return kindAt(own) === 'nothing' && kindAt(plain) === 'directory' ? plain : own
}

function fileIn(root: string, directory: string, name: string, directories: readonly string[]): Place | string {
  const way = directory === root ? [] : directory.slice(root.length + 1).split('/')
  const why = whyNoPlace(root, way)
  if (why !== null) return why
  const isTaken = kindAt(`${directory}/${name}`) === 'directory'
  const path = `${directory}/${name}${isTaken ? '.mbox' : ''}`
  if (kindAt(path) === 'directory' || kindAt(path) === 'link') return `${showOctets(path)} is in its place`
  return { path, directories }
}
