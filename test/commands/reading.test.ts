import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeWorkplace, type Workplace } from '../support/run-program.js'

let place: Workplace
beforeAll(async () => {
  place = await makeWorkplace()
})
afterAll(() => place[Symbol.asyncDispose]())

const at = (name: string) => join(place.path, name)

describe('a file that is called an mbox and has no message in it', () => {
  const octets = Buffer.from(Array.from({ length: 5000 }, (_, n) => (n * 7919 + (n >> 3)) % 251))
  it.each([
    ['octets without sense', 'octets', octets],
    ['nothing but NULs', 'nuls', Buffer.alloc(5000)],
    ['a text', 'text', Buffer.from(`Dear reader,\n\n${'this is no mail.\n'.repeat(300)}`).subarray(0, 5000)],
    ['octets without sense, compressed', 'octets.gz', gzipSync(octets)],
  ])('%s: is a problem of every scan', async (_what, name, content) => {
    writeFileSync(at(name), content)
    const message = `${at(name)}: no message begins in its 5000 octets: no mbox, or one that was damaged`
    const problem = { code: 'UNREADABLE', store: `mbox:${name}`, folder: 'INBOX', locator: null, message }
    for (const command of ['dupes', 'list', 'scan']) {
      const { status, stdout } = await place.run([command, `mbox:${name}`, '--json'])
      expect([command, status, JSON.parse(stdout).problems]).toEqual([command, 4, [problem]])
    }
  })

  it('is one of the next scan as well, when the file stood still', async () => {
    writeFileSync(at('still'), octets)
    await place.run(['scan', 'mbox:still'])
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, statSync(at('still')).ctimeMs + 2_050 - Date.now())))
    for (let nth = 0; nth < 2; nth++) {
      const { status, stderr } = await place.run(['scan', 'mbox:still'])
      expect([status, stderr]).toEqual([4, expect.stringContaining('1 problem')])
    }
  })

  it.each([
    ['nothing', ''],
    ['empty lines', '\n\r\n\n'],
    ['a byte order mark', '\ufeff'],
  ])('%s: is an empty folder', async (_what, content) => {
    writeFileSync(at('empty'), content)
    const { status, stdout } = await place.run(['dupes', 'mbox:empty', '--json'])
    expect([status, JSON.parse(stdout).problems]).toEqual([0, []])
  })
})

describe('no result is written over mail, nor a log behind it', () => {
  const mail = 'From a@example.org Thu Jan  1 00:00:10 2004\nMessage-ID: <1@example.org>\n\nThe only copy.\n'
  it.each([
    [['list', 'mbox:mail.csv', '--save', 'mail.csv'], '--save'],
    [['list', 'mbox:mail.csv', '--save', 'same.csv'], '--save'],
    [['list', 'mbox:mail.csv', '--log-file', 'mail.csv'], '--log-file'],
    [['dedupe', 'mbox:mail.csv', '--plan', 'mail.csv'], '--plan'],
    [['compare', 'mbox:mail.csv', 'mbox:other', '--combined', 'mail.csv'], '--combined'],
  ])('%j', async (args, flag) => {
    for (const name of ['mail.csv', 'other']) writeFileSync(at(name), mail)
    rmSync(at('same.csv'), { force: true })
    linkSync(at('mail.csv'), at('same.csv'))
    const { status, stderr } = await place.run(args)
    expect([status, stderr]).toEqual([2, expect.stringMatching(`^error: ${flag} [a-z]+.csv: mail lies there`)])
    expect(readFileSync(at('mail.csv'), 'utf8')).toBe(mail)
  })

  it('but a result is written over a former one', async () => {
    writeFileSync(at('other'), mail)
    for (let nth = 0; nth < 2; nth++)
      expect((await place.run(['list', 'mbox:other', '--save', 'r.csv', '--log-file', 'log'])).status).toBe(0)
  })
})
