import { afterAll, expect, it } from 'vitest'
import { MboxFiles, readMboxFile } from '../support/mbox-file.js'

const files = new MboxFiles()
afterAll(() => files[Symbol.dispose]())

const FROM = 'From a@b Mon Jan  1 10:00:00 2024\n'
const numbers = Array.from({ length: 60 }, (_, n) => n)
const mail = (n: number, body: string): string => `Subject: Mail ${n}\n\n${`${n} ${body}\n`.repeat(3_000)}`

it.each([
  ['as they are', '', (n: number) => mail(n, 'x'.repeat(20)), 'x'.repeat(20)],
  ['with fields of the mailbox', 'Status: RO\n', (n: number) => mail(n, 'x'.repeat(20)), 'x'.repeat(20)],
  ['with quoted lines', '', (n: number) => mail(n, 'x\n>From y'), 'x\nFrom y'],
] as const)('messages that were read, %s, stay so while others are read', async (_name, fields, stored, body) => {
  const file = files.write(numbers.map((n) => `${FROM}${fields}${stored(n)}\n`).join(''))
  const { messages } = await readMboxFile(file)
  expect(messages).toHaveLength(numbers.length)
  expect(numbers.filter((n) => messages[n] !== mail(n, body))).toEqual([])
})
