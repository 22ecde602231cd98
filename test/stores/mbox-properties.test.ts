import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { readFacts } from '../../src/message/facts.js'
import { MORE } from '../../src/stores/mbox/split-message.js'
import { MboxSplitter } from '../../src/stores/mbox/splitter.js'
import { MboxFiles, readMboxFile } from '../support/mbox-file.js'
import { type WrittenVariant, writeMbox } from '../support/mbox-writer.js'

const files = new MboxFiles()
afterAll(() => files[Symbol.dispose]())

const line = fc.oneof(
  fc.string({ unit: 'binary-ascii', maxLength: 30 }).map((text) => text.replace(/[\r\n]/g, '.')),
  fc.constantFrom(
    '',
    '',
    'From here on',
    '>From there',
    '>>From x',
    'From a@b Mon Jan  1 10:00:00 2024',
    'Subject: no',
    ' From y',
  ),
)
const message = fc.tuple(fc.nat(99), fc.array(line, { maxLength: 12 })).map(([n, lines]) => ({
  raw: Buffer.from(`Subject: Mail ${n}\n\n${lines.map((each) => `${each}\n`).join('')}`, 'latin1'),
}))
const messages = fc.array(message, { minLength: 1, maxLength: 8 })

/** Any octets, with what matters to a splitter among them more often than by chance. */
const piece = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((octets) => Buffer.from(octets).toString('latin1')),
  fc.constantFrom('\n', '\n\n', '\r\n', '\r', '\0', 'From ', 'From a@b Mon Jan  1 10:00:00 2024\n', 'Subject: x\n'),
  fc.constantFrom('Content-Length: 20\n', 'Content-Type: multipart/mixed; boundary=b\n', '--b\n', '--b--\n', 'a@b'),
)
const octets = fc.array(piece, { maxLength: 60 }).map((pieces) => Buffer.from(pieces.join(''), 'latin1'))

/** All messages of a file that is handed over in pieces of some size. */
function split(file: Buffer, step: number): string[] {
  const splitter = new MboxSplitter({ far: null, trustsLengths: true })
  const found: string[] = []
  for (let done = 0; ; ) {
    const next = splitter.next()
    if (next === null) return found
    if (next !== MORE) {
      found.push(`${next.offset} ${next.boundsInDoubt} ${next.octets.toString('latin1')}`)
      continue
    }
    const count = file.copy(splitter.makeRoom().subarray(0, step), 0, done)
    splitter.took(count)
    done += count
  }
}

describe('mbox files', () => {
  it.each(['mboxrd', 'mboxcl2'] as const)('written as %s are read as they were', async (variant: WrittenVariant) => {
    await fc.assert(
      fc.asyncProperty(messages, async (written) => {
        const read = await readMboxFile(files.write(writeMbox(written, variant), 'property'), {
          variant: variant === 'mboxcl2' ? variant : 'mboxrd',
        })
        expect(read.messages).toEqual(written.map(({ raw }) => raw.toString('latin1')))
      }),
      { numRuns: 60 },
    )
  })

  it('written as mboxo have the wire digests they had', async () => {
    await fc.assert(
      fc.asyncProperty(messages, async (written) => {
        const { copies } = await readMboxFile(files.write(writeMbox(written, 'mboxo'), 'property'))
        expect(copies.map((copy) => copy.facts.wire)).toEqual(written.map(({ raw }) => readFacts(raw).wire))
      }),
      { numRuns: 60 },
    )
  })

  it('are split alike however they are handed over', () => {
    fc.assert(
      fc.property(octets, fc.integer({ min: 1, max: 50 }), (file, step) => {
        expect(split(file, step)).toEqual(split(file, 1 << 20))
      }),
      { numRuns: 500 },
    )
  })

  it('have messages in order, none over another', () => {
    fc.assert(
      fc.property(octets, (file) => {
        const places = split(file, 1 << 20).map((text) => Number.parseInt(text, 10))
        expect(places).toEqual([...places].sort((a, b) => a - b))
        expect(new Set(places).size).toBe(places.length)
      }),
      { numRuns: 300 },
    )
  })
})
