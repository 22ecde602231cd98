import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openStore } from '../../src/stores/drivers.js'
import { readEmlx } from '../../src/stores/eml/emlx.js'
import { folderName, type Store } from '../../src/stores/store.js'
import { inFolderOrder, mail, readAll, scanFolder, storeLaw } from '../support/store-law.js'
import { eml } from '../support/store-makers.js'

describe('folders of .eml files', () =>
  storeLaw(eml, { 'has a folder with / in its name': 'a directory holds no / and there is no way to write one' }))

const roots: string[] = []
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true })
})

function tree(files: Readonly<Record<string, string | Buffer>>): string {
  const root = mkdtempSync(join(tmpdir(), 'mbaudit-eml-'))
  roots.push(root)
  for (const [name, content] of Object.entries(files)) {
    const path = Buffer.from(join(root, name), 'latin1')
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(path, content)
  }
  return root
}

const openAt = (path: string): Promise<Store> => openStore({ name: path, type: 'eml', path, options: {} })

function emlx(message: Buffer, flags: number, count = message.length): Buffer {
  const list = `<?xml version="1.0"?>\n<plist><dict><key>date-received</key>\n<integer>1700000000</integer>\n<key>flags</key>\n\t<integer>${flags}</integer></dict></plist>\n`
  return Buffer.concat([Buffer.from(`${String(count).padEnd(10)}\n`), message, Buffer.from(list)])
}

describe('.eml files', () => {
  it('are told by their ending in any case; the rest is foreign', async () => {
    const root = tree({
      'a.eml': mail(1),
      'b.EML': mail(2),
      '._a.eml': 'x',
      'c.mht': mail(3),
      'pictures/x.png': 'x',
      'sub/d.eml': mail(4),
      '.DS_Store': '',
    })
    const store = await openAt(root)
    const { folders, foreign } = await store.list()
    expect(folders.map(({ name }) => name)).toEqual(['INBOX', 'sub'])
    expect(foreign.map(({ path }) => path.slice(root.length + 1)).sort()).toEqual(['c.mht', 'pictures'])
    expect(
      (await scanFolder(await store.open(folderName('INBOX')))).copies.map(({ locator }) => locator).sort(),
    ).toEqual(['file=a.eml', 'file=b.EML'])
  })
  it('are found by names that are no UTF-8', async () => {
    const folder = await (await openAt(tree({ '\xff.eml': mail(1), '\xc3\xbc.eml': mail(2) }))).open(
      folderName('INBOX'),
    )
    const locators = [...(await scanFolder(folder)).copies].sort(inFolderOrder).map(({ locator }) => locator)
    expect(locators).toEqual(['file=\\xff.eml', 'file=ü.eml'])
    expect(await readAll(folder, locators)).toEqual([mail(1), mail(2)])
  })
  it('count as deleted where their header says so', async () => {
    const root = tree({ 'a.eml': mail(1, 'x\n', 'X-Mozilla-Status: 0009\n') })
    const { copies } = await scanFolder(await (await openAt(root)).open(folderName('INBOX')))
    expect(copies[0]?.flags).toEqual(['\\Deleted', '\\Seen'])
  })
})

describe("Apple's .emlx files", () => {
  it('hold a message with its flags and date', async () => {
    const root = tree({ '1.emlx': emlx(mail(1), 0b1_0001_0101), '2.partial.emlx': emlx(mail(2), 8_590_195_714) })
    const folder = await (await openAt(root)).open(folderName('INBOX'))
    const copies = [...(await scanFolder(folder)).copies].sort(inFolderOrder)
    expect(copies.map(({ flags }) => flags.join(' '))).toEqual(['$Forwarded \\Answered \\Flagged \\Seen', '\\Deleted'])
    expect(copies.map(({ facts }) => facts.size)).toEqual([mail(1).length, mail(2).length])
    expect(copies.map(({ received }) => received)).toEqual([1_700_000_000, 1_700_000_000])
    expect(
      await readAll(
        folder,
        copies.map(({ locator }) => locator),
      ),
    ).toEqual([mail(1), mail(2)])
  })
  it('are read as far as they go where they are cut off, or begin with no count', () => {
    expect(readEmlx(Buffer.from('100\nSubject: x\n\n')).message.toString()).toBe('Subject: x\n\n')
    expect(readEmlx(mail(1))).toEqual({ message: mail(1), flags: null, received: null })
    expect(readEmlx(Buffer.alloc(0)).message.length).toBe(0)
  })
})
