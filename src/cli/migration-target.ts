import { accessSync, constants, existsSync, mkdtempSync, rmSync, statfsSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { openTarget } from '../apply/target.js'
import { EXIT, MbauditError } from '../errors.js'
import { whyOf } from '../stores/file-reader.js'
import type { FolderName, StoreSpec } from '../stores/store.js'
import type { WritableFolder, WritableStore } from '../stores/writable.js'
import { isToBeMade } from './act-stores.js'

/** What a target can hold, asked of itself; of one that is not there yet of an empty one of its kind. */
export interface TargetSample extends AsyncDisposable {
  readonly store: WritableStore
  /** Whether it is another store, of the same kind. */
  readonly isStandIn: boolean
  /** Why a folder that is not there yet could not keep a flag; empty: it could. */
  whyNoFlag(flag: string): string
}

/** The name that a folder gets in a target where nothing else has it. */
export async function namerOf(store: WritableStore): Promise<(folder: FolderName) => FolderName> {
  const nameOf = await store.namer?.()
  return (folder) => store.nameFor(nameOf?.(folder) ?? folder)
}

/** @throws MbauditError where the target cannot be opened for writing */
export async function sampleTarget(spec: StoreSpec): Promise<TargetSample> {
  if (spec.type === 'imap' || !isToBeMade(spec)) return sampled(await openTarget(spec, false), false, async () => {})
  const directory = mkdtempSync(join(tmpdir(), 'mbaudit-'))
  const discard = async () => rmSync(directory, { recursive: true, force: true })
  try {
    return await sampled(await openTarget({ ...spec, path: join(directory, basename(spec.path)) }, true), true, discard)
  } catch (error) {
    await discard()
    throw error
  }
}

async function sampled(store: WritableStore, isStandIn: boolean, close: () => Promise<void>): Promise<TargetSample> {
  const folder = isStandIn ? await openFirst(store) : null
  return {
    store,
    isStandIn,
    whyNoFlag: (flag) => folder?.writing.whyNoFlag(flag) ?? '',
    [Symbol.asyncDispose]: async () => {
      await folder?.[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
      await close()
    },
  }
}

async function openFirst(store: WritableStore): Promise<WritableFolder | null> {
  const [first] = (await store.list()).folders
  return first === undefined ? null : store.openForWriting(first.name)
}

/** Whether names that differ in case alone are one where a local target is to be made. */
export function foldsCaseAt(path: string): boolean {
  const there = nearest(path)
  const other = join(dirname(there), swapCase(basename(there)))
  if (other === there || !existsSync(other)) return false
  const [one, two] = [statSync(there), statSync(other)]
  return one.ino === two.ino && one.dev === two.dev
}

const swapCase = (text: string): string =>
  [...text].map((sign) => (sign === sign.toLowerCase() ? sign.toUpperCase() : sign.toLowerCase())).join('')

/** The path, or the nearest directory above it that is there. */
function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path))
}

/**
 * @param octets - of the messages that are to be copied
 * @throws MbauditError QUOTA_EXCEEDED where a local target has no room for them
 */
export function requireRoom(spec: StoreSpec, octets: number, roomAt = freeOctets): void {
  if (spec.type === 'imap') return
  const room = roomAt(nearest(spec.path))
  if (room === null || octets <= room) return
  throw new MbauditError(
    'QUOTA_EXCEEDED',
    EXIT.partial,
    `${spec.path}: there is room for ${room} octets, and ${octets} are to be copied; nothing was changed`,
    'Make room, or name another place.',
    { store: spec.name },
  )
}

/** @throws MbauditError REFUSED where this user cannot write to a local target, so that not one folder after the other fails */
export function requireWritable(spec: StoreSpec): void {
  if (spec.type === 'imap') return
  const place = nearest(spec.path)
  try {
    accessSync(place, statSync(place).isDirectory() ? constants.W_OK | constants.X_OK : constants.W_OK)
  } catch (cause) {
    throw new MbauditError(
      'REFUSED',
      EXIT.partial,
      `${place} cannot be written to: ${whyOf(cause)}; nothing was changed`,
      'Run it as a user who may write there, or name another place.',
      { store: spec.name },
    )
  }
}

/** null: the file system does not say. */
function freeOctets(path: string): number | null {
  const { bavail, bsize, blocks } = statfsSync(path)
  return blocks === 0 ? null : bavail * bsize
}

/** A folder that the target can have under no name, nor can be told what it would be called. */
export class FolderNameError extends MbauditError {
  constructor(store: string, folder: FolderName, to: FolderName, why: string) {
    const named = folder === to ? folder : `${folder} (as ${to})`
    const hint = `Give it another name with --map '${folder}=NAME', or leave it out with --not-folder.`
    super('USAGE', EXIT.usage, `${store} can have no folder ${named}: ${why}`, hint, { store, folder })
  }
}
