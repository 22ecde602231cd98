import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type BodyHashVerdict, verifyBodyHashes } from '../../src/message/dkim.js'

/** Signs a body that is in its canonical form already, but for its line endings. */
function sign(body: string, tags = 'c=simple/simple'): string {
  const hash = createHash('sha256')
    .update(Buffer.from(body.replaceAll('\n', '\r\n'), 'latin1'))
    .digest('base64')
  return `DKIM-Signature: v=1; a=rsa-sha256; ${tags}; d=example.org; s=key; bh=${hash}; b=AAAA\n`
}

interface Altered {
  readonly signed: string
  readonly stored: string
  readonly header?: string
  readonly tags?: string
}

function verify({ signed, stored, header = '', tags }: Altered): Pick<BodyHashVerdict, 'verdict' | 'cause' | 'detail'> {
  const message = `${sign(signed, tags)}From: ann@example.org\n${header}\n${stored}`
  const found = [message, message.replaceAll('\n', '\r\n')].map((text) => verifyBodyHashes(Buffer.from(text, 'latin1')))
  expect(found[1]).toEqual(found[0])
  const [verdict] = found[0] ?? []
  if (!verdict) throw new Error('no signature is found')
  return { verdict: verdict.verdict, cause: verdict.cause, detail: verdict.detail }
}

const BODY = 'Dear choir,\n\nno rehearsal on Monday.\n\nAnn\n'
const FOOTER = '_______________________\nchoir mailing list\nchoir@example.net\n'

describe('>From quoting', () => {
  const taken =
    'The body is as it was signed once the ">" that was put before "From " at the start of lines is taken off'

  it.each([
    ['one line', 'From here on.\n', '>From here on.\n'],
    ['several, in the middle', 'Hi\nFrom here\nFrom there\n', 'Hi\n>From here\n>From there\n'],
    ['mboxo, which does not quote the quoted', 'From here\n>>From there\n', '>From here\n>>From there\n'],
    ['more than one program', 'Hi\nFrom here\nFrom there\n', 'Hi\n>>From here\n>From there\n'],
    ['mboxrd, which does', 'From here\n>From there\n', '>From here\n>>From there\n'],
  ])('of %s', (_name, signed, stored) => {
    expect(verify({ signed, stored })).toEqual({ verdict: 'altered', cause: 'from-quoting', detail: `${taken}.` })
  })

  it('taken off where the sender had written it', () => {
    const found = verify({ signed: 'Hi\n>From here\n', stored: 'Hi\nFrom here\n' })
    expect(found).toMatchObject({ cause: 'from-quoting' })
    expect(found.detail).toBe(
      'The body is as it was signed once a ">" is put back before "From " at the start of lines.',
    )
  })

  it('taken off one level too many', () => {
    const found = verify({ signed: 'Hi\n>>From here\n', stored: 'Hi\n>From here\n' })
    expect(found).toMatchObject({ cause: 'from-quoting' })
    expect(found.detail).toBe(
      'The body is as it was signed once a ">" is put back before ">From " at the start of lines.',
    )
  })

  it('and a footer', () => {
    const found = verify({ signed: 'Hi\nFrom here\n', stored: `Hi\n>From here\n\n${FOOTER}` })
    expect(found.cause).toBe('from-quoting')
    expect(found.detail).toBe(`${taken}, and without its last 3 lines, added later.`)
  })

  it('that the sender had signed is no damage', () => {
    expect(verify({ signed: 'Hi\n>From here\n', stored: 'Hi\n>From here\n' })).toMatchObject({ verdict: 'intact' })
  })
})

describe('a footer', () => {
  it.each([
    ['at once', FOOTER, 3],
    ['after an empty line', `\n${FOOTER}`, 3],
    ['of one line', 'unsubscribe: choir-leave@example.net\n', 1],
    ['without a last line ending', `\n${FOOTER.trimEnd()}`, 3],
    ['of a hundred lines', 'no\n'.repeat(100), 100],
  ])('%s', (_name, footer, lines) => {
    const plural = lines === 1 ? '1 line' : `${lines} lines`
    expect(verify({ signed: BODY, stored: BODY + footer })).toEqual({
      verdict: 'altered',
      cause: 'footer',
      detail: `The body is as it was signed without its last ${plural}, added later.`,
    })
  })

  it('that is longer than any is not looked for', () => {
    expect(verify({ signed: BODY, stored: `${BODY}${'no\n'.repeat(500)}` }).cause).toBe('unknown')
  })

  it('on a body that was empty', () => {
    expect(verify({ signed: '\n', stored: FOOTER }).cause).toBe('footer')
  })

  const header = 'Content-Type: multipart/mixed;\n boundary="=_b"\n'
  const part = (text: string): string => `--=_b\nContent-Type: text/plain\n\n${text}\n`
  const end = '--=_b--\n'

  it('as a part added to a multipart', () => {
    const signed = part(BODY) + part('notes') + end
    const stored = part(BODY) + part('notes') + part(FOOTER) + end
    expect(verify({ signed, stored, header })).toMatchObject({
      cause: 'footer',
      detail: 'The body is as it was signed without the last part, which was added.',
    })
  })

  it.each([
    ['text', BODY, 1],
    ['a multipart', '--=_b2\n\ntext\n--=_b2\n\n<p>text\n--=_b2--\n', 1],
  ])('as a part beside %s', (_name, signed, number) => {
    expect(verify({ signed, stored: `This is MIME.\n${part(signed)}${part(FOOTER)}${end}`, header })).toMatchObject({
      cause: 'footer',
      detail: `The body is as it was signed as part ${number} of what it was wrapped into.`,
    })
  })
})

describe('a part beside quoted text', () => {
  it('is found out too', () => {
    const header = 'Content-Type: multipart/mixed; boundary=b\n'
    const stored = `--b\n\nHi\n>From here\n--b\n\n${FOOTER}--b--\n`
    const found = verify({ signed: 'Hi\nFrom here\n', stored, header })
    expect(found.cause).toBe('from-quoting')
    expect(found.detail).toMatch(/ is taken off, and as part 1 of what it was wrapped into\.$/)
  })
})

describe('truncation', () => {
  const header = 'Content-Type: multipart/mixed; boundary=b\n'
  const whole = `--b\n\n${BODY}--b\n\nnotes\n--b--\n`

  it('is likely when a multipart has no end', () => {
    for (const cut of [whole.length - 3, whole.length - 9, 30, 5]) {
      expect(verify({ signed: whole, stored: whole.slice(0, cut), header })).toEqual({
        verdict: 'altered',
        cause: 'truncated',
        detail: 'The body is likely truncated: the end of the multipart is missing.',
      })
    }
  })

  it('is not told of a multipart that has an end, nor of text', () => {
    expect(verify({ signed: `${whole}x\n`, stored: whole, header }).cause).toBe('unknown')
    expect(verify({ signed: BODY, stored: BODY.slice(0, 10) }).cause).toBe('unknown')
  })
})

describe('line ends', () => {
  it('the space of a signature separator is lost', () => {
    expect(verify({ signed: 'Hi\n-- \nAnn\n', stored: 'Hi\n--\nAnn\n' })).toMatchObject({
      cause: 'line-endings',
      detail: 'The body is as it was signed once the space is put back after "--".',
    })
  })

  it('octets 0 have become octets 128', () => {
    expect(verify({ signed: 'a\0b\n', stored: 'a\x80b\n' }).cause).toBe('line-endings')
  })
})

it('anything else is unknown', () => {
  expect(verify({ signed: BODY, stored: BODY.replace('Monday', 'Sunday') })).toEqual({
    verdict: 'altered',
    cause: 'unknown',
    detail: 'The body is not as it was signed; how it was altered cannot be told.',
  })
})
