import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { readFacts } from '../../src/message/facts.js'
import { ReadableFile } from '../../src/stores/mbox/file.js'
import { type ReadMessage, readSectionOf } from '../../src/stores/mbox/section.js'
import { readSections } from '../../src/stores/mbox/sections.js'
import { parseFromLine } from '../../src/stores/mbox/separator.js'
import { nextMessage, sourceOf } from '../../src/stores/mbox/source.js'
import type { SplitMessage } from '../../src/stores/mbox/split-message.js'
import { MboxSplitter } from '../../src/stores/mbox/splitter.js'
import { type Readers, THIS_THREAD } from '../../src/stores/readers.js'
import { sectionText } from '../../src/stores/reading-task.js'
import { MboxFiles } from '../support/mbox-file.js'

const files = new MboxFiles()
afterAll(() => files[Symbol.dispose]())

const FROM = 'From a@b Mon Jan  1 10:00:00 2024\n'
/** Mail, and all that can lead a reader astray who begins in its midst. */
const piece = fc.oneof(
  { weight: 4, arbitrary: fc.nat(99).map((n) => `\n${FROM}Subject: Mail ${n}\n\nText ${'x'.repeat(n)}\n`) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((octets) => Buffer.from(octets).toString('latin1')) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      FROM,
      `x ${FROM}Subject: x\n`,
      `\0${FROM}`,
      '\n',
      '\n\n',
      '\r\n',
      'From here on\n',
      `\n${FROM}Content-Length: 60\n\n`,
      `\n${FROM}Content-Length: 400\n\n`,
      `\n${FROM}Content-Type: multipart/mixed; boundary=zqz\n\n--zqz\n`,
      '--zqz\n',
      '--zqz--\n',
      'a@b',
    ),
  },
)
const octets = fc
  .tuple(
    fc.constantFrom(FROM, 'From a@b\n'),
    fc.array(piece, { minLength: 1, maxLength: 60 }),
    fc.constantFrom('\n', '\n', '\r\n', '\r'),
  )
  .map(([first, pieces, ending]) => {
    const text = `${first}Subject: first\n\n${pieces.join('')}`
    return Buffer.from(text.replaceAll('\n', ending), 'latin1')
  })

const readOf = ({ offset, fromLine, boundsInDoubt, octets: message }: SplitMessage): ReadMessage => ({
  offset,
  received: parseFromLine(fromLine).date,
  boundsInDoubt,
  facts: readFacts(message),
})

/** Readers whose threads have room for every so manieth section and are slow now and then. */
function sometimesReaders(every: number): Readers {
  let asked = 0
  return {
    ...THIS_THREAD,
    ahead: 3,
    get hasRoom() {
      return asked++ % every === 0
    },
    readSection: async (task) => {
      if (asked % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
      return JSON.stringify(asked % 7 === 0 ? null : sectionText(readSectionOf(task)))
    },
  }
}

/** @param sectionSize - null: the file is read through */
async function readFile(path: string, sectionSize: number | null, readers: Readers): Promise<ReadMessage[]> {
  using file = new ReadableFile(path)
  const source = sourceOf(file, null)
  const splitter = new MboxSplitter({ far: source.far, trustsLengths: true })
  const messages: ReadMessage[] = []
  for (;;) {
    const message = await nextMessage(splitter, source)
    if (message === null) return messages
    messages.push(readOf(message))
    const { state: from, dialect } = splitter
    if (sectionSize === null || from === null || dialect === null) continue
    const rules = { dialect, trustsLengths: true }
    const rest = readSections({ file, state: file.state(), from, sectionSize, rules }, readers)
    for await (const some of rest) messages.push(...some)
    return messages
  }
}

describe('an mbox file read in sections', () => {
  it('gives what reading it through gives', async () => {
    await fc.assert(
      fc.asyncProperty(
        octets,
        fc.integer({ min: 1, max: 600 }),
        fc.integer({ min: 1, max: 3 }),
        async (file, size, every) => {
          const path = files.write(file, 'sections')
          expect(await readFile(path, size, sometimesReaders(every))).toEqual(await readFile(path, null, THIS_THREAD))
        },
      ),
      { numRuns: 600 },
    )
  })
})
