import { opendirSync } from 'node:fs'
import { openablePath } from './octet-name.js'

/** The names (octets) in a directory that are those of messages; directories are none. @throws a system error */
export function listMessageNames(path: string, isMessage: (name: string) => boolean): string[] {
  const directory = opendirSync(openablePath(path), { encoding: 'latin1', bufferSize: 1_024 })
  const names: string[] = []
  try {
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
      if (isMessage(entry.name) && !entry.isDirectory()) names.push(entry.name)
    }
  } finally {
    directory.closeSync()
  }
  return names
}
