import { realpathSync, statSync } from 'node:fs'
import { StoreNotFoundError } from '../errors.js'
import { openStore, type Scheme } from './drivers.js'
import { codeOf, giveWay, whyOf } from './file-reader.js'
import { readFirstOctets } from './first-octets.js'
import { openablePath, showOctets, utf8Octets } from './octet-name.js'
import { type DirectorySigns, isMaildirAt, isMboxFile, readSigns } from './signs.js'
import { specialUseOf } from './special-use.js'
import { folderName, type LocalStoreSpec } from './store.js'
import { unsupportedFile } from './unsupported.js'

/** Something found on a disk. Paths are shown as locators are: `\xHH` for what is no UTF-8. */
export type Discovered =
  | {
      readonly kind: 'store'
      readonly path: string
      readonly type: Scheme
      /** What names the store to every command: `maildir:/home/a/Mail`. */
      readonly url: string
      readonly folders: number
      readonly messages: number
      readonly bytes: number
    }
  | {
      readonly kind: 'unsupported'
      readonly path: string
      readonly format: string
      /** null for a directory. */
      readonly bytes: number | null
      /** The tool that converts it. */
      readonly hint: string
    }
  /** A directory or file that could not be looked at. */
  | { readonly kind: 'trouble'; readonly path: string; readonly message: string }

/** Where the system shows what is no file on a disk. */
const NO_DISK = new Set(['/proc', '/sys', '/dev', '/run'])

interface Step {
  readonly path: string
  /** Kinds of the stores that this directory is part of: what of them lies here is theirs. */
  readonly within: readonly Scheme[]
}

/**
 * Walks a disk or folder and names every mail store in it. A tree is one store: a Maildir with its folders, an MH or eml
 * directory with those below it, a directory of several mbox files or a Thunderbird profile; a lone mbox file is one by itself.
 * Symbolic links are not followed. Memory is bounded by the directories that wait.
 *
 * @throws StoreNotFoundError when nothing lies at the path
 */
export async function* discoverStores(path: string): AsyncIterable<Discovered> {
  const root = realPathOf(path)
  if (!statSync(openablePath(root)).isDirectory()) {
    yield* discoverFile(root)
    return
  }
  const waiting: Step[] = [{ path: root === '/' ? '' : root, within: [] }]
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    yield* discoverDirectory(step, waiting)
    await giveWay()
  }
}

async function* discoverDirectory({ path, within }: Step, waiting: Step[]): AsyncIterable<Discovered> {
  if (NO_DISK.has(path)) return
  let signs: DirectorySigns
  try {
    signs = readSigns(path === '' ? '/' : path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') yield { kind: 'trouble', path: showOctets(path), message: whyOf(error) }
    return
  }
  const roots = rootsIn(path, signs).filter((kind) => !within.includes(kind))
  const held: Scheme[] = [...within]
  for (const kind of roots) {
    const found = await measureStore(kind, path)
    if (found === null) continue
    yield found
    if (found.kind === 'store') held.push(kind)
  }
  if (!held.includes('mbox')) {
    for (const name of signs.mboxes) {
      const found = await measureStore('mbox', `${path}/${name}`)
      if (found !== null) yield found
    }
  }
  for (const { name, format, hint } of signs.unsupported) {
    yield unsupportedAt(name === '' ? path : `${path}/${name}`, format, hint)
  }
  for (const name of signs.directories.toReversed()) waiting.push({ path: `${path}/${name}`, within: held })
}

/** The kinds of which a directory is a store, with all that lies below it. */
function rootsIn(path: string, signs: DirectorySigns): Scheme[] {
  const roots: Scheme[] = []
  if (signs.isMaildir || isMaildirTree(path, signs)) roots.push('maildir')
  if (signs.isMh || isTreeOf(path, signs, (below) => below.isMh)) roots.push('mh')
  if (signs.emls > 0 || isTreeOf(path, signs, (below) => below.emls > 0)) roots.push('eml')
  if (signs.mboxes.length > 1 || (signs.mboxes.length > 0 && signs.isMboxTree) || isThunderbirdProfile(path, signs))
    roots.push('mbox')
  return roots
}

/** A directory without messages of its own above Maildirs: one of them is its INBOX or Maildir++, or they are all there is. */
function isMaildirTree(path: string, signs: DirectorySigns): boolean {
  const maildirs = signs.directories.filter((name) => isMaildirAt(`${path}/${name}`))
  if (maildirs.length === 0) return false
  if (maildirs.some((name) => /^(?:inbox$|\.[^.])/i.test(name))) return true
  const special = maildirs.filter((name) => specialUseOf(folderName(showOctets(name))) !== null)
  const visible = signs.directories.filter((name) => !name.startsWith('.'))
  return special.length > 1 || (maildirs.length > 1 && maildirs.length === visible.length && signs.visibleFiles === 0)
}

function isThunderbirdProfile(path: string, signs: DirectorySigns): boolean {
  const hasAccounts = signs.directories.includes('Mail') || signs.directories.includes('ImapMail')
  return hasAccounts && statSync(openablePath(`${path}/prefs.js`), { throwIfNoEntry: false }) !== undefined
}

/** A directory that holds nothing but directories with mail of one kind: two of them at least. */
function isTreeOf(path: string, signs: DirectorySigns, holds: (below: DirectorySigns) => boolean): boolean {
  const visible = signs.directories.filter((name) => !name.startsWith('.'))
  return signs.visibleFiles === 0 && visible.length > 1 && visible.every((name) => holdsBelow(`${path}/${name}`, holds))
}

function holdsBelow(path: string, holds: (below: DirectorySigns) => boolean): boolean {
  try {
    return holds(readSigns(path))
  } catch (error) {
    codeOf(error)
    return false
  }
}

/** Opens a store and counts what is in it; null: it holds no folder after all. */
async function measureStore(type: Scheme, octets: string): Promise<Discovered | null> {
  const path = Buffer.from(octets, 'latin1').toString('utf8')
  // A store is named by text: a path that is no UTF-8 names none.
  if (utf8Octets(path) !== octets) {
    return {
      kind: 'trouble',
      path: showOctets(octets),
      message: 'its path is no UTF-8 and cannot be given as an argument',
    }
  }
  const url = `${type}:${path}`
  const spec: LocalStoreSpec = { name: url, type, path: path === '' ? '/' : path, options: {} }
  try {
    await using store = await openStore(spec)
    const { folders } = await store.list()
    let messages = 0
    let bytes = 0
    for (const { name } of folders) {
      await using folder = await store.open(name)
      const measured = await folder.measure()
      messages += measured.messages
      bytes += measured.octets
    }
    return folders.length === 0
      ? null
      : { kind: 'store', path: spec.path, type, url, folders: folders.length, messages, bytes }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return { kind: 'trouble', path: spec.path, message: error.message }
  }
}

async function* discoverFile(path: string): AsyncIterable<Discovered> {
  const octets = readFirstOctets(path)
  if (octets === null) yield { kind: 'trouble', path: showOctets(path), message: 'it cannot be read' }
  else {
    const format = unsupportedFile(octets, path)
    const found = isMboxFile(octets, path) ? await measureStore('mbox', path) : null
    if (format !== null) yield unsupportedAt(path, format.format, format.hint)
    else if (found !== null) yield found
  }
}

function unsupportedAt(path: string, format: string, hint: string): Discovered {
  const stats = statSync(openablePath(path), { throwIfNoEntry: false })
  return { kind: 'unsupported', path: showOctets(path), format, bytes: stats?.isFile() ? stats.size : null, hint }
}

/** Octets of the path, links resolved. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path, 'buffer').toString('latin1')
  } catch (error) {
    const hint = 'Check the path.'
    if (codeOf(error) === 'ENOENT') throw new StoreNotFoundError(path, `${path}: nothing is there`, hint)
    throw new StoreNotFoundError(path, `${path}: ${whyOf(error)}`, hint)
  }
}
