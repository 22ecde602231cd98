/** Seeded mail to measure on: 5 % identical copies, 1 % delivered twice (same content), 0.5 % without Message-ID. */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const FIRST_DATE = Date.UTC(2001, 0, 1)
const MINUTE = 60_000
const POOL_LINES = 40_000

/** A small seeded generator (mulberry32): the same mail on every machine. */
function random(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const pick = (next, list) => list[Math.floor(next() * list.length)]
const upTo = (next, limit) => Math.floor(next() * limit)

function makeWords(next, count) {
  const letters = 'eeeeaaaiioouutnsrhldcmfpgbvk'
  return Array.from({ length: count }, () =>
    Array.from({ length: 2 + upTo(next, 9) }, () => pick(next, letters)).join(''),
  )
}

/** Lines of text or of base64; every body is a run of them. */
function makePools() {
  const next = random(1)
  const words = makeWords(next, 4000)
  const text = Array.from({ length: POOL_LINES }, () =>
    Array.from({ length: 1 + upTo(next, 14) }, () => pick(next, words)).join(' '),
  )
  const blob = Array.from({ length: POOL_LINES }, () =>
    Buffer.from(Array.from({ length: 57 }, () => upTo(next, 256))).toString('base64'),
  )
  return { words, text, blob }
}

/** As many lines from a random place in the pool as make up `octets`. */
function run(next, pool, octets) {
  let at = upTo(next, pool.length - 1)
  const lines = []
  for (let size = 0; size < octets; size += lines.at(-1).length + 1) {
    lines.push(pool[at])
    at = (at + 1) % pool.length
  }
  return lines.join('\n')
}

/** A body of `size` octets on average: mostly short text; in larger mail every third has an attachment. */
function makeBody(next, pools, size) {
  if (size < 8000 || next() < 0.67)
    return { fields: [], body: run(next, pools.text, size * (size < 8000 ? 1.5 : 0.3) * next() ** 0.8) }
  const boundary = `=_${upTo(next, 1e9)}`
  const part = (type, encoding, body) =>
    `--${boundary}\nContent-Type: ${type}\nContent-Transfer-Encoding: ${encoding}\n\n${body}\n`
  const body = `${part('text/plain; charset=us-ascii', '7bit', run(next, pools.text, 1500))}${part('application/octet-stream; name="a.bin"', 'base64', run(next, pools.blob, size * 5.2 * next()))}--${boundary}--`
  return { fields: ['MIME-Version: 1.0', `Content-Type: multipart/mixed; boundary="${boundary}"`], body }
}

function original(pools, serial, size) {
  const next = random(serial * 7919 + 17)
  const date = new Date(FIRST_DATE + serial * 37 * MINUTE).toUTCString().replace('GMT', '+0000')
  const [name, host, other] = [pick(next, pools.words), pick(next, pools.words), pick(next, pools.words)]
  const { fields, body } = makeBody(next, pools, size)
  const head = [
    `Return-Path: <${name}@${host}.example>`,
    `Received: from mx.${host}.example (mx.${host}.example [192.0.2.${upTo(next, 250)}])\n\tby in.example with ESMTP id ${upTo(next, 1e9)};\n\t${date}`,
    `From: ${name} ${other} <${name}@${host}.example>`,
    `To: ${other}@in.example`,
    `Subject: ${run(next, pools.words, 30).replaceAll('\n', ' ')}`,
    `Date: ${date}`,
    ...(serial % 200 === 2 ? [] : [`Message-ID: <${serial}.${upTo(next, 1e9)}@${host}.example>`]),
    ...fields,
  ]
  return `${head.join('\n')}\n\n${body}\n`
}

/** Every twentieth message is an earlier one again, every hundredth an earlier one that came another way. */
function messageAt(pools, serial, size) {
  if (serial % 20 === 0 && serial > 20) return original(pools, serial - 7, size)
  if (serial % 100 === 31)
    return `Received: from elsewhere.example by in.example; Mon, 1 Jan 2001 00:00:00 +0000\n${original(pools, serial - 4, size)}`
  return original(pools, serial, size)
}

const received = (serial) => Math.floor((FIRST_DATE + serial * 37 * MINUTE) / 1000) + 5

function separator(serial) {
  const [weekday, day, month, year, time] = new Date(received(serial) * 1000).toUTCString().replace(',', '').split(' ')
  return `From someone@in.example ${weekday} ${month} ${String(Number(day)).padStart(2)} ${time} ${year}\n`
}

/** Writes an mbox (mboxrd; no line of this mail needs quoting) of `count` messages of `size` octets on average. */
export function writeMbox(path, count, size) {
  const pools = makePools()
  const file = openSync(path, 'w')
  for (let serial = 0; serial < count; serial += 100) {
    const last = Math.min(count, serial + 100)
    const block = Array.from(
      { length: last - serial },
      (_, i) => `${separator(serial + i)}${messageAt(pools, serial + i, size)}\n`,
    )
    writeSync(file, block.join(''))
  }
  closeSync(file)
}

/** Writes the same messages as a Maildir of one folder. */
export function writeMaildir(path, count, size) {
  const pools = makePools()
  for (const folder of ['cur', 'new', 'tmp']) mkdirSync(join(path, folder), { recursive: true })
  for (let serial = 0; serial < count; serial++) {
    writeFileSync(join(path, 'cur', `${received(serial)}.M${serial}P1.in.example:2,S`), messageAt(pools, serial, size))
  }
}
