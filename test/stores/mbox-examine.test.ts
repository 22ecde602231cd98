import { appendFileSync, truncateSync, unlinkSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { examineMbox } from '../../src/stores/mbox/examine.js'
import { examineFile, examineSize } from '../../src/stores/mbox/examine-file.js'
import { MboxNotes } from '../../src/stores/mbox/examine-notes.js'
import type { Observation, ObservedRule } from '../../src/stores/observation.js'
import { folderName } from '../../src/stores/store.js'
import { body, crlf, DEFECTIVE_MBOXES, FROM, mail, mbox, THREE, withLength } from '../support/defective-mboxes.js'
import { examineStore } from '../support/examining.js'
import { MboxFiles } from '../support/mbox-file.js'

const files = new MboxFiles()
afterAll(() => files[Symbol.dispose]())

const examine = (content: string | Buffer, options = {}): Promise<readonly Observation[]> =>
  examineStore(examineMbox, 'mbox', files.write(content), options)

/** The rules that were broken, each once, in the order of their names. */
const rulesOf = (told: readonly Observation[]): ObservedRule[] => [...new Set(told.map(({ rule }) => rule))].sort()

const of = (told: readonly Observation[], rule: ObservedRule): Observation | undefined =>
  told.find((each) => each.rule === rule)

const DIFFER = 'readings-differ'

/** What the table of small defective files gives. None: what is wrong is a fact of one message, in any store. */
const EXPECTED: Readonly<Record<string, readonly ObservedRule[]>> = {
  'well formed': [],
  'no final newline': ['no-final-newline'],
  'the last body cut off': ['no-final-newline'],
  'the last header cut off': ['last-message-truncated', 'no-final-newline'],
  'Thunderbird, From - with a date': [],
  'Netscape, From - without a date': ['odd-separator'],
  'Eudora, ???@???': ['odd-separator'],
  'deleted and not compacted': ['deleted-not-compacted'],
  'a body line From, not after an empty line': [DIFFER, 'unescaped-from-line'],
  'a body line From, after an empty line': [DIFFER, 'unescaped-from-line'],
  'a whole From_ line quoted after an empty line': ['quoted-separator-in-body', DIFFER],
  'no empty line before a From_ line': [DIFFER, 'separator-without-empty-line'],
  'CRLF everywhere': [],
  'the second message with CRLF': ['mixed-line-endings'],
  'From_ lines with LF, content with CRLF': ['mixed-line-endings'],
  '4 KiB of NULs before a From_ line': ['nul-run', DIFFER],
  'NULs and a newline before a From_ line': ['nul-run', DIFFER, 'separator-without-empty-line'],
  'NULs at the start': ['nul-run'],
  'NULs and a newline at the start': ['nul-run'],
  'a byte order mark': ['garbage-before-first-message'],
  // mboxcl2 does so by its rules: the places are told, and no more.
  'Content-Length right, a From_ line in the body': [DIFFER],
  'Content-Length right, From in the body': [DIFFER],
  'Content-Length too long': ['content-length-wrong'],
  'Content-Length too short': ['content-length-wrong'],
  'the internal first message': ['internal-message'],
  'two programs appended at once': ['interleaved-append', DIFFER],
  'text before the first From_ line': ['garbage-before-first-message'],
  'bare From': ['odd-separator', DIFFER],
  'a zone before the year': ['odd-separator'],
  'an ISO date': ['odd-separator', DIFFER],
  'no empty line between header and body': [],
  'an empty message': ['empty-message', DIFFER],
}

describe('defective mbox files, examined', () => {
  for (const [name, { content }] of Object.entries(DEFECTIVE_MBOXES)) {
    const rules = EXPECTED[name]
    it(`${name}: ${rules?.join(', ') || 'nothing'}`, async () => expect(rulesOf(await examine(content))).toEqual(rules))
  }
})

const quoting = 'a line\n>From here on, quoted\n>>From further in\n'
const measured = (text: string): string => withLength(text, body(text).length)

describe('clean files of every dialect', () => {
  const clean: Readonly<Record<string, string>> = {
    mboxo: mbox([mail(1, '>From here on\n'), mail(2), mail(3)]),
    mboxrd: mbox([mail(1, quoting), mail(2), mail(3)]),
    mboxcl: mbox([mail(1, quoting), mail(2), mail(3)].map(measured)),
    'mboxcl2, nothing to quote': mbox(THREE.map(measured)),
    Thunderbird: mbox(
      THREE.map((each) => `X-Mozilla-Status: 0001\nX-Mozilla-Status2: 00000000\n${each}`),
      'From - Mon Jan  1 10:00:00 2024\n',
    ),
    CRLF: crlf(mbox(THREE)),
    'lone CRs': mbox(THREE).replaceAll('\n', '\r'),
    'Mailman, an address in words': mbox(THREE, 'From a at example.org  Mon Jan  1 10:00:00 2024\n'),
    'a zone in letters': mbox(THREE, 'From a@example.org Mon Jan  1 10:00 MET 2024\n'),
    'with UIDs': mbox(THREE.map((each, n) => `${n === 0 ? 'X-IMAPbase: 1700000000 3\n' : ''}X-UID: ${n + 1}\n${each}`)),
    empty: '',
  }
  for (const [name, content] of Object.entries(clean)) {
    it(`${name}: nothing`, async () => expect(await examine(content)).toEqual([]))
  }

  it('mboxcl2: tells of lines that its lengths vouch for, and no more', async () => {
    const told = await examine(mbox([measured(mail(1, 'text\n\nFrom here on\n')), measured(mail(2))]))
    expect(told.map(({ rule, detail }) => [rule, detail])).toEqual([
      [DIFFER, 'taken as text, since the Content-Length field says so: "From here on"'],
      [DIFFER, 'messages: a strict reading counts 2, a loose one 3, the one taken 2'],
    ])
  })
})

describe('separators', () => {
  it('lists each place where readings differ, with its offset, and counts the readings', async () => {
    const text = mbox([mail(1, 'text\nFrom here on\n\nFrom there on\n'), mail(2, `\n${FROM}pasted\n`), mail(3)])
    const told = await examine(text)
    const places = told.filter(({ offset }) => offset !== null)
    expect(places.map(({ rule, offset }) => [rule, offset])).toEqual([
      ['unescaped-from-line', text.indexOf('From here')],
      ['unescaped-from-line', text.indexOf('From there')],
      ['quoted-separator-in-body', text.indexOf(`${FROM}pasted`)],
    ])
    expect(places.map(({ locator }) => locator)).toEqual([
      'offset=0',
      'offset=0',
      `offset=${text.indexOf(`${FROM}pasted`)}`,
    ])
    expect(of(told, DIFFER)?.detail).toBe('messages: a strict reading counts 3, a loose one 6, the one taken 4')
  })

  it('tells of a mail inside a multipart that goes on behind it', async () => {
    const type = 'Content-Type: multipart/mixed; boundary=parts\n'
    const inner = `--parts\n\nforwarded:\n\n${FROM}${mail(9)}\n--parts--\n`
    const told = await examine(mbox([`${type}${mail(1, inner)}`, mail(2)]))
    expect(of(told, 'quoted-separator-in-body')?.detail).toContain('a multipart goes on behind it')
  })

  it('takes a patch for text, and tells of it', async () => {
    const patch = `From ${'a'.repeat(40)} Mon Sep 17 00:00:00 2001\nFrom: A <a@example.org>\n`
    const told = await examine(mbox([mail(1, `text\n\n${patch}`), mail(2)]))
    expect(rulesOf(told)).toEqual(['quoted-separator-in-body', DIFFER])
  })

  it('tells of odd forms once for a file', async () => {
    const told = await examine(mbox(THREE, 'From a@example.org Mon, 1 Jan 2024 10:00:00 +0100\n'))
    expect(told.map(({ detail }) => detail)).toEqual([
      'its date is in the form of RFC 5322: "From a@example.org Mon, 1 Jan 2024 10:00:00 +0100", and 2 more like it',
    ])
  })

  it('tells of a thousand places in a message one by one, and of how many more', async () => {
    const told = await examine(mbox([mail(1, 'From x\n'.repeat(5_000)), mail(2)]))
    expect(
      told
        .filter(({ rule }) => rule === 'unescaped-from-line')
        .map(({ detail }) => detail)
        .slice(-2),
    ).toEqual(['taken as text, since it has no date: "From x"', '4000 more of them in this message'])
    const last = of(told, DIFFER)
    expect(last?.detail).toBe('messages: a strict reading counts 2, a loose one 5002, the one taken 2')
  })

  it('shows lines safely', async () => {
    const told = await examine(mbox([mail(1, 'text\nFrom \x1b[31mred\x07\x80\n'), mail(2)]))
    expect(of(told, 'unescaped-from-line')?.detail).toBe('taken as text, since it has no date: "From ␛[31mred␇\\x80"')
  })
})

describe('quoting', () => {
  it('tells of quoting that is not done everywhere, the likely dialect and whether it can be undone', async () => {
    const told = await examine(mbox([mail(1, quoting), mail(2, 'text\nFrom here on\n'), mail(3)]))
    expect(rulesOf(told)).toEqual(['mbox-dialect-mixed', DIFFER, 'unescaped-from-line'])
    expect(of(told, 'mbox-dialect-mixed')?.detail).toMatch(
      /^3 messages: >From in 1, >>From in 1, .*likely mboxo, .*cannot/,
    )
  })

  it('tells of lengths that vouch for some bare lines and not for others', async () => {
    const bare = 'text\nFrom here on\n'
    const told = await examine(mbox([measured(mail(1, bare)), mail(2, bare), measured(mail(3))]))
    expect(of(told, 'mbox-dialect-mixed')?.detail).toContain('likely mboxcl2')
  })

  it('does not take a quoted line alone for a mixture', async () => {
    expect(await examine(mbox([mail(1, quoting), measured(mail(2)), mail(3)]))).toEqual([])
  })

  it('tells of lines that a space escapes, and not of prose', async () => {
    const text = mbox([mail(1, ` ${FROM} From here on\n From 1990 to 2024\n From \n`)])
    const told = await examine(text)
    expect(told.map(({ rule, offset }) => [rule, offset])).toEqual([
      ['space-escaped-from-line', text.indexOf(` ${FROM}`)],
      ['space-escaped-from-line', text.indexOf(' From \n')],
    ])
  })

  it('tells of a From field that was quoted', async () => {
    const text = mbox([mail(1).replace('From:', '>From:'), mail(2, '>From: in a body\n')])
    // The separator has no header field behind it that could be one: the field after it counts.
    const told = await examine(text.replace('From a@', 'From a@').replace('>From:', 'X-A: b\n>From:'))
    expect(rulesOf(told)).toEqual(['quoted-from-field'])
    expect(of(told, 'quoted-from-field')?.detail).toBe('">From: a@example.org"')
  })

  it('says nothing of a quoted From field beside a true one: the mail has its sender', async () => {
    expect(rulesOf(await examine(mbox([mail(1).replace('From:', 'X-A: b\n>From: b@example.org\nFrom:')])))).toEqual([])
  })
})

describe('lengths and ends', () => {
  it('tells what stands where a wrong Content-Length points', async () => {
    const text = mbox([withLength(mail(1), 20), withLength(mail(2), 3), mail(3)])
    const details = (await examine(text)).map(({ detail }) => detail)
    expect(details).toEqual([
      '20 instead of 7: it points into another message, where stands "le.org Mon Jan  1 10:00:00 2024␊From: a@"',
      '3 instead of 7: it points into the message, where stands "y 2␊␊From a@example.org Mon Jan  1 10:00"',
    ])
    expect(rulesOf(await examine(mbox([withLength(mail(1), 9999), mail(2)])))).toEqual(['content-length-wrong'])
    expect(await examine(text, { variant: 'mboxrd' })).toEqual([])
  })

  it('knows a length that counted other line endings', async () => {
    const lines = 'one line of text\n'.repeat(20)
    const told = await examine(mbox([withLength(mail(1, lines), crlf(lines).length), mail(2)]))
    expect(rulesOf(told)).toEqual(['content-length-other-line-endings'])
    expect(rulesOf(await examine(crlf(mbox([withLength(mail(1, lines), lines.length), mail(2)]))))).toEqual([
      'content-length-other-line-endings',
    ])
  })

  it('tells that the last message likely breaks off, and by what sign', async () => {
    const why = async (content: string): Promise<string | undefined> =>
      of(await examine(content), 'last-message-truncated')?.detail
    const first = mbox([mail(1)])
    expect(await why(`${first}${FROM}${withLength(mail(2), 100)}\n`)).toBe(
      'likely: Content-Length is 100: 92 octets are lacking',
    )
    expect(await why(`${first}${FROM}From: a@exam`)).toBe('likely: it ends in the middle of its header')
    const parts = `Content-Type: multipart/mixed; boundary=B\n${mail(2, '--B\n\ntext\n')}`
    expect(await why(`${first}${FROM}${parts}`)).toBe('likely: its multipart is not closed')
    const base64 = `Content-Transfer-Encoding: base64\n${mail(2, 'QUJDREVGR0g=\nQUJDRE')}`
    expect(await why(`${first}${FROM}${base64}`)).toBe('likely: its base64 breaks off within a group of four')
  })

  it('does not take a last message for cut that ends as a program leaves it', async () => {
    const parts = `Content-Type: multipart/mixed; boundary=B\n${mail(2, '--B\n\ntext\n')}`
    expect(await examine(mbox([mail(1), parts]))).toEqual([])
    const lines = 'one line of text\n'.repeat(20)
    const converted = mbox([mail(1), withLength(mail(2, lines), crlf(lines).length)])
    expect(rulesOf(await examine(converted))).toEqual(['content-length-other-line-endings'])
    expect(rulesOf(await examine(mbox([mail(1), withLength(mail(2), 7)]).slice(0, -2)))).toEqual(['no-final-newline'])
    expect(await examine(mbox([mail(1), `${parts}--B--\n`]).slice(0, -1))).toEqual([])
    expect(await examine(mbox([mail(1), 'From: a@example.org\nSubject: no body\n']))).toEqual([])
  })
})

describe('fields of mail programs', () => {
  it('tells of UIDs that do not ascend, or are higher than the last one given', async () => {
    const numbered = (uids: readonly number[], base: string): string =>
      mbox(uids.map((uid, n) => `${n === 0 ? base : ''}X-UID: ${uid}\n${mail(n)}`))
    const descent = await examine(numbered([1, 5, 3, 3, 9], 'X-IMAPbase: 1700000000 9\n'))
    expect(descent.map(({ rule, detail }) => [rule, detail])).toEqual([
      ['uid-fields-inconsistent', 'X-UID 3 comes after 5; 2 such messages'],
    ])
    const beyond = await examine(numbered([1, 2, 3], 'X-IMAPbase: 1700000000 2\n'))
    expect(beyond.map(({ detail }) => detail)).toEqual(['X-UID 3 is higher than the last one given, 2'])
    const twice = await examine(numbered([1, 2], 'X-IMAPbase: 0 2\nX-IMAP: 1700000000 2\n'))
    expect(twice.map(({ detail }) => detail)).toEqual([
      'it gives no UIDVALIDITY: "0 2"',
      'x-imap is there a second time: "1700000000 2"',
    ])
    const joined = `${numbered([1, 2], 'X-IMAPbase: 1 2\n')}${numbered([3], 'X-IMAPbase: 2 3\n')}`
    expect((await examine(joined)).map(({ detail }) => detail)).toEqual(
      [
        'X-UID 3 is higher than the last one given, 2',
        'x-imapbase stands in another message than the first: "2 3"',
      ].sort((a, b) => (a < b ? 1 : -1)),
    )
  })

  it('tells of deleted messages, by Thunderbird and by c-client', async () => {
    const told = await examine(
      mbox([`X-Mozilla-Status: 0009\n${mail(1)}`, `X-Status: AD\n${mail(2)}`, `X-Mozilla-Status: 0011\n${mail(3)}`]),
    )
    expect(told.map(({ rule, detail }) => [rule, detail])).toEqual([
      ['deleted-not-compacted', 'X-Mozilla-Status: "0009"'],
      ['deleted-not-compacted', 'X-Status: "AD"'],
    ])
  })

  it('tells of fields of Thunderbird that differ in one message', async () => {
    const repeated = (second: string): string =>
      mbox([`X-Mozilla-Status: 0001\nX-Mozilla-Status: ${second}\n${mail(1)}`])
    expect(rulesOf(await examine(repeated('0000')))).toEqual(['mozilla-fields-differ'])
    expect(await examine(repeated('0001'))).toEqual([])
  })
})

describe('octets that are no mail', () => {
  it('tells how many NULs stand where, and leaves single ones alone', async () => {
    const text = mbox([mail(1, `text${'\0'.repeat(100)}text\n`), mail(2, 'a\0b\0\0c\n')])
    const told = await examine(text)
    expect(told.map(({ rule, offset, detail }) => [rule, offset, detail])).toEqual([
      ['nul-run', text.indexOf('\0'), '100 NULs in a row'],
    ])
  })

  it('tells of holes', async () => {
    const path = files.write(mbox([mail(1)]))
    truncateSync(path, 1 << 20)
    appendFileSync(path, mbox([mail(2)]))
    const told = await examineStore(examineMbox, 'mbox', path)
    expect(told.map(({ detail }) => detail)).toContainEqual(
      expect.stringMatching(
        /^the file takes \d+ octets less on the disk than it is long \(\d+\): likely it has holes, /,
      ),
    )
  })

  it('tells of a file that is no mbox', async () => {
    const told = await examine('root:x:0:0:root:/root:/bin/sh\n')
    expect(told.map(({ detail }) => detail)).toEqual([
      'no separator line is in the file: "root:x:0:0:root:/root:/bin/sh␊"',
    ])
  })

  it('tells of a compressed file that is cut off', async () => {
    const whole = gzipSync(Buffer.from(mbox(Array.from({ length: 500 }, (_, n) => mail(n)))))
    expect(await examine(whole)).toEqual([])
    const told = await examine(whole.subarray(0, whole.length - 200))
    expect(rulesOf(told)).toContain('unreadable-file')
  })
})

describe('size and change', () => {
  const GIB = 2 ** 30
  it('tells of files that old programs cannot hold', () => {
    const rules = (size: number): ObservedRule[] => {
      const notes = new MboxNotes(folderName('INBOX'))
      examineSize(size, notes)
      return rulesOf(notes.take())
    }
    expect([rules(2 * GIB), rules(3 * GIB), rules(5 * GIB)]).toEqual([[], ['mailbox-large'], ['mailbox-very-large']])
  })

  const examineWhile = async (change: (path: string) => void): Promise<readonly Observation[]> => {
    const path = files.write(mbox(Array.from({ length: 600 }, (_, n) => mail(n))))
    const mboxFile = { folder: folderName('INBOX'), path, compression: null, variant: null }
    const told: Observation[] = []
    let isFirst = true
    for await (const batch of examineFile(mboxFile, new MboxNotes(mboxFile.folder))) {
      if (isFirst) change(path)
      isFirst = false
      told.push(...batch)
    }
    return told
  }

  it('tells that a file grew, was replaced or removed while it was read', async () => {
    const grown = await examineWhile((path) => appendFileSync(path, mbox([mail(601)])))
    expect(of(grown, 'changed-while-read')?.detail).toMatch(
      /^it was changed while it was read, from \d+ to \d+ octets$/,
    )
    const removed = await examineWhile((path) => unlinkSync(path))
    expect(of(removed, 'changed-while-read')?.detail).toBe('it was removed while it was read')
    expect(await examineWhile(() => {})).toEqual([])
  })
})
