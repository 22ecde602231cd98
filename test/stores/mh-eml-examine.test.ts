import { symlinkSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { examineEml } from '../../src/stores/eml/examine.js'
import { examineMh } from '../../src/stores/mh/examine.js'
import { MAIL, MailTree } from '../support/mail-tree.js'

describe('MH folders', () => {
  async function told(change: (tree: MailTree) => unknown): Promise<string[]> {
    using tree = new MailTree()
    for (const number of [1, 2, 5, 6]) tree.put(String(number))
    change(tree)
    return await tree.told(examineMh, 'mh')
  }

  it('gaps between numbers are ordinary', async () => expect(await told(() => {})).toEqual([]))

  it('sequences that name what is there', async () => {
    expect(await told((tree) => tree.put('.mh_sequences', 'cur: 4\nunseen: 1-2\n 5-6\nflagged: 6\n'))).toEqual([])
  })

  it('sequences that name what is not there', async () => {
    expect(await told((tree) => tree.put('.mh_sequences', 'unseen: 2-5 9\nflagged: 1\n'))).toEqual([
      'sequence-without-message | INBOX | file=.mh_sequences | "unseen" names 3 messages of which no file is there: 3-4 9',
    ])
    expect(await told((tree) => tree.put('.mh_sequences', 'a: 1-9999999999\n'))).toEqual([
      'sequence-without-message | INBOX | file=.mh_sequences | "a" names 9999999995 messages of which no file is there: 3-4 7-9999999999',
    ])
  })

  it.each([
    ['unseen 1 2\n', 'no name of a sequence with a colon: "unseen 1 2"'],
    ['unseen: 1 x\n', '"x" is no number: "unseen: 1 x"'],
    ['unseen: 6-5\n', '6-5 runs backward: "unseen: 6-5"'],
    ['unseen: 0 1\n', 'a message cannot have the number 0: "unseen: 0 1"'],
    [`unseen: ${'1 '.repeat(5_000)}\n`, `it is longer than 8192 octets: "unseen: ${'1 '.repeat(25)}1…"`],
  ])('malformed sequences: %#', async (text, detail) => {
    const [first] = (await told((tree) => tree.put('.mh_sequences', text))).filter((each) =>
      each.startsWith('sequence-malformed'),
    )
    expect(first).toBe(`sequence-malformed | INBOX | file=.mh_sequences | line 1: ${detail}`)
  })

  it('sequences in a file too large to be read', async () => {
    const line = `unseen: ${'3 '.repeat(2_000)}\n`
    expect(await told((tree) => tree.put('.mh_sequences', line.repeat(2_100)))).toEqual([
      `sequence-malformed | INBOX | file=.mh_sequences | it has ${line.length * 2_100} octets, and is not read for its size`,
    ])
  })

  it('files that are no messages, and folders that are called like one', async () => {
    const found = await told((tree) =>
      tree.put(',4').put('#7').put('007').put('notes.txt').put('.xmhcache').put('2004/1'),
    )
    expect(found.sort()).toEqual([
      'deleted-leftover | INBOX | file=#7 | a message that was removed',
      'deleted-leftover | INBOX | file=,4 | a message that was removed',
      'folder-named-as-message | 2004 |  | its name is that of a message in the folder above',
      'foreign-file | INBOX | file=notes.txt | its name is no number',
      'number-malformed | INBOX | file=007 | a number with a leading zero: MH does not see it',
    ])
  })

  it('links and times, as in every store of files', async () => {
    const found = await told((tree) => {
      tree.put('7', MAIL, 1_800_000_000)
      symlinkSync('gone', tree.at('8'))
    })
    expect(found).toEqual([
      'file-time-implausible | INBOX | number=7 | it is of 2027-01-15, in the future',
      'broken-link | INBOX | number=8 | it leads to nothing',
    ])
  })
})

describe('folders of .eml files', () => {
  async function told(change: (tree: MailTree) => unknown): Promise<string[]> {
    using tree = new MailTree()
    tree.put('a.eml').put('b.emlx', `${MAIL.length}\n${MAIL}<?xml version="1.0"?><plist/>`)
    change(tree)
    return await tree.told(examineEml, 'eml')
  }

  it('are healthy', async () => expect(await told((tree) => tree.put('readme.txt'))).toEqual([]))

  it('.emlx files that are cut off, without length, or partly loaded', async () => {
    const found = await told((tree) =>
      tree.put('c.emlx', `900\n${MAIL}`).put('d.emlx', MAIL).put('e.partial.emlx', `${MAIL.length}\n${MAIL}`),
    )
    expect(found).toEqual([
      `emlx-length-wrong | INBOX | file=c.emlx | it should hold 900 octets of message and has ${MAIL.length}`,
      'emlx-length-wrong | INBOX | file=d.emlx | its first line is not the length of the message',
      'emlx-partial | INBOX | file=e.partial.emlx | its name ends in .partial.emlx',
    ])
  })
})
