import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MESSAGE_RULES } from '../../../../src/audit/integrity/message-rules.js'
import { octetsOf, sightings, viewOf } from './rule-examples.js'

const CLEAN = octetsOf(
  'Received: from a by b; Tue, 4 Jan 2011 16:45:00 +0100\nFrom: Ann <ann@example.org>\nTo: choir@example.org\nSubject: Monday\nDate: Tue, 4 Jan 2011 16:44:27 +0100\nMessage-ID: <1@example.org>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nCaf=C3=A9\n--x\nContent-Type: application/octet-stream; name=a\nContent-Transfer-Encoding: base64\n\nSGk=\n--x--\n',
)
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/
const tests = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))

describe.each(MESSAGE_RULES.map((rule) => [rule.name, rule] as const))('%s', (name, rule) => {
  it('is named once', () => expect(MESSAGE_RULES.filter((other) => other.name === name)).toHaveLength(1))
  it('has a name that fits', () => expect(name).toMatch(KEBAB))
  it.each(['summary', 'origin', 'risk', 'remedy'] as const)('says its %s in sentences', (part) => {
    expect(rule[part]).toMatch(/^[A-Z].*\.$/s)
  })
  it('has examples of its own', () => {
    const constant = name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    const inMessage = constant.replace('InMessage', '')
    expect(tests.some((text) => text.includes(`describeRule(\n  ${inMessage},`))).toBe(true)
  })
  it('is silent on ordinary mail', () => {
    expect(sightings(rule, CLEAN)).toEqual([])
    expect(sightings(rule, octetsOf(CLEAN.toString('latin1').replaceAll('\n', '\r\n')))).toEqual([])
  })
})

const PIECES = [
  ...['\n', '\r\n', '\r', ' ', '\0', '=', '\xe9', '--x\n', '--x--\n', '--y', 'SGk=', 'Hi there', 'From ann Tue\n'],
  ...['From: a\n', 'Date: soon\n', 'Message-ID: <1@a> <2\n', 'Content-Type: multipart/mixed; boundary=x\n\n'],
  ...[
    'Content-Type: message/rfc822\n\n',
    'Content-Transfer-Encoding: base64\n',
    'Content-Type: text/plain; charset=y\n',
  ],
  ...['Content-Transfer-Encoding: quoted-printable\n', 'DKIM-Signature: a=rsa-sha256; bh=AAAA; l=1\n', 'List-Id: b\n'],
]

describe('whatever the octets', () => {
  const any = fc.oneof(
    fc.uint8Array({ maxLength: 400 }).map((octets) => Buffer.from(octets)),
    fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => octetsOf(pieces.join(''))),
  )

  it('no rule fails, offsets lie in the message, details can be printed', () => {
    fc.assert(
      fc.property(any, (octets) => {
        const view = viewOf(octets)
        for (const { offset, detail } of MESSAGE_RULES.flatMap((rule) => rule.detect(view))) {
          expect(offset ?? 0).toBeGreaterThanOrEqual(0)
          expect(offset ?? 0).toBeLessThanOrEqual(octets.length)
          expect(detail).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]+$/u)
        }
      }),
      { numRuns: 500 },
    )
  })

  const header = 'Content-Type: multipart/mixed; boundary=x\n\n'
  it.each([
    ['one line', 'a'.repeat(4_000_000)],
    ['lone CRs', 'ab\r'.repeat(1_000_000)],
    ['a header without end', 'To: a\n'.repeat(500_000)],
    ['lines that are no field', 'Hi there\n'.repeat(300_000)],
    ['multiparts in multiparts', `${header}--x\n`.repeat(60_000)],
    ['parts without number', `${header}${'--x\n\nHi\n'.repeat(300_000)}`],
    ['messages in messages', 'Content-Type: message/rfc822\n\n'.repeat(100_000)],
    ['equals signs', `Content-Transfer-Encoding: quoted-printable\n\n${'=\t '.repeat(1_000_000)}`],
    [
      'escapes',
      `Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n${'=E9'.repeat(1_000_000)}`,
    ],
    ['an ID of brackets', `Message-ID: ${'<'.repeat(500_000)}${'>'.repeat(500_000)}\n\n`],
    ['an ID of blanks', `Message-ID: <${' '.repeat(1_000_000)}a\n\n`],
    ['dates without end', `Date: ${'1 '.repeat(500_000)}\nReceived: ${';'.repeat(500_000)}\n\n`],
    ['octets 0', '\0'.repeat(4_000_000)],
  ])('%s cost time in proportion to their length', (_name, text) => {
    const octets = octetsOf(text)
    const start = process.cpuUsage()
    const view = viewOf(octets)
    for (const rule of MESSAGE_RULES) rule.detect(view)
    const { user } = process.cpuUsage(start)
    expect(user / 1e6).toBeLessThan(5)
  })
})
