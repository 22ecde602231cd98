import { describe, expect, it } from 'vitest'
import { readContent, readMessage } from '../../src/message/content.js'
import { compareMessages } from '../../src/message/difference.js'

/** Octets of each message: anything that is not linear takes minutes at this length, and the test runs into its limit. */
const LENGTH = 1_000_000
const HEADER = 'From: a@example.org\nMessage-ID: <1@example.org>\n'
const MIXED = `${HEADER}Content-Type: multipart/mixed; boundary=a\n\n`

/** A piece repeated, or made anew for each place, up to the length. */
const fill = (piece: string | ((n: number) => string)): string => {
  const pieces: string[] = []
  for (let length = 0, n = 0; length < LENGTH; n++) {
    const next = typeof piece === 'string' ? piece : piece(n)
    pieces.push(next)
    length += next.length
  }
  return pieces.join('')
}
const encoded = (encoding: string, body: string): string => `${HEADER}Content-Transfer-Encoding: ${encoding}\n\n${body}`
const inCharset = (charset: string, body: string): string =>
  `${HEADER}Content-Type: text/plain; charset=${charset}\n\n${body}`

const SHAPES: Readonly<Record<string, () => string>> = {
  'parts without end': () => MIXED + fill('--a\n\n\n'),
  'one boundary nested in itself': () => MIXED + fill('--a\nContent-Type: multipart/mixed; boundary=a\n\n'),
  'multiparts nested without end': () =>
    MIXED + fill((n) => `--${n === 0 ? 'a' : n}\nContent-Type: multipart/mixed; boundary=${n + 1}\n\n`),
  'multiparts never begun': () => MIXED + fill((n) => `--a\nContent-Type: multipart/mixed; boundary=x${n}\n\ntext\n`),
  'messages nested without end': () => HEADER + fill('Content-Type: message/rfc822\n\n'),
  'lines that are nearly delimiters': () => `${MIXED}--a\n\n${fill('--\r\n--a-\r--b\n')}`,
  'a line of dashes': () => `${MIXED}--a\n\n${fill('-')}`,
  'a part of header fields': () => `${MIXED}--a\n${fill('Content-Type: text/plain\n')}`,
  'words that do not close': () => `${HEADER}Subject: ${fill('=?x?q?')}\n\nx`,
  'words of many character sets': () => `${HEADER}Subject: ${fill((n) => `=?x${n}?q?=E4?= `)}\n\nx`,
  'a subject of tags': () => `${HEADER}Subject: ${fill('[patch ')}${fill('[a]')}\n\nx`,
  'a date of comments': () => `${HEADER}Date: ${fill('(1 : ')}\n\nx`,
  'recipients without end': () => `${HEADER}${fill('To: a@example.org\n')}\nx`,
  'parameters without end': () => `${HEADER}Content-Type: text/plain${fill((n) => `; name*${n}="\\`)}\n\nx`,
  'a field of semicolons': () => `${HEADER}Content-Type: text/plain${fill('; ')}\n\nx`,
  'soft breaks': () => encoded('quoted-printable', fill('=  ')),
  padding: () => encoded('base64', fill('QQ==\n=Q=')),
  'uuencoded lines': () => encoded('x-uuencode', `begin 644 a\n${fill('#86)C\n')}`),
  quotes: () => `${HEADER}\n${fill('>')}\n${fill('>From \n')}`,
  'white space': () => `${HEADER}\n${fill(' \t')}\n${fill(' \n\r')}`,
  'UTF-7': () => inCharset('utf-7', fill('+AGE+')),
  HZ: () => inCharset('hz-gb-2312', fill('~{~')),
  'ISO-2022-KR': () => inCharset('iso-2022-kr', fill('\x0e\n\x0ea')),
  'a header without fields': () => `${HEADER}${fill('x y\n')}\ntext`,
}

describe('hostile mail is read in linear time and bounded memory:', () => {
  it.each(Object.entries(SHAPES))('%s', (_, make) => {
    const message = Buffer.from(make(), 'latin1')
    const { leaves } = readMessage(message)
    expect(leaves.length).toBeLessThanOrEqual(10_001)
    expect(readContent(message).octets).toBeLessThanOrEqual(3 * message.length)
    expect(compareMessages(message, message.subarray(0, -1000)).details).not.toEqual([])
  })
})
