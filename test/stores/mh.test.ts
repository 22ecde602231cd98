import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openStore } from '../../src/stores/drivers.js'
import { flagsOf, parseSequences } from '../../src/stores/mh/sequences.js'
import { folderName, type Store } from '../../src/stores/store.js'
import { inFolderOrder, knownAfter, mail, scanFolder, storeLaw } from '../support/store-law.js'
import { mh } from '../support/store-makers.js'

describe('MH', () =>
  storeLaw(mh, { 'has a folder with / in its name': 'a directory holds no / and MH has no way to write one' }))

const roots: string[] = []
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true })
})

function tree(files: Readonly<Record<string, string | Buffer>>): string {
  const root = mkdtempSync(join(tmpdir(), 'mbaudit-mh-'))
  roots.push(root)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), content)
  }
  return root
}

const openAt = (path: string): Promise<Store> => openStore({ name: path, type: 'mh', path, options: {} })
const rested = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 60))

describe('an MH folder', () => {
  it('orders messages by their numbers', async () => {
    const root = tree({ '10': mail(10), '9': mail(9), '100': mail(100) })
    const folder = await (await openAt(root)).open(folderName('INBOX'))
    const copies = [...(await scanFolder(folder)).copies].sort(inFolderOrder)
    expect(copies.map(({ locator, position }) => `${locator} ${position}`)).toEqual([
      'number=9 9',
      'number=10 10',
      'number=100 100',
    ])
  })
  it('never takes what was deleted, or is no number, as mail', async () => {
    const root = tree({
      '1': mail(1),
      ',2': mail(2),
      '#3': mail(3),
      '004': mail(4),
      '0': 'x',
      notes: 'x',
      '5.bak': mail(5),
    })
    const store = await openAt(root)
    expect((await scanFolder(await store.open(folderName('INBOX')))).copies.length).toBe(1)
    const { foreign } = await store.list()
    expect(foreign.map(({ path }) => path.slice(root.length + 1)).sort()).toEqual([
      '#3',
      ',2',
      '0',
      '004',
      '5.bak',
      'notes',
    ])
    expect(foreign.find(({ path }) => path.endsWith(',2'))?.why).toBe('a deleted message left behind')
  })
  it('takes a directory named by digits as a folder', async () => {
    const store = await openAt(tree({ '1': mail(1), '2/1': mail(2), 'inbox/1': mail(3) }))
    expect((await store.list()).folders.map(({ name }) => name)).toEqual(['INBOX', '2', 'inbox'])
    const top = await openAt(tree({ 'inbox/1': mail(1), 'sent/1': mail(2) }))
    expect((await top.list()).folders.map(({ name }) => name)).toEqual(['INBOX', 'sent'])
  })
  it('reads sequences with ranges, continued lines and names of its own', () => {
    const sequences = parseSequences('cur: 3\nunseen: 1-2\n 5 7-9\nreplied: 4-6 5-5\nwork: 9\nbad line\n')
    const flags = (number: number) => flagsOf(sequences, number).join(' ')
    expect([1, 3, 4, 5, 6, 8, 9, 10].map(flags)).toEqual([
      '',
      '\\Seen',
      '\\Answered \\Seen',
      '\\Answered',
      '\\Answered \\Seen',
      '',
      'work',
      '\\Seen',
    ])
  })
  it('reads anew a number that was given to another message, though size and time are equal', async () => {
    const root = tree({ '1': mail(1), '2': mail(2) })
    for (const name of ['1', '2']) utimesSync(join(root, name), 1_700_000_000, 1_700_000_000)
    await rested()
    const known = knownAfter(await scanFolder(await (await openAt(root)).open(folderName('INBOX'))))
    renameSync(join(root, '2'), join(root, '1'))
    const { copies, kept } = await scanFolder(await (await openAt(root)).open(folderName('INBOX')), known)
    expect([copies.map(({ facts }) => facts.id), kept]).toEqual([['<2@example.org>'], []])
  })
  it('does not trust a time that is too young, and notices a file rewritten in place', async () => {
    const root = tree({ '1': mail(1) })
    const open = async () => (await openAt(root)).open(folderName('INBOX'))
    expect((await scanFolder(await open())).copies[0]?.stamp).toBe('')
    await rested()
    const known = knownAfter(await scanFolder(await open()))
    expect((await scanFolder(await open(), known)).verdict.outcome).toBe('unchanged')
    writeFileSync(join(root, '1'), mail(7))
    utimesSync(join(root, '1'), 1_700_000_000, 1_700_000_000)
    expect((await scanFolder(await open(), known)).copies.map(({ facts }) => facts.id)).toEqual(['<7@example.org>'])
  })
  it('reads a message through a link, and says so', async () => {
    const root = tree({ '1': mail(1) })
    symlinkSync('1', join(root, '2'))
    const { copies } = await scanFolder(await (await openAt(root)).open(folderName('INBOX')))
    expect(copies.map(({ hasOtherNames, object }) => [hasOtherNames, object === copies[0]?.object])).toEqual([
      [false, true],
      [true, true],
    ])
  })
})
