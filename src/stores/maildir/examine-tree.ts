import { isDboxWithoutIndex, type WalkedDirectory, walkDirectories } from '../directory-walk.js'
import { nameOfLevels } from '../folder-name.js'
import { decodeModifiedUtf7 } from '../modified-utf7.js'
import type { Observation } from '../observation.js'
import { counted, fileLocator, ObservationNotes, shown, shownText } from '../observation-notes.js'
import { showOctets } from '../octet-name.js'
import type { FolderName } from '../store.js'
import type { FoundFolder } from '../tree.js'
import { examineSubscriptions } from './examine-subscriptions.js'
import { maildirLayout } from './tree.js'

/** KMail keeps what lies below the folder NAME in `.NAME.directory`. */
const OF_KMAIL = /^\..+\.directory$/
const PARTS = /^(?:cur|new|tmp)$/
/** What lies in a folder of a Maildir beside its mail, and nowhere else. */
const SIGNS = /^(?:cur|new|tmp|maildirfolder|dovecot.*|courier.*|\.uidvalidity|\.mbsyncstate)$/
/** Directories of other programs that lie in people's mail. */
const NO_FOLDER = /^\.(?:git|svn|hg|st(?:folder|versions)|Trash-\d+|snapshots?|notmuch|mu|nova|cache)$/i

/** Looks at how the directories of a Maildir lie and are called, and at what its top says of them. */
export function examineMaildirTree(
  root: string,
  folders: readonly FoundFolder[],
  wanted: (folder: FolderName) => boolean,
): readonly Observation[] {
  const examination = new TreeExamination(root, folders, wanted)
  for (const directory of walkDirectories(root, (name, all) => PARTS.test(name) && all.includes('cur')))
    examination.examine(directory)
  return examination.finish()
}

class TreeExamination {
  readonly #root: string
  readonly #paths: ReadonlyMap<string, FoundFolder>
  /** Directories with folders somewhere in them. */
  readonly #above: ReadonlySet<string>
  readonly #wanted: (folder: FolderName) => boolean
  readonly #ofStore = new ObservationNotes(null)
  readonly #notes: Observation[] = []
  /** Maildir++ folders (below the top) that have the file `maildirfolder`, and that lack it. */
  readonly #marked: FoundFolder[] = []
  readonly #unmarked: FoundFolder[] = []

  constructor(root: string, folders: readonly FoundFolder[], wanted: (folder: FolderName) => boolean) {
    this.#root = root
    this.#paths = new Map(folders.map((folder) => [folder.path, folder]))
    this.#above = directoriesAbove(folders, root)
    this.#wanted = wanted
  }

  examine(directory: WalkedDirectory): void {
    const { path, names, files } = directory
    if (isDboxWithoutIndex(directory))
      this.#ofStore.note(
        'dbox-without-index',
        fileLocator(names.join('/')),
        'dbox messages lie in it, and likely their index is lost',
      )
    const folder = this.#paths.get(path)
    const name = names.at(-1) ?? ''
    if (folder !== undefined) this.#examineName(folder, name)
    else this.#examineNoFolder(directory, name)
    if (folder !== undefined && name.startsWith('.'))
      (files.includes('maildirfolder') ? this.#marked : this.#unmarked).push(folder)
    this.#examineLayout(directory)
  }

  #examineName(folder: FoundFolder, name: string): void {
    const why = name === '' ? null : whyMalformed(name)
    if (why !== null) this.#note(folder, 'folder-name-malformed', `${why}: "${shown(name)}"`)
  }

  /** A directory that is called as a folder is, in a place where folders are, but is none. */
  #examineNoFolder({ path, names, directories, files }: WalkedDirectory, name: string): void {
    if (!name.startsWith('.') || NO_FOLDER.test(name) || maildirLayout.bookkeeping.test(name)) return
    const at = fileLocator(names.join('/'))
    const all = [...directories, ...files]
    const isHalf = all.length === 0 || all.some((each) => SIGNS.test(each))
    if (!isHalf || this.#above.has(path)) return
    const why = directories.includes('cur') ? null : lackOf(directories)
    if (why === null)
      this.#ofStore.note('folder-name-malformed', at, 'a level of its name is empty: it is taken for no folder')
    else this.#ofStore.note('maildir-incomplete', at, why)
  }

  /** Folders as `.A.B` and folders as plain directories side by side, or folders inside a `.A`. */
  #examineLayout({ path, names, directories }: WalkedDirectory): void {
    const below = directories.filter((name) => this.#paths.has(`${path}/${name}`))
    const dotted = below.filter((name) => name.startsWith('.'))
    const plain = below.filter((name) => !name.startsWith('.'))
    const where = names.length === 0 ? 'at the top' : `in ${shown(names.join('/'))}`
    if (dotted.length > 0 && plain.length > 0) {
      const [firstDotted = '', firstPlain = ''] = [dotted[0], plain[0]]
      const detail = `${where} ${counted(dotted.length, 'folder')} as "${shown(firstDotted)}" and ${counted(plain.length, 'folder')} as "${shown(firstPlain)}"`
      this.#ofStore.note('layouts-mixed', null, detail)
    } else if (below.length > 0 && names.some((name) => name.startsWith('.') && !OF_KMAIL.test(name))) {
      this.#ofStore.note(
        'layouts-mixed',
        null,
        `${counted(below.length, 'folder')} ${where}, a folder of Maildir++, such as "${shown(below[0] ?? '')}"`,
      )
    }
  }

  finish(): readonly Observation[] {
    this.#examineAlike()
    if (this.#marked.length > 0)
      for (const folder of this.#unmarked)
        this.#note(folder, 'maildirfolder-missing', `others have it, such as ${shownText(this.#marked[0]?.name ?? '')}`)
    examineSubscriptions(this.#root, [...this.#paths.values()], this.#ofStore)
    return [...this.#ofStore.take(), ...this.#notes]
  }

  #examineAlike(): void {
    const met = new Map<string, { folder: FoundFolder; name: string }>()
    for (const folder of this.#paths.values()) {
      const name = nameOf(folder, this.#root)
      const folded = name.normalize('NFC').toLowerCase()
      const other = met.get(folded)
      if (other === undefined) met.set(folded, { folder, name })
      else
        this.#note(
          folder,
          'folder-names-alike',
          `${howAlike(name, other.name)} tells it from ${shownText(other.folder.name)}`,
        )
    }
  }

  #note(
    folder: FoundFolder,
    rule: 'folder-name-malformed' | 'folder-names-alike' | 'maildirfolder-missing',
    detail: string,
  ): void {
    if (!this.#wanted(folder.name)) return
    const notes = new ObservationNotes(folder.name)
    notes.note(rule, null, detail)
    this.#notes.push(...notes.take())
  }
}

function directoriesAbove(folders: readonly FoundFolder[], root: string): ReadonlySet<string> {
  const above = new Set<string>()
  for (const { path } of folders) {
    let end = path.lastIndexOf('/')
    for (; end > root.length && !above.has(path.slice(0, end)); end = path.lastIndexOf('/', end - 1))
      above.add(path.slice(0, end))
  }
  return above
}

function lackOf(directories: readonly string[]): string {
  const there = directories.filter((name) => PARTS.test(name))
  return there.length === 0
    ? 'it has no cur, no new and no tmp'
    : `it has ${there.join(' and ')} and no cur: it is taken for no folder`
}

/** The name as its directories say, decoded, whatever another folder shows as. */
function nameOf({ path }: FoundFolder, root: string): string {
  const names = path === root ? [] : path.slice(root.length + 1).split('/')
  return nameOfLevels(names.flatMap((name) => maildirLayout.levelsOf(name) ?? [showOctets(name)]))
}

function howAlike(name: string, other: string): string {
  if (name === other) return 'the layout alone'
  if (name.normalize('NFC') === other.normalize('NFC')) return 'the form of its Unicode (NFC, NFD) alone'
  return name.toLowerCase() === other.toLowerCase() ? 'case alone' : 'case and the form of its Unicode (NFC, NFD) alone'
}

/** @param name - octets of a directory's name; null: nothing is wrong with it */
function whyMalformed(name: string): string | null {
  if (showOctets(name).replaceAll('\\\\', '').includes('\\')) return 'its name is neither UTF-8 nor modified UTF-7'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what is looked for
  if (/[\x00-\x1f\x7f]/.test(name)) return 'a control character is in its name'
  const parts = name.startsWith('.') ? name.slice(1).split('.') : [name]
  const bad = parts.find((part) => part.includes('&') && decodeModifiedUtf7(part) === null)
  if (bad !== undefined) return 'what follows the & is no modified UTF-7'
  return parts.some((part) => part !== part.trim()) ? 'a level of its name begins or ends with a blank' : null
}
