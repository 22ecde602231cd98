import { opendirSync } from 'node:fs'
import { openablePath } from './octet-name.js'
import { PackedKeys } from './packed-keys.js'

/**
 * The keys of the messages in a directory, sorted.
 *
 * @param keyOf - the key of a name (octets); null where it is not a message's. Directories are none.
 * @throws a system error
 */
export function listMessageKeys(path: string, keyOf: (name: string) => string | null): PackedKeys {
  const directory = opendirSync(openablePath(path), { encoding: 'latin1', bufferSize: 1_024 })
  const keys = new PackedKeys()
  try {
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
      const key = keyOf(entry.name)
      if (key !== null && !entry.isDirectory()) keys.push(key)
    }
  } finally {
    directory.closeSync()
  }
  return keys.sort()
}
