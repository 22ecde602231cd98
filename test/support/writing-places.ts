import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStoreOrAbsent } from '../../src/stores/absent-store.js'
import type { FolderName, LocalStoreSpec, LocalStoreType } from '../../src/stores/store.js'
import { openWritableStore } from '../../src/stores/writable-drivers.js'
import { cutPowerAt } from './power-cut.js'
import type { WritingMaker, WritingPlace } from './writing-place.js'

/** What another program does to a store in files; none of it where the kind has no such thing. */
export interface Neighbour {
  reflag?(path: string, flags: readonly string[]): void
  remove(path: string): void
  /** Puts a file with other content there under the same locator. */
  exchange?(path: string, by: Buffer): void
  /** The directory of a folder below the store's own. */
  directoryOf(root: string, folder: FolderName): string
}

/** Makes places for stores in files of this computer. */
export function localPlaces(
  type: LocalStoreType,
  neighbour: Neighbour | null,
  options: LocalStoreSpec['options'] = {},
): WritingMaker {
  return { make: async () => place(mkdtempSync(join(tmpdir(), 'mbaudit-writing-')), type, neighbour, options) }
}

function place(
  base: string,
  type: LocalStoreType,
  neighbour: Neighbour | null,
  options: LocalStoreSpec['options'],
): WritingPlace {
  const [root, scratch] = [join(base, 'store'), join(base, 'scratch')]
  mkdirSync(scratch, { mode: 0o700 })
  const spec: LocalStoreSpec = { name: 'law', type, path: root, options }
  const find = (folder: FolderName, raw: Buffer): string => {
    const directory = neighbour?.directoryOf(root, folder) ?? root
    const path = filesIn(directory).find((each) => readFileSync(each).equals(raw))
    if (path === undefined) throw new Error('no such message')
    return path
  }
  const { reflag, remove, exchange } = neighbour ?? {}
  return {
    root,
    scratch,
    open: () => openStoreOrAbsent(spec),
    openForWriting: () => openWritableStore(spec, true),
    reflag: reflag === undefined ? null : async (folder, raw, flags) => reflag(find(folder, raw), flags),
    remove: remove === undefined ? null : async (folder, raw) => remove(find(folder, raw)),
    exchange: exchange === undefined ? null : async (folder, raw, by) => exchange(find(folder, raw), by),
    crashAt: async (at, act) => {
      const crashed = await cutPowerAt(at, act)
      if (crashed) filesIn(root).forEach(leaveLock)
      return crashed
    },
    dispose: async () => rmSync(base, { recursive: true, force: true }),
  }
}

/** No process has it: the largest one that Linux gives is smaller. */
const DEAD = 4_194_305

/** The lock of a program that was killed names a process that is no more; this one lives on. */
function leaveLock(path: string): void {
  if (!path.endsWith('.lock')) return
  const text = readFileSync(path, 'latin1')
  if (text.startsWith(`${process.pid}:`)) writeFileSync(path, text.replace(/^\d+/, String(DEAD)))
}

function filesIn(path: string): string[] {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (!stats?.isDirectory()) return stats === undefined ? [] : [path]
  return readdirSync(path).flatMap((name) => filesIn(join(path, name)))
}
