import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openStore } from '../../src/stores/drivers.js'
import { type Folder, folderName, type Store } from '../../src/stores/store.js'
import { inFolderOrder, knownAfter, mail, readAll, scanFolder, storeLaw } from '../support/store-law.js'
import { maildirFs, maildirPlusPlus } from '../support/store-makers.js'

describe('Maildir++', () => storeLaw(maildirPlusPlus))
describe('nested Maildirs', () => storeLaw(maildirFs))

const roots: string[] = []
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true })
})

/** Makes a tree of files; a name may hold octets that are no UTF-8. */
function tree(files: Readonly<Record<string, string | Buffer>>): string {
  const root = mkdtempSync(join(tmpdir(), 'mbaudit-maildir-'))
  roots.push(root)
  for (const [name, content] of Object.entries(files)) put(root, name, content)
  return root
}

function put(root: string, name: string, content: string | Buffer): void {
  const path = Buffer.from(`${root}/${name}`, 'latin1')
  mkdirSync(Buffer.from(dirname(path.toString('latin1')), 'latin1'), { recursive: true })
  writeFileSync(path, content)
}

const openAt = (path: string): Promise<Store> => openStore({ name: path, type: 'maildir', path, options: {} })

async function folderAt(path: string, name = 'INBOX'): Promise<Folder> {
  return (await openAt(path)).open(folderName(name))
}

async function namesAt(path: string): Promise<string[]> {
  return (await (await openAt(path)).list()).folders.map((folder) => folder.name)
}

async function flagsAt(path: string): Promise<Record<string, string>> {
  const { copies } = await scanFolder(await folderAt(path))
  return Object.fromEntries(copies.map((copy) => [copy.locator, copy.flags.join(' ')]))
}

describe('folders of a Maildir', () => {
  it('finds Maildir++ and plain directories in one tree, and no folder in a tree without cur', async () => {
    const root = tree({
      '.Work.2024/cur/a': '',
      '.Work/new/b': '',
      '.Work/tmp/b': '',
      'Plain/Deep/cur/c': '',
      'Notes/readme.txt': 'no mail',
    })
    expect(await namesAt(root)).toEqual(['Plain/Deep', 'Work', 'Work/2024'])
    const { foreign } = await (await openAt(root)).list()
    expect(foreign).toEqual([{ path: `${root}/Notes`, why: 'no mail of this kind of store lies in it' }])
  })

  it('reads a folder that lost its cur, and takes what is left for no whole folder', async () => {
    for (const left of [
      { 'new/b': '', 'tmp/c': '' },
      { 'new/b': '', 'tmp/c': '', cur: 'a file' },
    ]) {
      const { copies, verdict } = await scanFolder(await folderAt(tree(left)))
      expect(copies.map(({ locator }) => locator)).toEqual(['file=b'])
      expect(verdict).toMatchObject({ outcome: 'failed', message: expect.stringContaining('no cur') })
    }
  })

  it('reads names in modified UTF-7, in UTF-8 and in neither', async () => {
    const root = tree({
      '.Entw&APw-rfe &- Co/cur/a': '',
      '.Q&A/cur/a': '',
      '.Entw\xc3\xbcrfe/cur/a': '',
      '.Bad\xff\\x/cur/a': '',
    })
    expect(await namesAt(root)).toEqual(['Bad\\xff\\\\x', 'Entwürfe', 'Entwürfe & Co', 'Q&A'])
  })

  it('takes INBOX in any case as INBOX, and keeps apart two directories of one name', async () => {
    expect(await namesAt(tree({ 'Inbox/cur/a': '', 'Sent/cur/b': '' }))).toEqual(['INBOX', 'Sent'])
    expect(await namesAt(tree({ 'A/B/cur/a': '', '.A.B/cur/b': '' }))).toEqual(['.A.B', 'A/B'].sort())
  })

  it('counts a folder once that has two names', async () => {
    const root = tree({ 'cur/a': '', 'Real/cur/b': '' })
    symlinkSync(join(root, 'Real'), join(root, 'Alias'))
    symlinkSync(root, join(root, 'Real', 'loop'))
    expect(await namesAt(root)).toEqual(['INBOX', 'Real'])
    const { foreign } = await (await openAt(root)).list()
    expect(foreign.map(({ why }) => why.replace(root, '')).sort()).toEqual([
      'another name of ',
      'another name of /Real',
    ])
  })

  it('says that messages of a linked folder may have other names', async () => {
    const [root, elsewhere] = [tree({ 'cur/a': '' }), tree({ 'cur/b': '' })]
    symlinkSync(elsewhere, join(root, '.Elsewhere'))
    const { copies } = await scanFolder(await folderAt(root, 'Elsewhere'))
    expect(copies.map((copy) => copy.hasOtherNames)).toEqual([true])
  })
})

describe('messages of a Maildir', () => {
  it('reads flags with any separator, and none in new', async () => {
    const root = tree({
      'dovecot-keywords': '0 $Label1\n1 todo\n',
      'cur/one:2,DFPRST': '',
      'cur/two!2,S': '',
      'cur/three;2,FS': '',
      'cur/four\xef\x80\xa22,R': '',
      'cur/five,U=5,FMD5=7e33:2,ab': '',
      'cur/six:2,Zcq': '',
      'cur/seven,S=99,W=101': '',
      'new/eight:2,FS': '',
      'new/nine': '',
    })
    expect(await flagsAt(root)).toEqual({
      'file=one': '$Forwarded \\Answered \\Deleted \\Draft \\Flagged \\Seen',
      'file=two': '\\Seen',
      'file=three': '\\Flagged \\Seen',
      'file=four': '\\Answered',
      'file=five,U=5,FMD5=7e33': '$Label1 todo',
      'file=six': '',
      'file=seven,S=99,W=101': '',
      'file=eight': '\\Flagged',
      'file=nine': '',
    })
  })

  it('reads names that are no UTF-8 and names with backslashes', async () => {
    const root = tree({ 'cur/\xff\xfe:2,S': mail(1), 'cur/a\\xff:2,F': mail(2), 'cur/\xc3\xbc': mail(3) })
    const folder = await folderAt(root)
    const copies = [...(await scanFolder(folder)).copies].sort(inFolderOrder)
    const locators = copies.map((copy) => copy.locator)
    expect(locators).toEqual(['file=\\xff\\xfe', 'file=a\\\\xff', 'file=ü'])
    expect(await readAll(folder, locators)).toEqual([mail(1), mail(2), mail(3)])
    const again = await scanFolder(await folderAt(root), knownAfter(await scanFolder(folder)))
    expect(again.verdict.outcome).toBe('unchanged')
  })

  it('tells apart two messages of one unique name, and reads both', async () => {
    const root = tree({
      'cur/x:2,S': mail(1),
      'new/x': mail(2),
      'cur/x-y:2,': mail(3),
      'cur/z:2,': mail(4),
      'cur/z:2,F': mail(5),
    })
    const folder = await folderAt(root)
    const scanned = await scanFolder(folder)
    const copies = [...scanned.copies].sort(inFolderOrder)
    const locators = copies.map((copy) => copy.locator)
    expect(locators).toEqual(['file=x', 'file=x-y', 'file=x/new', 'file=z', 'file=z/cur:2,F'])
    expect(await readAll(folder, locators)).toEqual([mail(1), mail(3), mail(2), mail(4), mail(5)])
    expect((await scanFolder(await folderAt(root), knownAfter(scanned))).verdict.outcome).toBe('unchanged')
  })

  it('leaves out what is no mail, and says so', async () => {
    const root = tree({
      'cur/a:2,': mail(1),
      'cur/.gitignore': '*',
      'cur/sub/x': 'x',
      'cur/Thumbs.db': 'x',
      'new/.hidden': 'x',
      'tmp/unfinished': mail(2),
      maildirsize: '',
      'dovecot-uidlist': '3 V1 N1\n',
      'junk.txt': 'x',
    })
    const folder = await folderAt(root)
    const { copies, foreign, verdict } = await scanFolder(folder)
    expect([copies.length, verdict.outcome]).toEqual([1, 'complete'])
    expect(foreign.map(({ path }) => path.replace(`${root}/`, '')).sort()).toEqual(
      ['cur/.gitignore', 'cur/Thumbs.db', 'cur/sub', 'new/.hidden'].sort(),
    )
    expect((await (await openAt(root)).list()).foreign.map(({ path }) => path)).toEqual([`${root}/junk.txt`])
    expect(await folder.measure()).toEqual({ messages: 1, octets: mail(1).length })
  })

  it('knows what has another name', async () => {
    const root = tree({ 'cur/a:2,': mail(1), 'cur/b:2,': mail(2), 'cur/d:2,': mail(3) })
    linkSync(join(root, 'cur/a:2,'), join(root, 'cur/aa:2,'))
    symlinkSync('b:2,', join(root, 'cur/c:2,'))
    const copies = [...(await scanFolder(await folderAt(root))).copies].sort(inFolderOrder)
    expect(copies.map((copy) => [copy.locator, copy.hasOtherNames])).toEqual([
      ['file=a', true],
      ['file=aa', true],
      ['file=b', false],
      ['file=c', true],
      ['file=d', false],
    ])
    expect(copies[0]?.object).toBe(copies[1]?.object)
    expect(copies[2]?.object).toBe(copies[3]?.object)
  })

  it('notices a hard link that was made since the last scan', async () => {
    const root = tree({ 'cur/a:2,': mail(1), '.Copy/cur/b:2,': mail(2) })
    const known = knownAfter(await scanFolder(await folderAt(root)))
    linkSync(join(root, 'cur/a:2,'), join(root, '.Copy/cur/a:2,'))
    const { copies } = await scanFolder(await folderAt(root), known)
    expect(copies.map((copy) => copy.hasOtherNames)).toEqual([true])
  })

  it('reads anew what was replaced under its name', async () => {
    const root = tree({ 'cur/a:2,': mail(1), 'cur/b:2,': mail(2) })
    const known = knownAfter(await scanFolder(await folderAt(root)))
    appendFileSync(join(root, 'cur/a:2,'), 'more\n')
    const { copies, kept } = await scanFolder(await folderAt(root), known)
    expect([copies.map((copy) => copy.locator), kept.length]).toEqual([['file=a'], 1])
  })

  it('takes a message that moved from new to cur as the same one', async () => {
    const root = tree({ 'cur/a:2,S': mail(1), 'new/b': mail(2), 'tmp/x': '' })
    const known = knownAfter(await scanFolder(await folderAt(root)))
    renameSync(join(root, 'new/b'), join(root, 'cur/b:2,S'))
    const { copies, reflagged, kept } = await scanFolder(await folderAt(root), known)
    expect([copies, kept.length, reflagged.map(({ flags }) => flags)]).toEqual([[], 2, [['\\Seen']]])
  })

  it('reads by an old locator what was renamed and refiled since', async () => {
    const root = tree({ 'cur/a:2,': mail(1), 'new/b': mail(2), 'cur/c:2,': mail(3) })
    const folder = await folderAt(root)
    const locators = [...(await scanFolder(folder)).copies].sort(inFolderOrder).map((copy) => copy.locator)
    renameSync(join(root, 'cur/a:2,'), join(root, 'cur/a:2,FS'))
    renameSync(join(root, 'new/b'), join(root, 'cur/b:2,S'))
    unlinkSync(join(root, 'cur/c:2,'))
    expect(await readAll(folder, locators)).toEqual([mail(1), mail(2), null])
  })
})

describe('a Maildir in use', () => {
  it('misses and doubles no message in 300 scans while another program renames for flags', async () => {
    const count = 400
    const root = tree(Object.fromEntries(Array.from({ length: count }, (_, n) => [`cur/${n}.M${n}.host:2,`, mail(n)])))
    const renamer = spawn(process.execPath, [join(import.meta.dirname, '../support/renamer.js'), root, '60'])
    const says = renamer.stdout.setEncoding('utf8')
    await once(says, 'data')
    const wrong: string[] = []
    let complete = 0
    for (let n = 0; n < 300; n++) {
      const { copies, verdict } = await scanFolder(await folderAt(root))
      if (verdict.outcome !== 'complete') continue
      complete++
      const ids = new Set(copies.map((copy) => copy.facts.id))
      if (ids.size !== count || copies.length !== count) wrong.push(`scan ${n}: ${ids.size} of ${copies.length}`)
    }
    renamer.stdin.end()
    const [renames] = await once(says, 'data')
    expect(wrong).toEqual([])
    expect(complete).toBeGreaterThan(200)
    expect(Number(renames)).toBeGreaterThan(100)
  })
})
