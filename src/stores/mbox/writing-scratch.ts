import { readFileSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { removeFile, syncDirectory } from '../durable-files.js'
import { codeOf } from '../file-reader.js'
import { openablePath } from '../octet-name.js'
import { WritingFile } from './writing-file.js'

/** Puts a text into a file, at once and durably. @param path - octets */
export async function keepText(path: string, text: string): Promise<void> {
  const temporary = `${path}.tmp`
  {
    using file = new WritingFile(temporary, 'new')
    file.write(Buffer.from(text), 0)
    await file.sync()
  }
  renameSync(openablePath(temporary), openablePath(path))
  syncDirectory(dirname(path))
}

/** null: there is no such file. */
export function keptText(path: string): string | null {
  try {
    return readFileSync(openablePath(path), 'utf8')
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    return null
  }
}

/** Takes files away, and has that on the disk. */
export function forget(...paths: readonly string[]): void {
  for (const path of paths) removeFile(path)
  const first = paths[0]
  if (first !== undefined) syncDirectory(dirname(first))
}
