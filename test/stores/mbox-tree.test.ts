import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { openStore } from '../../src/stores/drivers.js'
import type { Store } from '../../src/stores/store.js'
import { writeMbox } from '../support/mbox-writer.js'
import { mail, scanFolder } from '../support/store-law.js'

const roots: string[] = []
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true })
})

const MBOX = writeMbox([{ raw: mail(1) }], 'mboxrd')

/** Makes a tree; a path without content is an mbox of one message. */
function makeTree(paths: Readonly<Record<string, string | Buffer>>): string {
  const root = mkdtempSync(join(tmpdir(), 'mbaudit-tree-'))
  roots.push(root)
  for (const [path, content] of Object.entries(paths)) {
    const name = Buffer.from(join(root, path), 'latin1')
    mkdirSync(dirname(name.toString('latin1')), { recursive: true })
    writeFileSync(name, content)
  }
  return root
}

const open = (path: string): Promise<Store> => openStore({ name: path, type: 'mbox', path, options: {} })

async function list(root: string) {
  const { folders, foreign, troubles } = await (await open(root)).list()
  return {
    names: folders.map((folder) => folder.name as string),
    foreign: foreign.map(({ path }) => path.slice(root.length + 1)).sort(),
    why: foreign.map(({ why }) => why).join('\n'),
    troubles,
  }
}

describe('a tree of mbox files', () => {
  it('as Thunderbird lays it', async () => {
    const root = makeTree({
      Inbox: MBOX,
      'Inbox.msf': '// <!-- <mdb:mork:z v="1.4"/> -->',
      'Inbox.sbd/Lists': MBOX,
      'Inbox.sbd/Lists.msf': 'x',
      'Inbox.sbd/Lists.sbd/choir': MBOX,
      Drafts: '',
      'john.smith': '',
      'john.smith.msf': 'x',
      Trash: MBOX,
      nstmp: MBOX,
      'msgFilterRules.dat': '',
      'filterlog.html': '<html>',
      '.hidden': MBOX,
      'Sent.lock': '',
    })
    const { names, foreign } = await list(root)
    expect(names).toEqual(['INBOX', 'Drafts', 'INBOX/Lists', 'INBOX/Lists/choir', 'Trash', 'john.smith'])
    expect(foreign).toEqual([
      'Inbox.msf',
      'Inbox.sbd/Lists.msf',
      'filterlog.html',
      'john.smith.msf',
      'msgFilterRules.dat',
      'nstmp',
    ])
    const { folders } = await (await open(root)).list()
    expect(folders.find((folder) => folder.name === 'Trash')?.specialUse).toBe('\\Trash')
  })

  it('as mutt and Dovecot lay it', async () => {
    const root = makeTree({
      inbox: MBOX,
      'lists/choir': MBOX,
      'lists/.imap/choir/dovecot.index': 'x',
      '.subscriptions': 'x',
      'Entw&APw-rfe': MBOX,
      'Entw\xc3\xbcrfe 2': MBOX,
      'R&D': MBOX,
      'caf\xe9': MBOX,
    })
    expect((await list(root)).names).toEqual(['INBOX', 'Entwürfe', 'Entwürfe 2', 'R&D', 'caf\\xe9', 'lists/choir'])
  })

  it('as exports lay it', async () => {
    const root = makeTree({
      'Mail/All mail.mbox': MBOX,
      'Mail/Inbox.mbox': MBOX,
      'Mail/Inbox': MBOX,
      'Apple.mbox/mbox': MBOX,
      'Apple.mbox/table_of_contents': 'x',
      'archive.mbox.gz': gzipSync(MBOX),
      'archive_browser.html': '<html>',
    })
    const { names, foreign } = await list(root)
    expect(names).toEqual(['Apple', 'Mail/All mail', 'Mail/Inbox', 'Mail/Inbox.mbox', 'archive'])
    expect(foreign).toEqual(['archive_browser.html'])
  })

  it('tells what is no mbox, and why', async () => {
    const root = makeTree({
      mail: MBOX,
      'notes.txt': 'From here on, notes\n',
      'late.txt': Buffer.concat([Buffer.from('some words\n\n'), MBOX]),
      'docs/readme': 'text',
      'md/cur/1:2,S': mail(1),
      'mh/1': mail(1),
      'a.xz': Buffer.from('\xfd7zXZ\0\0\0', 'latin1'),
      'empty.txt': '',
    })
    const { names, foreign, why } = await list(root)
    expect(names).toEqual(['late.txt', 'mail'])
    expect(foreign).toEqual(['a.xz', 'docs', 'empty.txt', 'md', 'mh', 'notes.txt'])
    expect(why.match(/^no mbox file lies in it$/gm)).toHaveLength(2)
    expect(why).toContain('xz --decompress')
    expect(why).toContain('Maildir')
  })

  it('follows links to files and directories, and no loop', async () => {
    const root = makeTree({ 'a/one': MBOX, 'b/two': MBOX })
    symlinkSync(root, join(root, 'a', 'loop'))
    symlinkSync('../b', join(root, 'a', 'b'))
    symlinkSync('one', join(root, 'a', 'alias'))
    symlinkSync('nowhere', join(root, 'a', 'dangling'))
    const { names, foreign } = await list(root)
    expect(names).toEqual(['a/alias', 'a/one', 'b/two'])
    expect(foreign).toEqual(['a/b', 'a/dangling', 'a/loop'])
    const store = await open(root)
    const { folders } = await store.list()
    const scans = await Promise.all(folders.map(async ({ name }) => scanFolder(await store.open(name))))
    expect(scans.map((scan) => scan.copies[0]?.hasOtherNames)).toEqual([true, false, false])
  })

  it('tells a file that cannot be read', async (context) => {
    if (process.getuid?.() === 0) context.skip()
    const root = makeTree({ one: MBOX, closed: MBOX })
    chmodSync(join(root, 'closed'), 0)
    const { names, troubles } = await list(root)
    expect(names).toEqual(['one'])
    expect(troubles).toMatchObject([{ code: 'UNREADABLE', folder: 'closed' }])
    await expect(open(join(root, 'closed'))).rejects.toMatchObject({ code: 'UNREADABLE' })
  })

  it('is refused where there is none', async () => {
    const root = makeTree({ 'docs/readme': 'text' })
    await expect(open(root)).rejects.toMatchObject({ code: 'STORE_UNRECOGNISED' })
    await expect(open(join(root, 'nothing'))).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' })
    await expect(open('/dev/null')).rejects.toMatchObject({ code: 'STORE_UNRECOGNISED' })
  })
})
