import { isUtf8 } from 'node:buffer'
import { kindAt, makeDirectory, makeEmptyFile, makePrivateDirectory } from '../folder-places.js'
import { encodeModifiedUtf7 } from '../modified-utf7.js'
import { octetsOf } from '../octet-name.js'
import type { FolderName, LocalStoreSpec } from '../store.js'
import type { WritingDriver } from '../writable.js'
import { openWritableTree } from '../writable-tree.js'
import type { WritableTreeKind } from '../writable-tree-kind.js'
import { maildirFolderKind } from './folder.js'
import { clearLevel, isNested, isRoom, MAILDIR, maildirLayout, OPTIONS, ROOMS } from './tree.js'
import { MaildirWriter } from './writer.js'

/** Maildir++, or plain nested directories where the store is so or `layout=fs` asks for it. */
export const maildirWriting: WritingDriver<LocalStoreSpec> = {
  openForWriting: (spec, create) => openWritableTree(spec, treeKind(spec), create),
}

function treeKind(spec: LocalStoreSpec): WritableTreeKind {
  return {
    layout: maildirLayout,
    what: MAILDIR,
    options: OPTIONS,
    folderKind: maildirFolderKind,
    placeOf: (levels, tree) => (isNested(spec, tree) ? nestedPlace(levels) : flatPlace(levels)),
    levelFor: clearLevel,
    makeStore: (directory) => {
      makePrivateDirectory(directory)
      makeFolder(directory, true)
    },
    makeFolder,
    isOwn: (name) => isRoom(name) || maildirLayout.bookkeeping.test(name),
    rooms: ROOMS,
    writerOf: (directory, { isRoot, writerOf }) => {
      const other = (folder: FolderName): MaildirWriter | null => {
        const writer = writerOf(folder)
        return writer instanceof MaildirWriter ? writer : null
      }
      return new MaildirWriter(directory, isRoot, other)
    },
  }
}

/** `.Work.2024`, in modified UTF-7. */
function flatPlace(levels: readonly string[]): readonly string[] | string {
  const name = `.${levels.map((level) => encodedLevel(level)).join('.')}`
  return readsAs(name, levels) ? [name] : CANNOT
}

/** `Work/2024`, in Unicode; modified UTF-7 only where a name would be read as another. */
function nestedPlace(levels: readonly string[]): readonly string[] | string {
  const room = levels.find(isRoom)
  if (room !== undefined) return `${room} is a directory of a Maildir itself`
  const names = levels.map((level) => {
    const plain = octetsOf(level)
    return !/[/\0]/.test(plain) && readsAs(plain, [level]) ? plain : encodedLevel(level)
  })
  return names.every((name, n) => readsAs(name, levels.slice(n, n + 1))) ? names : CANNOT
}

const CANNOT = 'a Maildir has no way to write this name'

function encodedLevel(level: string): string {
  const octets = octetsOf(level)
  const bytes = Buffer.from(octets, 'latin1')
  return isUtf8(bytes) ? encodeModifiedUtf7(bytes.toString('utf8'), '/.') : octets
}

function readsAs(name: string, levels: readonly string[]): boolean {
  if (/[/\0]/.test(name)) return false
  const read = maildirLayout.levelsOf(name)
  return read !== null && read.length === levels.length && read.every((level, n) => level === levels[n])
}

function makeFolder(directory: string, isTop: boolean): void {
  const isNew = kindAt(`${directory}/cur`) === 'nothing'
  const base = directory.slice(directory.lastIndexOf('/') + 1)
  // Maildir++ marks its folders by an empty file.
  if (isNew && !isTop && base.startsWith('.')) makeEmptyFile(`${directory}/maildirfolder`)
  for (const room of [...ROOMS].reverse()) makeDirectory(`${directory}/${room}`)
}
