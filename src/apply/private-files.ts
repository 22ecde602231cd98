import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Makes a directory, and those above it that are lacking, for its owner alone, whatever the umask. */
export function makePrivateDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  chmodSync(path, 0o700)
}

/** Opens a file that is its owner's alone. @param flags - as of `fs.open` */
export function openPrivateFile(path: string, flags: string): number {
  const handle = openSync(path, flags, 0o600)
  chmodSync(path, 0o600)
  return handle
}

/** Writes a file in full, or not at all. */
export function writePrivateFile(path: string, parts: Iterable<Uint8Array | string>): void {
  const handle = openPrivateFile(`${path}.part`, 'w')
  try {
    for (const part of parts) writeAll(handle, typeof part === 'string' ? Buffer.from(part) : part)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(`${path}.part`, path)
  syncDirectory(dirname(path))
}

export function writeAll(handle: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at)
}

/** Makes names that were added to a directory, or taken from it, outlive a power cut. */
export function syncDirectory(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Writes many files so that they outlive a power cut as soon as their directory is flushed. */
export async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, 'wx', 0o600)
  try {
    await handle.chmod(0o600)
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
