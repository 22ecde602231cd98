import { afterAll, describe, expect, it } from 'vitest'
import { isDated, parseFromLine } from '../../src/stores/mbox/separator.js'
import { looksLikeMbox } from '../../src/stores/mbox/signature.js'
import { MboxFiles, readMboxFile } from '../support/mbox-file.js'

const files = new MboxFiles()
afterAll(() => files[Symbol.dispose]())

const FROM = 'From a@example.org Mon Jan  1 10:00:00 2024\n'
const PATCH = 'From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\n'
const utc = (text: string): number => Date.parse(text) / 1000

async function counted(content: string): Promise<{ count: number; doubts: readonly number[] }> {
  const { messages, doubts } = await readMboxFile(files.write(content))
  return { count: messages.length, doubts: doubts.flatMap((doubt, n) => (doubt ? [n] : [])) }
}

describe('From_ lines', () => {
  it.each([
    ['From a@b Mon Jan  1 10:00:00 2024', 'a@b', '2024-01-01T10:00:00Z'],
    ['From a@b Mon Jan 1 10:00 2024', 'a@b', '2024-01-01T10:00:00Z'],
    ['From a@b  Thu, 10 Feb 2000 02:21:38 -0500 (EST)', 'a@b', '2000-02-10T07:21:38Z'],
    ['From user at example.org  Mon Jan  5 10:00:00 2004', 'user at example.org', '2004-01-05T10:00:00Z'],
    ['From - Fri Aug 24 11:55:47 2018', '-', '2018-08-24T11:55:47Z'],
    ['From ???@??? Mon Jan 01 10:00:00 2024', '???@???', '2024-01-01T10:00:00Z'],
    ['From a@b Mon Jan  1 10:00:00 +0100 2024', 'a@b', '2024-01-01T09:00:00Z'],
    ['From a@b Mon Jan  1 10:00:00 2024 +0100', 'a@b', '2024-01-01T09:00:00Z'],
    ['From a@b Mon Jan  1 10:00:00 EST 2024', 'a@b', '2024-01-01T15:00:00Z'],
    ['From "a b" c@d Mon Jan  1 10:00:00 2024', '"a b" c@d', '2024-01-01T10:00:00Z'],
    ['From a!b Tue, 04 Jan 11 08:44:27 PST remote from x', 'a!b', '2011-01-04T16:44:27Z'],
    ['From a!b Mon Jan  4 16:44:27 2011 remote from x', 'a!b', '2011-01-04T16:44:27Z'],
  ])('%s', (line, sender, date) => {
    expect(isDated(line)).toBe(true)
    expect(parseFromLine(line)).toEqual({ sender, date: utc(date) })
  })

  it('reads an ISO date, though it makes no separator', () => {
    expect(isDated('From a@b 2024-01-01T10:00:00Z')).toBe(false)
    expect(parseFromLine('From a@b 2024-01-01T10:00:00Z')).toEqual({ sender: 'a@b', date: utc('2024-01-01T10:00:00Z') })
    expect(parseFromLine('From a@b 2024-01-01 10:00:00').date).toBe(utc('2024-01-01T10:00:00Z'))
  })

  it.each(['From here on it is', 'From ', 'From a@b', 'From the 1 Jan on', 'From 10:00 to 11:00', 'From -x'])(
    '%s is not dated',
    (line) => {
      expect(isDated(line)).toBe(false)
      expect(parseFromLine(line).date).toBeNull()
    },
  )

  it('has no date in Netscape’s short form', () => {
    expect(isDated('From - ')).toBe(true)
    expect(parseFromLine('From - ')).toEqual({ sender: '', date: null })
  })
})

describe('what separates', () => {
  const first = `${FROM}Subject: 1\n\ntext\n`
  const second = 'Subject: 2\n\ntext\n\n'

  it('a dated line after an empty line, whatever follows', async () => {
    expect(await counted(`${first}\n${FROM}${second}`)).toEqual({ count: 2, doubts: [] })
    expect(await counted(`${first}\n${FROM}no field\n`)).toEqual({ count: 2, doubts: [0, 1] })
  })

  it('a dated line before a header field, with no empty line before it', async () => {
    expect(await counted(`${first}${FROM}${second}`)).toEqual({ count: 2, doubts: [0, 1] })
    expect(await counted(`${first}${FROM}>From x@y\n${second}`)).toEqual({ count: 2, doubts: [0, 1] })
  })

  it('no dated line with neither, but the message is in doubt', async () => {
    expect(await counted(`${first}${FROM}no field\n\n${FROM}${second}`)).toEqual({ count: 2, doubts: [0] })
  })

  it('no dated line before a URL', async () => {
    expect((await counted(`${first}${FROM}http://example.org/\n\n${FROM}${second}`)).count).toBe(2)
  })

  it('no undated line in a file that begins with a dated one', async () => {
    expect(await counted(`${first}\nFrom here on\nNote: text\n\nFrom there\n\n${FROM}${second}`)).toEqual({
      count: 2,
      doubts: [],
    })
    expect(await counted(`${first}\nFrom x@example.org\n${second}`)).toEqual({ count: 1, doubts: [0] })
  })

  it('an undated line, where the first is undated, with an empty line before and a header field behind', async () => {
    const bare = 'From a@example.org\n'
    expect((await counted(`${bare}Subject: 1\n\n${bare}Subject: 2\n\n`)).count).toBe(2)
    expect((await counted(`${bare}Subject: 1\n\ntext\n${bare}Subject: 2\n\n`)).count).toBe(1)
    expect((await counted(`${bare}Subject: 1\n\n${bare}no field\n\n`)).count).toBe(1)
  })

  it('a patch line only where the first separator is one', async () => {
    const patch = `${PATCH}From: a@example.org\nSubject: [PATCH] x\n\n---\n`
    expect(await counted(`${patch}\n${patch}\n${patch}`)).toEqual({ count: 3, doubts: [] })
    expect(await counted(`${first}\n${patch}\n${FROM}${second}`)).toEqual({ count: 2, doubts: [0] })
  })

  it('a quoted line never', async () => {
    expect(await counted(`${first}\n>${FROM}Subject: x\n\n ${FROM}Subject: y\n\n${FROM}${second}`)).toEqual({
      count: 2,
      doubts: [],
    })
  })

  it('a line in the body of a mail says nothing: one in a hundred has one', async () => {
    expect(await counted(`${first}\nFrom here on it is\n\n${FROM}${second}`)).toEqual({ count: 2, doubts: [] })
  })
})

describe('a mail inside a mail', () => {
  const head = `${FROM}Content-Type: multipart/mixed;\n boundary="b1"\nSubject: 1\n\n--b1\n\n`
  const inner = `${FROM}Subject: 2\n\ntext\n`
  const behind = `${FROM}Subject: 3\n\ntext\n\n`

  it('is in doubt, as is the one around it', async () => {
    expect(await counted(`${head}text\n\n${inner}\n--b1--\n\n${behind}`)).toEqual({ count: 3, doubts: [0, 1] })
  })

  it('is in doubt up to where the part ends', async () => {
    expect(await counted(`${head}text\n\n${inner}\n${inner}\n--b1--\n\n${behind}`)).toEqual({
      count: 4,
      doubts: [0, 1, 2],
    })
  })

  it('is none where the part merely lacks its end', async () => {
    expect(await counted(`${head}text\n\n${inner}\n${behind}`)).toEqual({ count: 3, doubts: [] })
    expect(await counted(`${head}text\n\n${head}text\n--b1--\n\n${behind}`)).toEqual({ count: 3, doubts: [] })
  })
})

describe('Content-Length', () => {
  const mail = (body: string, length: number): string => `${FROM}Subject: x\nContent-Length: ${length}\n\n${body}`
  const end = `${FROM}Subject: end\n\nend\n`

  it.each([0, 1, 2, 3])('is believed %d line endings before a separator', async (endings) => {
    const text = `text\n\n${FROM}Subject: inner\n\ninner\n`
    const line = '\n'.repeat(endings)
    const read = await readMboxFile(files.write(`${mail(text, text.length)}${line}${end}`))
    expect(read.messages).toEqual([`Subject: x\n\n${text}`, 'Subject: end\n\nend\n'])
  })

  it('is believed at the end of the file', async () => {
    const text = `text\n\n${FROM}Subject: inner\n\ninner`
    expect((await readMboxFile(files.write(mail(text, text.length)))).messages).toEqual([`Subject: x\n\n${text}`])
  })

  it('is not believed in the middle of anything', async () => {
    const text = `text\n\n${FROM}Subject: inner\n\ninner\n`
    expect((await readMboxFile(files.write(`${mail(text, 3)}\n${end}`))).messages.length).toBe(3)
    expect((await readMboxFile(files.write(`${mail(text, 99_999)}\n${end}`))).messages.length).toBe(3)
  })

  it('says nothing where it counted other line endings', async () => {
    expect(await counted(`${mail('a\nb\nc\nd\ne\nf\n', 18)}\n${end}`)).toEqual({ count: 2, doubts: [] })
  })

  it('is believed however it is spelled, and over a window’s end', async () => {
    const text = `${'x'.repeat(3_000_000)}\n\n${FROM}Subject: inner\n\ninner\n`
    for (const name of ['content-length', 'Content-length', 'CONTENT-LENGTH']) {
      const content = `${mail(text, text.length).replace('Content-Length', name)}\n${end}`
      expect((await readMboxFile(files.write(content))).messages.length).toBe(2)
    }
  })
})

describe('variants', () => {
  const quoted = `${FROM}Subject: 1\n\n>From a\n>>From b\n> From c\n\n`

  it.each([
    ['mboxo', 'From a\n>>From b\n> From c\n'],
    ['mboxrd', 'From a\n>From b\n> From c\n'],
    ['mboxcl', 'From a\n>>From b\n> From c\n'],
    ['mboxcl2', '>From a\n>>From b\n> From c\n'],
  ])('%s, when insisted on', async (variant, text) => {
    expect((await readMboxFile(files.write(quoted), { variant })).messages).toEqual([`Subject: 1\n\n${text}`])
  })

  it('are told from the file', async () => {
    const read = async (content: string) => (await readMboxFile(files.write(content))).messages[0]
    expect(await read(quoted)).toBe('Subject: 1\n\nFrom a\n>From b\n> From c\n')
    expect(await read(`${quoted}${FROM}Subject: 2\n\nFrom d\n\n`)).toBe('Subject: 1\n\nFrom a\n>>From b\n> From c\n')
    const long = `${FROM}Subject: 2\nContent-Length: 7\n\nFrom d\n\n`
    const length = `${FROM}Subject: 1\nContent-Length: 8\n\n>From a\n\n`
    expect(await read(length)).toBe('Subject: 1\n\nFrom a\n')
    expect(await read(`${length}${long}`)).toBe('Subject: 1\n\n>From a\n')
  })

  it('without lengths do not look at Content-Length', async () => {
    const text = `text\n\n${FROM}Subject: inner\n\ninner\n`
    const path = files.write(`${FROM}Subject: x\nContent-Length: ${text.length}\n\n${text}\n`)
    expect((await readMboxFile(path)).messages.length).toBe(1)
    expect((await readMboxFile(path, { variant: 'mboxrd' })).messages.length).toBe(2)
  })

  it('are named in a refusal', async () => {
    const path = files.write(quoted)
    await expect(readMboxFile(path, { variant: 'mboxx' })).rejects.toMatchObject({
      code: 'USAGE',
      hint: expect.stringContaining('mboxo, mboxrd, mboxcl, mboxcl2'),
    })
    await expect(readMboxFile(path, { wat: '1' })).rejects.toMatchObject({ code: 'USAGE' })
  })
})

describe('recognition', () => {
  it.each([
    [`${FROM}Subject: x\n\n`, true],
    [`\xef\xbb\xbf\n${FROM}Subject: x\n\n`, true],
    [`\0\0\0${FROM}Subject: x\n\n`, true],
    [FROM, true],
    ['From \nSubject: x\n\n', true],
    [`${FROM}Subject: x\n\n`.replaceAll('\n', '\r'), true],
    ['From here on it is prose\n', false],
    ['From here on\n\nit is prose\n', false],
    ['From: a@example.org\nSubject: x\n\n', false],
    ['root:x:0:0:root:/root:/bin/sh\n', false],
    ['', false],
  ])('%j: %s', (content, is) => {
    expect(looksLikeMbox(Buffer.from(content, 'latin1'))).toBe(is)
  })
})
