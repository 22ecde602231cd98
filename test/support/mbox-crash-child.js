// One piece of work on an mbox in a process of its own, which kills itself without a warning before one of its changes of the file
// system; of what it is about to write then, half is written.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const { dist, path, scratch, mark, dieAt, appended, deleted, flagged } = JSON.parse(process.argv[2])
const load = (name) => import(`${dist}/${name}.js`)
const [{ openWritableStore }, { wireDigest }] = await Promise.all([
  load('stores/writable-drivers'),
  load('message/wire'),
])

const wireOf = (raw) => wireDigest(Buffer.from(raw, 'latin1'))
const store = await openWritableStore({ name: 'mbox', type: 'mbox', path, options: {} }, false)
const folder = await store.openForWriting('INBOX')
const changes = [
  ...deleted.map(({ locator, raw }) => ({ locator, wire: wireOf(raw), flags: null })),
  ...flagged.map(({ locator, raw }) => ({
    locator,
    wire: wireOf(raw),
    flags: { add: ['\\Flagged', 'new'], remove: ['\\Seen'] },
  })),
].map((change, n) => ({ ...change, token: `c${n}` }))
const messages = appended.map((raw, n) => {
  return {
    token: `m${n}`,
    bytes: Buffer.from(raw, 'latin1'),
    wire: wireOf(raw),
    flags: ['\\Seen'],
    received: 1_700_000_000,
  }
})
const work = appended.length > 0 ? { kind: 'append', messages } : { kind: 'change', changes }
const made = await folder.prepare(work, scratch)
fs.writeFileSync(mark, made)

let count = 0
for (const name of [
  'openSync',
  'writeSync',
  'fsync',
  'fsyncSync',
  'ftruncateSync',
  'linkSync',
  'renameSync',
  'unlinkSync',
]) {
  const real = fs[name]
  fs[name] = (...given) => {
    if (++count === dieAt) {
      if (name === 'writeSync' && Buffer.isBuffer(given[1])) half(real, given)
      process.kill(process.pid, 'SIGKILL')
      for (;;);
    }
    return real(...given)
  }
}
syncBuiltinESMExports()

function half(write, [fd, octets, from = 0, length = octets.length - from, place = null]) {
  write(fd, octets, from, length >> 1, place)
}

await folder.carryOut(work, made)
await store[Symbol.asyncDispose]()
