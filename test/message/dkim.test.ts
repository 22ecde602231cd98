import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BodyHashVerdict, verifyBodyHashes } from '../../src/message/dkim.js'

type Kind = 'simple' | 'relaxed'

/** RFC 6376 §3.4.3 and §3.4.4 as they are written, octet by octet. @param body - with CRLF */
function canonical(body: string, kind: Kind): string {
  const lines = body.split('\r\n')
  if (lines.at(-1) === '') lines.pop()
  const done = kind === 'simple' ? lines : lines.map(reduceWhiteSpace)
  while (done.length > 0 && done.at(-1) === '') done.pop()
  if (done.length === 0) return kind === 'simple' ? '\r\n' : ''
  return done.map((line) => `${line}\r\n`).join('')
}

function reduceWhiteSpace(line: string): string {
  const octets: string[] = []
  for (const octet of line) {
    if (octet !== ' ' && octet !== '\t') octets.push(octet)
    else if (octets.at(-1) !== ' ') octets.push(' ')
  }
  if (octets.at(-1) === ' ') octets.pop()
  return octets.join('')
}

interface SignOptions {
  readonly kind?: Kind
  readonly algorithm?: 'sha1' | 'sha256'
  readonly length?: number
}

/** A DKIM-Signature field whose body hash is true. @param body - with CRLF */
function sign(body: string, { kind = 'relaxed', algorithm = 'sha256', length }: SignOptions = {}): string {
  const text = canonical(body, kind).slice(0, length)
  const hash = createHash(algorithm).update(Buffer.from(text, 'latin1')).digest('base64')
  const tags = `v=1; a=rsa-${algorithm}; c=relaxed/${kind}; d=example.org; s=key;`
  const limit = length === undefined ? '' : ` l=${length};`
  return `DKIM-Signature: ${tags}${limit}\r\n\th=From:To;\r\n bh=${hash.slice(0, 9)}\r\n  ${hash.slice(9)}; b=AAAA\r\n`
}

const HEADER = 'From: Ann <ann@example.org>\r\nTo: choir@example.net\r\nSubject: Rehearsal\r\n'
const lf = (text: string): string => text.replaceAll('\r\n', '\n')
const verify = (text: string): BodyHashVerdict[] => verifyBodyHashes(Buffer.from(text, 'latin1'))
const verdicts = (text: string): string[] => verify(text).map(({ verdict }) => verdict)
const mail = (signature: string, body: string, header = HEADER): string => `${signature}${header}\r\n${body}`
const field = (tags: string): string => `DKIM-Signature: ${tags}\r\n`

const JOE = 'Hi.\r\n\r\nWe lost the game. Are you hungry yet?\r\n\r\nJoe.\r\n'
const JOE_HASH = '2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8='

describe('body hashes in the standards', () => {
  it.each([
    [
      'RFC 6376 A.2',
      `v=1; a=rsa-sha256; s=brisbane; d=example.com; c=simple/simple; q=dns/txt; bh=${JOE_HASH}; b=AuUo`,
    ],
    [
      'RFC 8463 A.3, Ed25519',
      `v=1; a=ed25519-sha256; c=relaxed/relaxed; d=football.example.com; bh=${JOE_HASH}; b=/gC`,
    ],
    [
      'RFC 8463 A.3, RSA',
      `v=1; a=rsa-sha256; c=relaxed/relaxed; d=football.example.com; s=test; bh=${JOE_HASH}; b=F45`,
    ],
  ])('%s', (_name, tags) => {
    expect(verdicts(mail(field(tags), JOE))).toEqual(['intact'])
  })

  it.each([
    ['simple', 'sha1', 'uoq1oCgLlTqpdDX/iUbLy7J1Wic='],
    ['simple', 'sha256', 'frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY='],
    ['relaxed', 'sha1', '2jmj7l5rSw0yVb/vlWAYkK/YBwk='],
    ['relaxed', 'sha256', '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='],
  ])('RFC 6376 §3.4: an empty body, %s, %s', (kind, algorithm, hash) => {
    const signature = field(`a=rsa-${algorithm}; c=simple/${kind}; bh=${hash}`)
    for (const body of ['', '\r\n', '\r\n\r\n', '\n', '\r\n\n\n']) {
      expect(verdicts(mail(signature, body))).toEqual(['intact'])
    }
    expect(verdicts(signature + HEADER)).toEqual(['intact'])
    expect(verdicts(mail(signature, ' \t\r\n'))).toEqual([kind === 'relaxed' ? 'intact' : 'altered'])
  })

  it('RFC 6376 §3.4.6: white space', () => {
    const body = ' C \r\nD \t E\r\n\r\n\r\n'
    expect(canonical(body, 'relaxed')).toBe(' C\r\nD E\r\n')
    expect(canonical(body, 'simple')).toBe(' C \r\nD \t E\r\n')
    expect(verdicts(mail(sign(body), ' C\t\r\nD   E'))).toEqual(['intact'])
    expect(verdicts(mail(sign(body, { kind: 'simple' }), body))).toEqual(['intact'])
    expect(verdicts(mail(sign(body, { kind: 'simple' }), ' C\r\nD \t E\r\n'))).toEqual(['altered'])
  })
})

describe('reading signatures', () => {
  const hash = (kind: Kind, algorithm = 'sha256'): string =>
    createHash(algorithm).update(canonical(WIDE, kind)).digest('base64')
  const WIDE = 'a  b \r\n'

  it('tells whose they are, in the order of their fields', () => {
    const arc = `ARC-Message-Signature: i=2; a=rsa-sha256; c=relaxed/relaxed; d=list.example;\r\n s=arc; bh=${hash('relaxed')}\r\n`
    const found = verify(mail(sign(WIDE) + arc, WIDE))
    expect(found).toEqual([
      {
        field: 'DKIM-Signature',
        domain: 'example.org',
        selector: 'key',
        instance: null,
        verdict: 'intact',
        cause: null,
        hasAddition: false,
        detail: 'The body is as it was signed.',
        unsignedOctets: 0,
      },
      expect.objectContaining({ field: 'ARC-Message-Signature', domain: 'list.example', selector: 'arc', instance: 2 }),
    ])
  })

  it('finds none in unsigned mail, nor in the body', () => {
    expect(verify(mail('', `${JOE}\r\n${sign(JOE)}`))).toEqual([])
    expect(verifyBodyHashes(Buffer.alloc(0))).toEqual([])
  })

  it.each([
    ['no c= is simple', `a=rsa-sha256; bh=${hash('simple')}`],
    ['one word holds for the header only', `a=rsa-sha256; c=relaxed; bh=${hash('simple')}`],
    ['an empty c=', `a=rsa-sha256; c=; bh=${hash('simple')}`],
    ['SHA-1', `a=rsa-sha1; c=simple/relaxed; bh=${hash('relaxed', 'sha1')}`],
    ['letter case and white space', ` a = RSA-SHA256 ;c=Relaxed / Relaxed;bh = ${hash('relaxed')};`],
    ['folding within the values', `a=rsa-\r\n sha256;c=relaxed/\r\n\trelaxed;bh=\r\n ${hash('relaxed')}`],
    ['base64 without its padding', `a=rsa-sha256; c=simple/relaxed; bh=${hash('relaxed').replace('=', '')}`],
    ['empty tags, tags without value, an old version', `v=0.5;; x; a=rsa-sha256; bh=${hash('simple')};;`],
    ['a tag that does not matter twice', `t=1; t=2; a=rsa-sha256; bh=${hash('simple')}`],
  ])('%s', (_name, tags) => {
    expect(verdicts(mail(field(tags), WIDE))).toEqual(['intact'])
  })

  it.each([
    ['a=rsa-md5; bh=AAAA', 'The algorithm "rsa-md5" is unknown.'],
    [`bh=${JOE_HASH}`, 'The signature names no algorithm.'],
    [`a=rsa-sha256; c=nowsp; bh=${JOE_HASH}`, 'The canonicalisation "nowsp" is unknown.'],
    [`a=rsa-sha256; c=simple/simple/simple; bh=${JOE_HASH}`, 'The canonicalisation "simple/simple/simple" is unknown.'],
    [`a=rsa-sha256; l=-1; bh=${JOE_HASH}`, 'The body length "-1" is no number.'],
    ['a=rsa-sha256; c=relaxed/relaxed', 'The signature holds no body hash.'],
    ['a=rsa-sha256; bh=2jmj7l5rSw0yVb/vlWAYkK/YBwk=', 'The body hash "2jmj7l5rSw0yVb/vlWAYkK/YBwk=" is malformed.'],
    ['a=rsa-sha256; bh=\x1b[31m', 'The body hash "?[31m" is malformed.'],
    [`a=rsa-sha256; bh=${JOE_HASH}; bh=${JOE_HASH}`, 'The signature has more than one bh= tag.'],
    ['', 'The signature names no algorithm.'],
  ])('cannot use "%s"', (tags, detail) => {
    const [found] = verify(mail(field(tags), JOE))
    expect(found).toMatchObject({ verdict: 'unverifiable', cause: null, detail, unsignedOctets: 0 })
  })
})

describe('signatures over a part of the body', () => {
  it('count what is not signed', () => {
    const [found] = verify(mail(sign(JOE, { length: 7 }), `${JOE}Buy now!\r\n`))
    const unsignedOctets = JOE.length + 'Buy now!\r\n'.length - 7
    expect(found).toMatchObject({ verdict: 'intact', unsignedOctets })
    expect(found?.detail).toBe(
      `The signed body is as it was; ${unsignedOctets} octets after the first 7 are not signed.`,
    )
  })

  it.each([0, 1, JOE.length - 1, JOE.length])('of %i octets', (length) => {
    const signed = mail(sign(JOE, { length, kind: 'simple' }), JOE)
    expect(verify(signed)).toMatchObject([{ verdict: 'intact', unsignedOctets: JOE.length - length }])
  })

  it('of more than there is: truncated', () => {
    const [found] = verify(mail(sign(JOE, { length: 40, kind: 'simple' }), JOE.slice(0, 20)))
    expect(found).toMatchObject({ verdict: 'altered', cause: 'truncated' })
    expect(found?.detail).toBe('The body is truncated: 40 octets were signed, 22 are there.')
  })

  it('of many lengths at once', () => {
    const lengths = Array.from(JOE, (_octet, length) => length)
    const signatures = lengths.map((length) => sign(JOE, { length, kind: 'simple' })).join('')
    expect(verify(mail(signatures, JOE)).map(({ unsignedOctets }) => unsignedOctets)).toEqual(
      lengths.map((length) => JOE.length - length),
    )
  })
})

const text = ['a', 'B', '>', ' ', '\t', 'From ', '>From ', '--', '\0', '\x80', 'ÿ']
const line = fc.string({ unit: fc.constantFrom(...text) })
const body = fc.array(line, { maxLength: 12 }).map((lines) => lines.map((text) => `${text}\r\n`).join(''))
const kind = fc.constantFrom<Kind>('simple', 'relaxed')

describe('what a store does to mail', () => {
  it('does not matter: other line endings, no last line ending, more of them, fields added', () => {
    const law = fc.property(body, kind, fc.boolean(), (text, method, isTrue) => {
      const signed = mail(sign(isTrue ? text : `${text}x`, { kind: method }), text)
      const stored = [
        lf(signed),
        signed.replaceAll('\r\n', '\r'),
        `${signed}\r\n\r\n`,
        signed.replace(/\r\n$/, ''),
        `From ann@example.org Mon Jan  1 00:00:00 2024\n${lf(signed)}\n`,
        mail(sign(isTrue ? text : `${text}x`, { kind: method }), text, `Status: RO\r\n${HEADER}X-UID: 7\r\n`),
      ]
      expect(verdicts(signed)).toEqual([isTrue ? 'intact' : 'altered'])
      for (const copy of stored) expect(verdicts(copy)).toEqual(verdicts(signed))
    })
    fc.assert(law, { numRuns: 300 })
  })

  it('is found out when it changes one octet of text', () => {
    const law = fc.property(body, kind, fc.nat(), fc.constantFrom('#', '\xe9'), (text, method, place, octet) => {
      const places = [...text.matchAll(/[^ \t\r\n]/g)].map(({ index }) => index)
      fc.pre(places.length > 0)
      const at = places[place % places.length] ?? 0
      const changed = text.slice(0, at) + octet + text.slice(at + 1)
      expect(verdicts(mail(sign(text, { kind: method }), changed))).toEqual(['altered'])
      expect(verdicts(lf(mail(sign(text, { kind: method }), changed)))).toEqual(['altered'])
    })
    fc.assert(law, { numRuns: 300 })
  })

  it.each([
    ['a lone CR that was text', 'a\rb \r \r\nc\r\n'],
    ['a lone LF that was text', 'a\nb \n\r\nc\r\n'],
    ['a CR before a line ending', 'a\r\r\nb\r\n'],
  ])('is nothing to %s', (_name, text) => {
    expect(verdicts(mail(sign(text, { kind: 'simple' }), text))).toEqual(['intact'])
  })

  it('is nothing to a CR before a line ending, in a store of LF', () => {
    expect(verdicts(`${lf(mail(sign('a\r\r\nb\r\n', { kind: 'simple' }), ''))}a\r\nb\n`)).toEqual(['intact'])
  })
})

describe('a large body', () => {
  const piece = 1 << 18
  const texts: [string, string][] = [
    ['of lines', 'Lorem ipsum  dolor sit amet\t\r\n'.repeat(30_000)],
    ['of one line', `x${' y'.repeat(piece)}`],
    ['of white space', `x${' '.repeat(piece + 10)}y\r\n`],
    ['of empty lines', `x\r\n${'\r\n'.repeat(piece)}y\r\n${'\r\n'.repeat(piece)}`],
    ['cut in the middle of a line ending', `${'x'.repeat(piece - 1)}\r\ny\r\n`],
  ]
  it.each(texts)('%s', (_name, text) => {
    for (const method of ['simple', 'relaxed'] as const) {
      const signed = mail(sign(text, { kind: method }) + sign(text, { kind: method, length: piece + 1 }), text)
      expect(verdicts(signed)).toEqual(['intact', 'intact'])
      expect(verdicts(lf(signed))).toEqual(['intact', 'intact'])
      expect(verdicts(signed.replaceAll('\r\n', '\r'))).toEqual(['intact', 'intact'])
    }
  })

  it('costs no more for a thousand signatures', () => {
    const text = 'Lorem ipsum  dolor sit amet\t\r\n'.repeat(3_000)
    const signatures = Array.from({ length: 1_000 }, (_value, index) => sign(`${index}`)).join('')
    const started = performance.now()
    expect(new Set(verdicts(mail(signatures, text)))).toEqual(new Set(['altered']))
    expect(performance.now() - started).toBeLessThan(2_000)
  })

  it('is explained at a bounded cost where the body is very large', () => {
    const quoted = '>From a\r\n'.repeat(15_000_000)
    const [verdict] = verify(mail(sign('From a\r\n'.repeat(2)), quoted))
    expect(verdict).toMatchObject({ verdict: 'altered', cause: 'unknown' })
  }, 60_000)
})
