import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs'
import { codeOf, kindOf, whyOf } from '../file-reader.js'
import { compareFolderNames, escapeLevel, joinLevels, nameOfLevels } from '../folder-name.js'
import { decodeModifiedUtf7 } from '../modified-utf7.js'
import { openablePath, showOctets } from '../octet-name.js'
import { type FolderName, type Foreign, folderName, type Trouble } from '../store.js'
import { type Compression, withoutCompressionEnding } from './compression.js'
import { formOf } from './signature.js'

/** An mbox file in a tree. */
export interface FoundMbox {
  readonly name: FolderName
  /** Octets of the path as a Latin-1 string. */
  readonly path: string
  readonly compression: Compression | null
}

export interface FoundMboxes {
  /** INBOX first, then by name. */
  readonly folders: readonly FoundMbox[]
  readonly foreign: readonly Foreign[]
  readonly troubles: readonly Trouble[]
}

/** What programs keep beside mbox files. */
const BOOKKEEPING: readonly (readonly [name: RegExp, why: string])[] = [
  [/\.msf$/i, "a mail program's summary of a folder"],
  [/^nstmp/i, 'what compacting a folder left behind'],
  [/\.(?:dat|html?|json|sqlite|db|log|rdf|js|wdseml)$/i, 'no mail by its name'],
]
const LOCK = /\.lock$|^\.|~$/i

/**
 * Finds the mbox files in a tree: as Thunderbird lays them (`NAME.sbd` holds the children of `NAME`), as plain directories
 * (mutt, Dovecot), as an export (`NAME.mbox`, Apple's `NAME.mbox/mbox`).
 *
 * @param root - octets of the path
 */
export function findMboxes(root: string): FoundMboxes {
  const walk = new MboxWalk()
  walk.start(root)
  return walk.finish()
}

/** A name on disk, and how it is shown as a level of a folder's name. */
interface Level {
  readonly shown: string
  /** As it lies on disk: for a second folder that would be shown alike. */
  readonly raw: string
}

class MboxWalk {
  readonly #folders = new Map<FolderName, FoundMbox>()
  readonly #foreign: Foreign[] = []
  readonly #troubles: Trouble[] = []
  /** Directories by device and inode: one that has two names is read once. */
  readonly #seen = new Map<string, string>()
  /** Links to directories wait until all were met under their own names. */
  readonly #links: { readonly path: string; readonly levels: readonly Level[] }[] = []

  start(root: string): void {
    this.#walk(root, [])
    for (let link = this.#links.shift(); link !== undefined; link = this.#links.shift()) {
      if (!this.#walk(link.path, link.levels)) this.#tell(link.path, NO_MAIL)
    }
  }

  finish(): FoundMboxes {
    const folders = [...this.#folders.values()].sort((a, b) => compareFolderNames(a.name, b.name))
    return { folders, foreign: this.#foreign, troubles: this.#troubles }
  }

  /** @returns whether there is mail in it, or something was told of it; what lies in a directory without mail is told by its parent */
  #walk(directory: string, levels: readonly Level[]): boolean {
    const names = this.#enter(directory, levels)
    if (names === null) return true
    const others: (readonly [path: string, why: string])[] = []
    let hasMail = false
    for (const name of names) {
      if (LOCK.test(name)) continue
      const path = `${directory}/${name}`
      const why = this.#visit(path, name, levels, new Set(names))
      if (why === null) hasMail = true
      else others.push([path, why])
    }
    if (!hasMail && levels.length > 0) return false
    for (const [path, why] of others) this.#tell(path, why)
    return hasMail
  }

  /** The names in a directory that was not met before; null: it was, or it cannot be listed, which is told. */
  #enter(directory: string, levels: readonly Level[]): readonly string[] | null {
    try {
      const path = openablePath(directory === '' ? '/' : directory)
      const { dev, ino } = statSync(path, { bigint: true })
      const before = this.#seen.get(`${dev}:${ino}`)
      if (before !== undefined) {
        this.#tell(directory, `another name of ${before}`)
        return null
      }
      this.#seen.set(`${dev}:${ino}`, showOctets(directory))
      return readdirSync(path, 'latin1').sort()
    } catch (error) {
      this.#addTrouble(directory, nameOfLevels(levels.map(({ shown }) => shown)), error)
      return null
    }
  }

  /** @returns null: there is mail, or it was told what there is; else why it is none */
  #visit(path: string, name: string, levels: readonly Level[], siblings: ReadonlySet<string>): string | null {
    const stats = statOf(path)
    if (stats === null) return 'a symbolic link to nothing'
    if (stats.isDirectory()) return this.#visitDirectory(path, name, levels)
    if (!stats.isFile()) return kindOf(stats)
    const known = BOOKKEEPING.find(([pattern]) => pattern.test(name))?.[1]
    if (known !== undefined) return known
    if (stats.size === 0 && !isFolderName(name, siblings)) return 'an empty file'
    return this.#visitFile(path, name, levels)
  }

  #visitDirectory(path: string, name: string, levels: readonly Level[]): string | null {
    if (statOf(`${path}/cur`)?.isDirectory() === true) return 'a Maildir, no mbox file'
    const apple = `${path}/mbox`
    if (/\.mbox$/i.test(name) && statOf(apple)?.isFile() === true) return this.#visitFile(apple, name, levels)
    const below = [...levels, levelOf(name, name.replace(/\.sbd$/i, ''))]
    if (isLink(path)) {
      this.#links.push({ path, levels: below })
      return null
    }
    return this.#walk(path, below) ? null : NO_MAIL
  }

  #visitFile(path: string, name: string, levels: readonly Level[]): string | null {
    const level = levelOf(name, withoutCompressionEnding(name).replace(/\.(?:mbox|mbx)$/i, ''))
    const all = [...levels, level]
    try {
      const form = formOf(path)
      if (form.kind === 'unknown') return 'no mbox: no separator line in it'
      if (form.kind === 'mbox') this.#addFolder(all, path, form.compression)
      else this.#tell(path, `${form.why}. ${form.hint}`)
      return null
    } catch (error) {
      this.#addTrouble(path, nameOfLevels(all.map(({ shown }) => shown)), error)
      return null
    }
  }

  /** Two files that would be shown under one name (`A` and `A.mbox`) keep apart: the second is shown as it lies on disk. */
  #addFolder(levels: readonly Level[], path: string, compression: Compression | null): void {
    const raw = joinLevels(levels.map((level) => level.raw))
    let name = nameOfLevels(levels.map((level) => level.shown))
    if (this.#folders.has(name)) name = raw
    for (let n = 2; this.#folders.has(name); n++) name = folderName(`${raw} (${n})`)
    this.#folders.set(name, { name, path, compression })
  }

  #addTrouble(path: string, folder: FolderName, error: unknown): void {
    const message = `${showOctets(path)}: ${whyOf(error)}`
    this.#troubles.push({ code: 'UNREADABLE', folder, locator: null, message })
  }

  #tell(path: string, why: string): void {
    this.#foreign.push({ path: showOctets(path), why })
  }
}

const NO_MAIL = 'no mbox file lies in it'

/** @param stripped - the name without what its layout adds */
function levelOf(name: string, stripped: string): Level {
  const level = stripped === '' ? name : stripped
  const decoded = decodeModifiedUtf7(level)
  return { shown: decoded === null ? showOctets(level) : escapeLevel(decoded), raw: showOctets(name) }
}

/** Whether an empty file may be an empty folder: mail programs make such files, and others too. */
function isFolderName(name: string, siblings: ReadonlySet<string>): boolean {
  return (
    !name.includes('.') || /\.(?:mbox|mbx)$/i.test(name) || siblings.has(`${name}.msf`) || siblings.has(`${name}.sbd`)
  )
}

function statOf(path: string): Stats | null {
  try {
    return statSync(openablePath(path), { throwIfNoEntry: false }) ?? null
  } catch (error) {
    codeOf(error)
    return null
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(openablePath(path)).isSymbolicLink()
  } catch (error) {
    codeOf(error)
    return false
  }
}
