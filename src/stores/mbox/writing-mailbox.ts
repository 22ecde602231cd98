import { accessSync, closeSync, constants, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { StoreUnreadableError } from '../../errors.js'
import { hintToWrite, syncDirectory } from '../durable-files.js'
import { codeOf, whyOf } from '../file-reader.js'
import { openablePath, showOctets } from '../octet-name.js'
import { accessOf, PRIVATE_FILE, shareMailbox } from '../permissions.js'
import type { LocalStoreSpec } from '../store.js'
import type { Compression } from './compression.js'
import { ReadableFile } from './file.js'
import { isInternalData } from './internal-data.js'
import type { MboxFile } from './mbox-file.js'
import { whyNotWritten } from './other-names.js'
import { formOf } from './signature.js'
import { SplitterAt } from './splitter-at.js'
import type { FcntlLocks } from './writing-fcntl.js'
import { WritableMbox } from './writing-folder.js'
import { unwritable } from './writing-style.js'

/**
 * Makes an empty mailbox where nothing lies, for those who may use the directory that it lies in.
 *
 * @returns whether it was made
 */
export function makeMailbox(path: string): boolean {
  return make(path, (fd) => shareMailbox(fd, accessOf(dirname(path))))
}

/** Makes an empty mailbox that is a store by itself, for its owner alone. */
export function makePrivateMailbox(path: string): boolean {
  return make(path, () => {})
}

function make(path: string, share: (fd: number) => void): boolean {
  const fd = create(path)
  if (fd === null) return false
  try {
    share(fd)
  } finally {
    closeSync(fd)
  }
  syncDirectory(dirname(path))
  return true
}

/** null: something lies there. */
function create(path: string): number | null {
  const { O_CREAT, O_EXCL, O_WRONLY } = constants
  try {
    return openSync(openablePath(path), O_CREAT | O_EXCL | O_WRONLY, PRIVATE_FILE)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    return null
  }
}

/**
 * Opens a file for writing. What it holds is looked at when something is to be written: a file that a crash left in a bad
 * state is opened as well, so that it can be put right.
 *
 * @param root - octets of the directory of its store; null: it is the store
 * @throws StoreUnreadableError, or MbauditError REFUSED for a file that is only read
 */
export function openMailbox(
  spec: LocalStoreSpec,
  mbox: Omit<MboxFile, 'compression'>,
  locks: FcntlLocks,
  root: string | null,
): WritableMbox {
  const plain = { ...mbox, compression: null }
  const why = whyNotWritten(root, mbox.path, compressionOf(spec, mbox.path))
  if (why !== null) throw unwritable(plain, why)
  return new WritableMbox(plain, spec.name, locks)
}

function compressionOf({ name }: LocalStoreSpec, path: string): Compression | string | null {
  try {
    accessSync(openablePath(path), constants.R_OK | constants.W_OK)
    const form = formOf(path)
    return form.kind === 'other' ? form.why : form.compression
  } catch (error) {
    const hint = hintToWrite(error, 'Run it as a user who may write to it.')
    throw new StoreUnreadableError(name, `${showOctets(path)} cannot be written to: ${whyOf(error)}`, hint)
  }
}

/** Whether nobody's mail lies in a file: it is empty, or holds what servers note for themselves. */
export async function isWithoutMail(path: string): Promise<boolean> {
  using file = new ReadableFile(path)
  if (file.state().size === 0) return true
  const splitter = await SplitterAt.open(file, null)
  const first = await splitter?.at(splitter.first)
  return first != null && isInternalData(first.octets) && (await splitter?.next()) === null
}
