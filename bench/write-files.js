/** A bare loop: cuts an mbox at its separators, writes each message to a file of its own, flushed, and reads it back. */
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const [, , file, target] = process.argv
for (const name of ['tmp', 'cur', 'new']) mkdirSync(join(target, name), { recursive: true })
const octets = readFileSync(file)
const SEPARATOR = Buffer.from('\nFrom ')
let count = 0
for (let at = 0; at < octets.length; ) {
  const found = octets.indexOf(SEPARATOR, at)
  const end = found < 0 ? octets.length : found + 1
  const start = octets.indexOf(10, at) + 1
  write(octets.subarray(start, end), `${count++}.bench`)
  at = end
}
sync(join(target, 'cur'))
for (const name of readdirSync(join(target, 'cur'))) readFileSync(join(target, 'cur', name))

function write(message, name) {
  const handle = openSync(join(target, 'tmp', name), 'wx')
  writeSync(handle, message)
  fsyncSync(handle)
  closeSync(handle)
  renameSync(join(target, 'tmp', name), join(target, 'cur', `${name}:2,`))
}

function sync(directory) {
  const handle = openSync(directory, 'r')
  fsyncSync(handle)
  closeSync(handle)
}
