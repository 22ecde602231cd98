import { spawn, spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { FcntlLocks } from '../../src/stores/mbox/writing-fcntl.js'
import { lockMailbox } from '../../src/stores/mbox/writing-lock.js'
import { locator } from '../../src/stores/store.js'
import type { Change, Work, WritableFolder } from '../../src/stores/writable.js'
import { writeMbox } from '../support/mbox-writer.js'
import { MboxPlace } from '../support/mbox-writing.js'
import { mail, scanFolder } from '../support/store-law.js'
import { newToken, outgoing, seen, store, subjects, wireOf, work } from '../support/writing-place.js'

const places: MboxPlace[] = []
afterEach(async () => {
  for (const place of places.splice(0)) await place.dispose()
})
function newPlace(...args: ConstructorParameters<typeof MboxPlace>): MboxPlace {
  const place = new MboxPlace(...args)
  places.push(place)
  return place
}

const append = (...numbers: number[]): Work => ({
  kind: 'append',
  messages: numbers.map((n) => outgoing(mail(n))),
})

async function changeOf(folder: WritableFolder, n: number, flags: Change['flags']): Promise<Work> {
  const { copies } = await scanFolder(folder)
  const locator = copies.find(({ facts }) => facts.subject === `Mail ${n}`)?.locator
  if (locator === undefined) throw new Error(`no mail ${n}`)
  return { kind: 'change', changes: [{ token: newToken(), locator, wire: wireOf(mail(n)), flags }] }
}

const delivered = (n: number): string => writeMbox([{ raw: mail(n) }], 'mboxrd').toString('latin1')

describe('an mbox that others use', () => {
  it('is appended to where it ends when its turn comes', async () => {
    const place = newPlace(delivered(1))
    const folder = await place.open()
    const wanted = append(2, 3)
    const mark = await folder.prepare(wanted, place.scratch)
    appendFileSync(place.path, delivered(9).trimEnd())
    const outcomes = await folder.carryOut(wanted, mark)
    expect(await subjects(place.place)).toEqual(['Mail 1', 'Mail 9', 'Mail 2', 'Mail 3'])
    expect(await (await place.open()).settle(mark)).toEqual(outcomes)
  })

  it.each([
    ['at the end of a line', (text: string) => text.slice(0, text.indexOf('\n', -20) + 1)],
    ['in the middle of a From_ line', () => 'From a3@exam'],
    ['after the From_ line', (text: string) => text.slice(0, text.indexOf('\n') + 1)],
    ['in the middle of the header', (text: string) => text.slice(0, 90)],
    ['before its last empty line', (text: string) => text.slice(0, -1)],
    ['as a hole', (text: string) => '\0'.repeat(text.length)],
  ])('keeps its whole messages when another is half written %s', async (_where, cut) => {
    for (const after of ['', delivered(9)]) {
      const place = newPlace(delivered(1))
      const folder = await place.open()
      const wanted = append(2, 3, 4)
      const mark = await folder.prepare(wanted, place.scratch)
      await folder.carryOut(wanted, mark)
      const texts = place.content.split(/(?=^From )/m)
      const half = cut(texts[2] ?? '')
      place.content = `${texts[0]}${texts[1]}${half}${half === '' || half.endsWith('\n') ? '' : after && '\n'}${after}`
      const settled = await (await place.open()).settle(mark)
      if (after === '' || !half.startsWith('From a3@exam')) {
        expect(settled.map(({ outcome }) => outcome)).toEqual(['done', 'not-done', 'not-done'])
        expect(await subjects(place.place)).toEqual(['Mail 1', 'Mail 2', ...(after === '' ? [] : ['Mail 9'])])
      }
      expect(await (await place.open()).settle(mark)).toEqual(settled)
    }
  })

  it('keeps what another program appended before anything of ours was', async () => {
    const place = newPlace(delivered(1))
    const folder = await place.open()
    const mark = await folder.prepare(append(2), place.scratch)
    appendFileSync(place.path, delivered(9))
    const before = place.content
    expect((await folder.settle(mark)).map(({ outcome }) => outcome)).toEqual(['not-done'])
    expect(place.content).toBe(before)
  })

  it('finds its messages again after another program wrote the file anew', async () => {
    const place = newPlace(delivered(1) + delivered(5))
    const folder = await place.open()
    const wanted = append(2, 5)
    const mark = await folder.prepare(wanted, place.scratch)
    await folder.carryOut(wanted, mark)
    place.content = place.content.replace(/^Subject/gm, 'X-UID: 7\nStatus: O\nSubject').replace(delivered(1), '')
    const settled = await (await place.open()).settle(mark)
    expect(settled.map(({ outcome }) => outcome)).toEqual(['done', 'done'])
    expect((await subjects(place.place)).length).toBe(4)
  })

  it('is changed where the message still is, and not where it no longer is', async () => {
    const place = newPlace([1, 2, 3].map(delivered).join(''))
    const folder = await place.open()
    const wanted = await changeOf(folder, 2, null)
    const mark = await folder.prepare(wanted, place.scratch)
    place.content = [1, 3, 2].map(delivered).join('')
    expect((await folder.carryOut(wanted, mark)).map(({ outcome }) => outcome)).toEqual(['changed'])
    place.content = `${[1, 2, 3].map(delivered).join('')}${delivered(9)}`
    expect((await work(place.place, folder, wanted)).map(({ outcome }) => outcome)).toEqual(['done'])
    expect(await subjects(place.place)).toEqual(['Mail 1', 'Mail 3', 'Mail 9'])
  })

  it('keeps what another program appended to it while it was half rewritten', async () => {
    const text = [1, 2, 3, 4]
      .map((n) => writeMbox([{ raw: mail(n, `${'line\n'.repeat(3_000)}`) }], 'mboxrd').toString('latin1'))
      .join('')
    const changes = [null, { add: ['\\Flagged', 'keyword'], remove: [] }]
    for (const [flags, written] of changes.flatMap((one) => [0, 1, 5_000, 20_000, 1e9].map((n) => [one, n] as const))) {
      const place = newPlace(text)
      const folder = await place.open()
      const [, second] = (await scanFolder(folder)).copies
      const { wire = null } = second?.facts ?? {}
      const change = { token: 'aa', locator: second?.locator ?? locator('none'), wire, flags }
      const mark = await folder.prepare({ kind: 'change', changes: [change] }, place.scratch)
      await folder.carryOut({ kind: 'change', changes: [change] }, mark)
      const from = unfinish(place, text)
      place.content = half(place.content, text, from, written) + delivered(9)
      const again = await place.open()
      const settled = await again.settle(mark)
      const isDone = settled[0]?.outcome === 'done'
      expect(isDone).toBe(written === 1e9 && flags !== null)
      expect((await seen(place.place)).length).toBe(5)
      if (!isDone) expect(place.content).toBe(text + delivered(9))
      expect(await again.settle(mark)).toEqual(settled)
    }
  })

  it('is left alone where it can no longer be told what is so', async () => {
    const text = [1, 2, 3].map(delivered).join('')
    const place = newPlace(text)
    const folder = await place.open()
    const wanted = await changeOf(folder, 1, null)
    const mark = await folder.prepare(wanted, place.scratch)
    await folder.carryOut(wanted, mark)
    unfinish(place, text)
    place.content = text.replaceAll('Body', 'Bold')
    await expect(folder.settle(mark)).rejects.toMatchObject({ code: 'FOLDER_CHANGED' })
    expect(place.content).toBe(text.replaceAll('Body', 'Bold'))
  })
})

/** A file whose rewrite was cut off after so many octets. */
function half(now: string, before: string, from: number, written: number): string {
  const done = Math.min(from + written, now.length)
  return now.slice(0, done) + before.slice(done)
}

/** Puts the scratch directory back to where the rewrite was not finished. @returns where that began */
function unfinish({ scratch }: MboxPlace, before: string): number {
  const name = readdirSync(scratch).find((each) => each.endsWith('.done')) ?? ''
  const path = join(scratch, name.replace(/\.done$/, ''))
  renameSync(`${path}.done`, `${path}.plan`)
  const { from }: { from: number } = JSON.parse(readFileSync(`${path}.plan`, 'utf8'))
  writeFileSync(`${path}.tail`, Buffer.from(before.slice(from), 'latin1'))
  return from
}

describe('the locks of an mbox', () => {
  const tryLock = `import fcntl,sys
f=open(sys.argv[1],'r+b')
try:
  fcntl.lockf(f,fcntl.LOCK_EX|fcntl.LOCK_NB); print('free')
except OSError: print('held')`
  const held = (path: string): string => spawnSync('python3', ['-c', tryLock, path], { encoding: 'utf8' }).stdout.trim()

  it('keep other programs away, by both of them', async () => {
    const place = newPlace(delivered(1))
    using fcntl = new FcntlLocks()
    {
      await using lock = await lockMailbox(place.path, fcntl)
      expect(lock.hasFcntl).toBe(true)
      expect(held(place.path)).toBe('held')
      expect(readFileSync(`${place.path}.lock`, 'utf8')).toBe(`${process.pid}:${hostname()}`)
    }
    expect(held(place.path)).toBe('free')
    expect(existsSync(`${place.path}.lock`)).toBe(false)
  })

  it('of another program are waited for', async () => {
    const place = newPlace(delivered(1))
    using fcntl = new FcntlLocks()
    const hold = `import fcntl,sys
f=open(sys.argv[1],'r+b'); fcntl.lockf(f,fcntl.LOCK_EX); print('held',flush=True); sys.stdin.read()`
    const other = spawn('python3', ['-c', hold, place.path], { stdio: ['pipe', 'pipe', 'inherit'] })
    await new Promise((resolve) => other.stdout.once('data', resolve))
    await expect(lockMailbox(place.path, fcntl, 50)).rejects.toMatchObject({ code: 'STORE_LOCKED', exitStatus: 3 })
    expect(existsSync(`${place.path}.lock`)).toBe(false)
    const waiting = lockMailbox(place.path, fcntl)
    other.stdin.end()
    await using lock = await waiting
    expect(lock.hasFcntl).toBe(true)
  })

  it('that are lock files are waited for, and broken only where their process is no more', async () => {
    const place = newPlace(delivered(1))
    using fcntl = new FcntlLocks()
    for (const name of ['', '123', `${process.pid}:${hostname()}`, '4194305:elsewhere']) {
      writeFileSync(`${place.path}.lock`, name)
      await expect(lockMailbox(place.path, fcntl, 0)).rejects.toMatchObject({ code: 'STORE_LOCKED' })
    }
    writeFileSync(`${place.path}.lock`, `4194305:${hostname()}`)
    await using lock = await lockMailbox(place.path, fcntl, 0)
    expect(lock.hasFcntl).toBe(true)
  })

  it('are the lock file alone where nothing can take the other', async () => {
    const place = newPlace(delivered(1))
    using fcntl = new FcntlLocks([['/nowhere/perl', []]])
    await using lock = await lockMailbox(place.path, fcntl)
    expect(lock.hasFcntl).toBe(false)
    expect(existsSync(`${place.path}.lock`)).toBe(true)
  })

  it('can be taken by each of the programs that take them', async () => {
    const place = newPlace(delivered(1))
    using python = new FcntlLocks([FcntlLocks.python])
    await using lock = await lockMailbox(place.path, python)
    expect([lock.hasFcntl, held(place.path)]).toEqual([true, 'held'])
  })
})

describe('an mbox that is no plain one', () => {
  it.each([
    ['compressed', gzipSync(delivered(1)), 'compressed'],
    ['something else', Buffer.from('Dear reader,\n\nthis is no mail.\n'), 'no mbox'],
    ['with lone CRs', Buffer.from(delivered(1).replaceAll('\n', '\r'), 'latin1'), 'lone CRs'],
  ])('%s is not written to', async (_what, content, why) => {
    const place = newPlace(content)
    const writing = async () => store(place.place, await place.open(), [outgoing(mail(2))])
    await expect(writing()).rejects.toThrow(why)
    expect(place.content).toBe(content.toString('latin1'))
  })

  it('has its dialect kept', async () => {
    const raw = mail(1, 'above\nFrom here\n>From there\n')
    for (const [variant, wanted] of [
      ['mboxcl2', '\nFrom here\n>From there\n'],
      ['mboxcl', '\n>From here\n>From there\n'],
    ] as const) {
      const one = { raw: mail(3, 'x\nFrom here on\n') }
      const place = newPlace(writeMbox([one, one], variant))
      await store(place.place, await place.open(), [outgoing(raw)])
      expect(place.content).toContain(`${wanted}\nFrom`.slice(0, -5))
      expect(place.content.match(/^Content-Length: /gm)?.length).toBe(3)
    }
    const crlf = newPlace(delivered(1).replaceAll('\n', '\r\n'))
    await store(crlf.place, await crlf.open(), [outgoing(mail(2), { flags: ['\\Seen'] })])
    expect(crlf.content).toMatch(/\r\n\r\nFrom a2@example.org [^\r\n]*\r\nStatus: RO\r\nFrom: /)
    expect((await seen(crlf.place)).map(({ raw: each }) => each)).toEqual([
      mail(1).toString('latin1').replaceAll('\n', '\r\n'),
      mail(2).toString('latin1'),
    ])
  })

  it("has a server's own notes left in it, at the top", async () => {
    const notes = writeMbox(
      [
        {
          raw: Buffer.from(
            "From: Mail System\nSubject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\nX-IMAP: 1 2\n\nx\n",
          ),
        },
      ],
      'mboxrd',
    ).toString('latin1')
    const place = newPlace(notes + delivered(1))
    const folder = await place.open()
    await work(place.place, folder, await changeOf(folder, 1, null))
    expect(place.content).toBe(notes)
    const change: Work = {
      kind: 'change',
      changes: [{ token: 'aa', locator: locator('offset=0'), wire: null, flags: null }],
    }
    expect(await work(place.place, folder, change)).toEqual([{ token: 'aa', outcome: 'gone' }])
  })
})
