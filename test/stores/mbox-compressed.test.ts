import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { looksLikeMbox } from '../../src/stores/mbox/signature.js'
import { MboxFiles, openMbox, readMboxFile } from '../support/mbox-file.js'
import { writeMbox } from '../support/mbox-writer.js'
import { mail, readAll, scanFolder } from '../support/store-law.js'

const files = new MboxFiles()
afterAll(() => files[Symbol.dispose]())

const mails = Array.from({ length: 900 }, (_, n) => ({ raw: mail(n, `${`Line ${n}\n`.repeat(n)}\nFrom here on\n`) }))
const plain = writeMbox(mails, 'mboxrd')
const texts = mails.map(({ raw }) => raw.toString('latin1'))

describe('compressed mbox files', () => {
  it.each([
    ['gzip', 'a.gz', gzipSync(plain)],
    ['gzip, whatever it is called', 'a', gzipSync(plain)],
    [
      'gzip of several members',
      'b.gz',
      Buffer.concat([gzipSync(plain.subarray(0, 5000)), gzipSync(plain.subarray(5000))]),
    ],
    ['brotli', 'a.br', brotliCompressSync(plain)],
  ])('%s', async (_, name, content) => {
    const read = await readMboxFile(files.write(content, name))
    expect(read.verdict.outcome).toBe('complete')
    expect(read.messages).toEqual(texts)
  })

  it('say the same as what is in them', async () => {
    const facts = async (path: string) =>
      (await scanFolder(await openMbox(path))).copies.map(({ locator, facts, boundsInDoubt }) => ({
        locator,
        facts,
        boundsInDoubt,
      }))
    expect(await facts(files.write(gzipSync(plain)))).toEqual(await facts(files.write(plain)))
  })

  it('give messages in any order', async () => {
    const folder = await openMbox(files.write(gzipSync(writeMbox(mails.slice(0, 20), 'mboxrd'))))
    const places = (await scanFolder(folder)).copies.map((copy) => copy.locator).reverse()
    expect((await readAll(folder, places)).map(String).reverse()).toEqual(texts.slice(0, 20))
  })

  it('that are cut off have what comes before, and fail', async () => {
    const whole = gzipSync(plain)
    const read = await readMboxFile(files.write(whole.subarray(0, whole.length / 2)))
    expect(read.verdict).toMatchObject({
      outcome: 'failed',
      code: 'UNREADABLE',
      message: expect.stringContaining('cut off'),
    })
    expect(read.messages.length).toBeGreaterThan(10)
    const measured = await (await openMbox(files.write(whole.subarray(0, whole.length / 2)))).measure()
    expect(measured.messages).toBe(read.messages.length)
  })

  it('that are damaged fail', async () => {
    const content = gzipSync(plain)
    content.fill(0x55, content.length / 2, content.length / 2 + 50)
    expect((await readMboxFile(files.write(content))).verdict).toMatchObject({ outcome: 'failed', code: 'UNREADABLE' })
  })

  it.each([
    ['xz', Buffer.from('\xfd7zXZ\0\0\0', 'latin1'), 'xz --decompress'],
    ['bzip2', Buffer.from('BZh91AY', 'latin1'), 'bzip2 --decompress'],
    ['MMDF', Buffer.from('\x01\x01\x01\x01\nSubject: x\n\n', 'latin1'), 'mutt'],
  ])('%s is refused by name, with what to do', async (name, content, hint) => {
    await expect(openMbox(files.write(content))).rejects.toMatchObject({
      code: 'STORE_UNRECOGNISED',
      message: expect.stringContaining(name),
      hint: expect.stringContaining(hint),
    })
  })

  it('are recognised by what is in them', () => {
    expect(looksLikeMbox(gzipSync(plain).subarray(0, 65_536))).toBe(true)
    expect(looksLikeMbox(gzipSync('something else'))).toBe(false)
  })
})
