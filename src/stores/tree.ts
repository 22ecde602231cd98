import { opendirSync, statSync } from 'node:fs'
import { codeOf, whyOf } from './file-reader.js'
import { compareFolderNames, joinLevels, nameOfLevels } from './folder-name.js'
import { openablePath, showOctets } from './octet-name.js'
import { type FolderName, type Foreign, folderName, type Trouble } from './store.js'

/** A folder that was found in a tree of directories. */
export interface FoundFolder {
  readonly name: FolderName
  /** Octets of the directory's path. */
  readonly path: string
  /** Reached by a symbolic link: what lies in it has other names. */
  readonly isLinked: boolean
}

export interface FoundTree {
  readonly folders: readonly FoundFolder[]
  /** Whether a folder was known by more than that it is empty. */
  readonly hasSigns: boolean
  readonly foreign: readonly Foreign[]
  readonly troubles: readonly Trouble[]
}

/** Where the folders of a tree lie. */
export interface TreeView {
  readonly root: string
  /** Octets of the paths of all folders, by their names. */
  readonly paths: ReadonlyMap<FolderName, string>
}

/** What lies in a directory; links are followed for `isDirectory`. */
export interface TreeEntry {
  readonly name: string
  readonly isDirectory: boolean
  readonly isLink: boolean
}

/** One directory of a tree, on its way to become a folder. */
export interface TreeDirectory {
  readonly path: string
  /** Escaped. */
  readonly levels: readonly string[]
  readonly isLinked: boolean
  /** Without the messages. */
  readonly entries: readonly TreeEntry[]
  readonly hasMessages: boolean
}

/** How a kind of store lays its folders. */
export interface TreeLayout {
  /** Files and directories that programs keep for themselves: neither mail nor worth telling. */
  readonly bookkeeping: RegExp
  /** Why a file of this name is foreign, where there is more to say than that it is. */
  whyForeign(name: string): string | null
  /** Whether a file of this name is a message that lies in the folder's own directory. */
  isMessage(name: string): boolean
  /** Whether the directory itself is a folder. */
  isFolder(directory: TreeDirectory): boolean
  /** Whether an entry is part of a folder, and nothing to walk into or to tell. */
  isContent(directory: TreeDirectory, entry: TreeEntry): boolean
  /** The levels that a directory below adds to the name, escaped; null: it is none of the store's. */
  levelsOf(name: string): readonly string[] | null
}

/** Lists what lies in a directory beside messages, in the order of its names' octets. @throws a system error */
function listEntries(
  path: string,
  isMessage: (name: string) => boolean,
): Pick<TreeDirectory, 'entries' | 'hasMessages'> {
  const directory = opendirSync(openablePath(path === '' ? '/' : path), { encoding: 'latin1', bufferSize: 256 })
  const entries: TreeEntry[] = []
  let hasMessages = false
  try {
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
      const isLink = entry.isSymbolicLink()
      const isPlain = entry.isDirectory() || entry.isFile()
      const isDirectory = isPlain ? entry.isDirectory() : leadsToDirectory(`${path}/${entry.name}`)
      if (isDirectory || !isMessage(entry.name)) entries.push({ name: entry.name, isDirectory, isLink })
      else hasMessages = true
    }
  } finally {
    directory.closeSync()
  }
  return { entries: entries.sort((a, b) => (a.name < b.name ? -1 : 1)), hasMessages }
}

function leadsToDirectory(path: string): boolean {
  try {
    return statSync(openablePath(path), { throwIfNoEntry: false })?.isDirectory() ?? false
  } catch (error) {
    codeOf(error)
    return false
  }
}

/**
 * Finds the folders in a tree of directories. A directory with two names (symbolic links) is one folder: the one under
 * its own path, where that lies in the tree.
 *
 * @param root - octets of the path
 */
export function findTree(root: string, layout: TreeLayout): FoundTree {
  const walk = new TreeWalk(layout)
  walk.start(root)
  return walk.finish()
}

interface Step {
  readonly path: string
  readonly levels: readonly string[]
  readonly rawLevels: readonly string[]
  readonly isLinked: boolean
}

class TreeWalk {
  readonly #layout: TreeLayout
  readonly #found: Step[] = []
  #hasSigns = false
  readonly #foreign: Foreign[] = []
  readonly #troubles: Trouble[] = []
  readonly #seen = new Map<string, string>()
  /** Links to directories wait until all directories were met under their own names. */
  readonly #links: Step[] = []

  constructor(layout: TreeLayout) {
    this.#layout = layout
  }

  start(root: string): void {
    this.#walk({ path: root, levels: [], rawLevels: [], isLinked: false })
    for (let link = this.#links.shift(); link !== undefined; link = this.#links.shift()) {
      if (this.#walk(link) === 'nothing') this.#tell(link.path, 'no mail of this kind of store lies in it')
    }
  }

  finish(): FoundTree {
    const folders = giveNames(this.#found).sort((a, b) => compareFolderNames(a.name, b.name))
    return { folders, hasSigns: this.#hasSigns, foreign: this.#foreign, troubles: this.#troubles }
  }

  /** @returns `told` where the directory itself was told as foreign or as a trouble */
  #walk(step: Step): 'mail' | 'nothing' | 'told' {
    const listed = this.#enter(step)
    if (listed === null) return 'told'
    const { entries } = listed
    const directory: TreeDirectory = { ...step, ...listed }
    const isFolder = this.#layout.isFolder(directory)
    if (isFolder) this.#found.push(step)
    this.#hasSigns ||= isFolder && (listed.hasMessages || entries.length > 0)
    let found: 'mail' | 'nothing' = isFolder ? 'mail' : 'nothing'
    const others: TreeEntry[] = []
    for (const entry of entries) {
      if (this.#layout.isContent(directory, entry)) continue
      // A folder may be called as a program calls its own directory (`.imapsync` in a Maildir): mail in it tells.
      const isBookkeeping = this.#layout.bookkeeping.test(entry.name)
      const below = isBookkeeping && entry.isLink ? null : this.#below(step, entry)
      if (below === null) others.push(...(isBookkeeping ? [] : [entry]))
      else if (entry.isLink) this.#links.push(below)
      else {
        const what = this.#walk(below)
        if (what === 'mail') found = 'mail'
        if (what === 'nothing' && !isBookkeeping) others.push(entry)
      }
    }
    // What lies in a directory without any mail is told once, as that directory.
    if (found === 'nothing' && step.levels.length > 0) return 'nothing'
    for (const entry of others) {
      const why = entry.isDirectory ? 'no mail of this kind of store lies in it' : this.#layout.whyForeign(entry.name)
      this.#tell(`${step.path}/${entry.name}`, why ?? 'no message of this kind of store')
    }
    return found
  }

  #below(step: Step, entry: TreeEntry): Step | null {
    const levels = entry.isDirectory ? this.#layout.levelsOf(entry.name) : null
    if (levels === null) return null
    return {
      path: `${step.path}/${entry.name}`,
      levels: [...step.levels, ...levels],
      rawLevels: [...step.rawLevels, showOctets(entry.name)],
      isLinked: step.isLinked || entry.isLink,
    }
  }

  /** Lists a directory that was not met before; null: it was, or it cannot be listed, which is told. */
  #enter(step: Step): Pick<TreeDirectory, 'entries' | 'hasMessages'> | null {
    try {
      const { dev, ino } = statSync(openablePath(step.path === '' ? '/' : step.path), { bigint: true })
      const object = `${dev}:${ino}`
      const before = this.#seen.get(object)
      if (before !== undefined) {
        this.#tell(step.path, `another name of ${before}`)
        return null
      }
      this.#seen.set(object, showOctets(step.path))
      return listEntries(step.path, this.#layout.isMessage)
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null
      const message = `${showOctets(step.path)}: ${whyOf(error)}`
      this.#troubles.push({ code: 'UNREADABLE', folder: nameOfLevels(step.levels), locator: null, message })
      return null
    }
  }

  #tell(path: string, why: string): void {
    this.#foreign.push({ path: showOctets(path), why })
  }
}

/**
 * Two directories that would show under one name (`.A.B` and `A/B`, `INBOX` and `Inbox`) keep apart: the name is that of the
 * one that is called so on disk, and the other shows as it is called there.
 */
function giveNames(found: readonly Step[]): FoundFolder[] {
  const given = new Map<FolderName, FoundFolder>()
  const give = (name: FolderName, { path, isLinked }: Step): void => void given.set(name, { name, path, isLinked })
  const isCalledSo = ({ levels, rawLevels }: Step): boolean =>
    levels.length === 0 || nameOfLevels(levels) === joinLevels(rawLevels)
  for (const step of found.filter(isCalledSo)) give(nameOfLevels(step.levels), step)
  for (const step of found.filter((each) => !isCalledSo(each))) {
    const raw = joinLevels(step.rawLevels)
    let name = nameOfLevels(step.levels)
    for (let n = 1; given.has(name); n++) name = n === 1 ? raw : folderName(`${raw} (${n})`)
    give(name, step)
  }
  return [...given.values()]
}
