import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { readFacts } from '../../src/message/facts.js'
import type { ScanBatch } from '../../src/stores/store.js'
import { MboxFiles, openMbox, scanWhile } from '../support/mbox-file.js'
import { writeMbox } from '../support/mbox-writer.js'
import { knownAfter, mail, readAll, scanFolder, snapshot } from '../support/store-law.js'

const files = new MboxFiles()
afterAll(() => files[Symbol.dispose]())

const mails = (count: number, from = 0) => Array.from({ length: count }, (_, n) => ({ raw: mail(from + n) }))
/** More than one batch. */
const MANY = writeMbox(mails(1200), 'mboxrd')
const ids = (batches: readonly ScanBatch[]) => batches.flatMap((batch) => batch.read.map((copy) => copy.facts.id))
const verdict = (batches: readonly ScanBatch[]) => batches.at(-1)?.verdict

/** Does something after the first batch. */
const once1 = (change: () => void) => (nth: number) => {
  if (nth === 1) change()
}

describe('a file that changes while it is read', () => {
  it('and grows is read to its new end, each message once', async () => {
    const path = files.write(MANY)
    const batches = await scanWhile(
      await openMbox(path),
      once1(() => appendFileSync(path, writeMbox(mails(5, 5000), 'mboxrd'))),
    )
    expect(verdict(batches)).toMatchObject({ outcome: 'complete' })
    expect(ids(batches).length).toBe(1205)
    expect(new Set(ids(batches)).size).toBe(1205)
  })

  it('and loses its end has what is left', async () => {
    const path = files.write(MANY)
    const rest = writeMbox(mails(700), 'mboxrd')
    const batches = await scanWhile(
      await openMbox(path),
      once1(() => truncateSync(path, rest.length)),
    )
    expect(verdict(batches)).toMatchObject({ outcome: 'complete' })
    expect(ids(batches).length).toBe(700)
  })

  it('and loses what was told already, fails', async () => {
    const path = files.write(MANY)
    const batches = await scanWhile(
      await openMbox(path),
      once1(() => writeFileSync(path, writeMbox(mails(1199, 1), 'mboxrd'))),
    )
    expect(verdict(batches)).toMatchObject({ outcome: 'failed', code: 'FOLDER_CHANGED' })
  })

  it('and is replaced by another that begins alike, is read anew', async () => {
    const path = files.write(MANY)
    const other = files.write(writeMbox(mails(1201), 'mboxrd'))
    const batches = await scanWhile(
      await openMbox(path),
      once1(() => renameSync(other, path)),
    )
    expect(verdict(batches)).toMatchObject({ outcome: 'complete' })
    expect(ids(batches).length).toBe(1201)
  })

  it('and vanishes, fails', async () => {
    const path = files.write(MANY)
    const batches = await scanWhile(
      await openMbox(path),
      once1(() => rmSync(path)),
    )
    expect(verdict(batches)).toMatchObject({ outcome: 'failed', code: 'FOLDER_CHANGED' })
  })

  it('without end by another process, ends in a verdict and never in a mixed-up message', async () => {
    const path = files.write(MANY)
    const writer = spawnRewriter(path)
    try {
      await once(writer, 'spawn')
      for (let round = 0; round < 3; round++) {
        const batches = await scanWhile(await openMbox(path), () => {})
        for (const copy of batches.flatMap((batch) => batch.read)) expect(WIRES).toContain(copy.facts.wire)
        if (verdict(batches)?.outcome === 'complete') expect(new Set(ids(batches)).size).toBe(ids(batches).length)
        else expect(verdict(batches)).toMatchObject({ code: 'FOLDER_CHANGED' })
      }
    } finally {
      writer.kill()
      await once(writer, 'exit')
    }
  }, 60_000)
})

const WIRES = new Set(mails(1300).map(({ raw }) => readFacts(raw).wire))
const withoutChangeTime = (lines: readonly string[]) =>
  lines.map((line) => line.replace(/ \d+(?= \d+ \d+ [0-9a-f]{64}$)/, ''))

/** Takes the first messages away and puts them back, over and over. */
function spawnRewriter(path: string): ChildProcess {
  const other = files.write(writeMbox(mails(1100, 100), 'mboxrd'))
  const same = files.write(MANY)
  const code = `const fs = require('node:fs')
    const [path, ...contents] = process.argv.slice(1)
    const octets = contents.map((each) => fs.readFileSync(each))
    for (let n = 0; ; n++) fs.writeFileSync(path, octets[n % octets.length])`
  return spawn(process.execPath, ['-e', code, path, other, same], { stdio: 'ignore' })
}

/** Waits until the file has stood still for so long that its times prove it unchanged. */
const settled = (path: string) =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, statSync(path).ctimeMs + 2_050 - Date.now())))

describe('a file that was scanned before', () => {
  it('is not read again when it stood still, and is when it did not', async () => {
    const path = files.write(writeMbox(mails(3), 'mboxrd'))
    const first = knownAfter(await scanFolder(await openMbox(path)))
    const folder = await openMbox(path)
    await settled(path)
    expect((await scanFolder(folder, first)).verdict).toEqual({ outcome: 'unchanged' })
    expect((await scanFolder(await openMbox(path, { variant: 'mboxo' }), first)).verdict.outcome).toBe('complete')
    appendFileSync(path, writeMbox(mails(1, 9), 'mboxrd'))
    const second = await scanFolder(await openMbox(path), first)
    expect([second.verdict.outcome, second.copies.length]).toEqual(['complete', 4])
  })

  it('tells again what in it is no mail, under the name that it goes by', async () => {
    const path = files.write(`Notes of mine\n\n${writeMbox(mails(1), 'mboxrd')}`)
    const first = await scanFolder(await openMbox(path))
    const told = { path: `${path} (octets 0-14)`, why: '15 octets before the first message' }
    expect(first.foreign).toEqual([told])
    symlinkSync(path, `${path}-also`)
    await settled(path)
    const again = await scanFolder(await openMbox(path), knownAfter(first))
    expect([again.verdict.outcome, again.foreign]).toEqual(['unchanged', [told]])
    const also = await scanFolder(await openMbox(`${path}-also`), knownAfter(first))
    expect(also.foreign).toEqual([{ ...told, path: `${path}-also (octets 0-14)` }])
  })

  it('gives no messages by their old places', async () => {
    const path = files.write(writeMbox(mails(3), 'mboxrd'))
    const folder = await openMbox(path)
    const places = (await scanFolder(folder)).copies.map((copy) => copy.locator)
    writeFileSync(path, writeMbox(mails(3, 5), 'mboxrd'))
    expect(await readAll(folder, places)).toEqual([null, null, null])
    rmSync(path)
    expect(await readAll(folder, places)).toEqual([null, null, null])
  })
})

describe('reading', () => {
  it('changes nothing, not even the time of access', async () => {
    const path = files.write(MANY)
    utimesSync(path, 1_000_000_000, 1_700_000_000)
    const before = snapshot(path)
    utimesSync(path, 1_000_000_000, 1_700_000_000)
    const changed = statSync(path).ctimeMs
    const folder = await openMbox(path)
    const { copies } = await scanFolder(folder)
    await readAll(
      folder,
      copies.map((copy) => copy.locator),
    )
    await folder.measure()
    // Linux alone lets an owner read without a trace.
    if (process.platform === 'linux') expect(statSync(path).atimeMs).toBe(1_000_000_000_000)
    expect(statSync(path).ctimeMs).toBe(changed)
    expect(withoutChangeTime(snapshot(path))).toEqual(withoutChangeTime(before))
  })

  it('tells that a file has other names', async () => {
    const path = files.write(writeMbox(mails(2), 'mboxrd'))
    const names = async (of: string) => (await scanFolder(await openMbox(of))).copies.map((copy) => copy.hasOtherNames)
    expect(await names(path)).toEqual([false, false])
    symlinkSync(path, `${path}-link`)
    expect(await names(`${path}-link`)).toEqual([true, true])
    linkSync(path, `${path}-hard`)
    expect(await names(path)).toEqual([true, true])
    const [one, two] = await Promise.all([path, `${path}-hard`].map(async (each) => scanFolder(await openMbox(each))))
    expect(one?.copies.map((copy) => copy.object)).toEqual(two?.copies.map((copy) => copy.object))
  })

  it('gives each message its own octets, in whatever order they are asked for', async () => {
    const path = files.write(MANY)
    const folder = await openMbox(path)
    const { copies } = await scanFolder(folder)
    const places = [...copies].reverse().map((copy) => copy.locator)
    const read = await readAll(folder, places)
    expect(read.map(String).reverse()).toEqual(mails(1200).map(({ raw }) => String(raw)))
    expect(readFileSync(path).equals(MANY)).toBe(true)
  })
})
