import { afterAll, describe, expect, it } from 'vitest'
import { crlf, DEFECTIVE_MBOXES, FROM, INTERNAL, mail, mbox, THREE } from '../support/defective-mboxes.js'
import { MboxFiles, readMboxFile } from '../support/mbox-file.js'

const files = new MboxFiles()
afterAll(() => files[Symbol.dispose]())

describe('defective mbox files', () => {
  for (const [name, { content, count, doubts = [] }] of Object.entries(DEFECTIVE_MBOXES)) {
    it(`${name}: ${count} messages`, async () => {
      const read = await readMboxFile(files.write(content))
      expect(read.verdict.outcome).toBe('complete')
      expect(read.messages.length).toBe(count)
      expect(read.doubts.flatMap((doubt, n) => (doubt ? [n] : []))).toEqual(doubts)
    })
  }

  it('all with lone CRs', async () => {
    const read = await readMboxFile(files.write(mbox(THREE).replaceAll('\n', '\r')))
    expect(read.messages).toEqual(THREE.map((each) => each.replaceAll('\n', '\r')))
    expect(read.copies.map((copy) => copy.facts.id)).toEqual(['<1@example.org>', '<2@example.org>', '<3@example.org>'])
  })

  it('tells octets that are no mail, and counts them as none', async () => {
    const garbage = await readMboxFile(files.write(`Some notes\n\n${mbox(THREE)}`))
    expect(garbage.foreign.map(({ why }) => why)).toEqual(['12 octets before the first message'])
    const nuls = await readMboxFile(files.write(`\0\0\0${mbox(THREE)}`))
    expect(nuls.foreign.length).toBe(1)
    const mark = await readMboxFile(files.write(`\xef\xbb\xbf\n\n${mbox(THREE)}`))
    expect(mark.foreign).toEqual([])
    expect((await readMboxFile(files.write(`${INTERNAL}${mbox(THREE)}`))).foreign.length).toBe(1)
  })

  it('takes a file without separators for one that was not read in full', async () => {
    const read = await readMboxFile(files.write('root:x:0:0:root:/root:/bin/sh\nFrom here on, text\n'))
    expect([read.messages.length, read.verdict.outcome, read.foreign.length]).toEqual([0, 'failed', 1])
    expect((await readMboxFile(files.write(''))).foreign).toEqual([])
  })

  it('gives back what stands between the separators, and nothing else', async () => {
    const last = mbox(THREE).replace(/\n\n$/, '')
    expect((await readMboxFile(files.write(last))).messages).toEqual([mail(1), mail(2), mail(3).trimEnd()])
    expect((await readMboxFile(files.write(crlf(mbox(THREE))))).messages).toEqual(THREE.map(crlf))
    expect((await readMboxFile(files.write(mbox([mail(1, 'a\n\n\n'), mail(2)])))).messages[0]).toBe(mail(1, 'a\n\n\n'))
    expect((await readMboxFile(files.write(`${FROM}\n${FROM}\n${FROM}`))).messages).toEqual(['', '', ''])
  })
})
