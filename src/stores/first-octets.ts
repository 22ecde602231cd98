import { closeSync, constants, openSync, readSync } from 'node:fs'
import { codeOf } from './file-reader.js'
import { openablePath } from './octet-name.js'

const COUNT = 4_096
const buffer = Buffer.allocUnsafeSlow(COUNT)

/**
 * The first octets of a file, valid until the next call; null: it cannot be read. The time of access stays where the
 * system lets us.
 */
export function readFirstOctets(path: string): Buffer | null {
  try {
    const fd = openQuietly(openablePath(path))
    try {
      return buffer.subarray(0, readSync(fd, buffer, 0, COUNT, 0))
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    codeOf(error)
    return null
  }
}

function openQuietly(path: string | Buffer): number {
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)
  try {
    return openSync(path, flags | (constants.O_NOATIME ?? 0))
  } catch (error) {
    if (codeOf(error) !== 'EPERM') throw error
    return openSync(path, flags)
  }
}

/** Whether a file begins as a message does: with a header field, or a `From ` line. */
export function looksLikeMessage(octets: Buffer): boolean {
  return /^(?:\xef\xbb\xbf)?>?(?:From |[!-9;-~]{2,76}[ \t]*:[ \t])/.test(octets.toString('latin1', 0, 128))
}
