/** The bare loop that scanning a Maildir is measured against: reads each file of a folder and hashes it. */
import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'

const folder = process.argv[2]
const buffer = Buffer.allocUnsafe(16 << 20)
let octets = 0
for (const name of readdirSync(folder)) {
  const file = openSync(join(folder, name), 'r')
  const { size } = fstatSync(file)
  let filled = 0
  while (filled < size) filled += readSync(file, buffer, filled, size - filled, null)
  closeSync(file)
  createHash('sha256').update(buffer.subarray(0, filled)).digest('hex')
  octets += filled
}
console.log(octets)
