import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { findDuplicates } from '../../src/audit/duplicates.js'
import { listFolders, listMessages } from '../../src/audit/listing.js'
import type { ScannedStore, ScanOptions } from '../../src/index/scan.js'
import { openStore } from '../../src/stores/drivers.js'
import { scan } from '../support/scanning.js'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'mbaudit-object-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

function makeFolder(path: string): string {
  for (const sub of ['cur', 'new', 'tmp']) mkdirSync(join(path, sub), { recursive: true })
  return join(path, 'cur')
}

async function ask(paths: readonly string[], options: Partial<ScanOptions> = {}) {
  const open: ScannedStore[] = []
  try {
    for (const path of paths) {
      const store = await openStore({ name: path, type: 'maildir', path: join(home, path), options: {} })
      open.push(await scan(store, options))
    }
    const indexes = open.map(({ index }) => index)
    const { summary } = await findDuplicates(indexes, { by: 'id', scope: 'all', keep: [] })
    const list = [...(await listMessages(indexes)).rows()].map(({ folder, locator }) => `${folder} ${locator}`)
    const folders = [...(await listFolders(indexes)).rows()].map(({ folder, messages }) => `${folder} ${messages}`)
    return { summary, list, folders }
  } finally {
    for (const scanned of open) await scanned[Symbol.asyncDispose]()
  }
}

it('hard links and symbolic links to one file are one message, where it comes first', async () => {
  const inbox = makeFolder(join(home, 'mail'))
  const archive = makeFolder(join(home, 'mail', '.Archive'))
  writeFileSync(join(inbox, '1.a.host:2,S'), 'Message-ID: <1@x>\n\ntext\n')
  linkSync(join(inbox, '1.a.host:2,S'), join(archive, '1.a.host:2,S'))
  symlinkSync(join(inbox, '1.a.host:2,S'), join(archive, '2.b.host:2,S'))
  writeFileSync(join(archive, '3.c.host:2,S'), 'Message-ID: <1@x>\n\ntext\n')
  const cacheDirectory = join(home, 'cache')
  for (const options of [{}, { cacheDirectory }, { cacheDirectory }]) {
    const { summary, list, folders } = await ask(['mail'], options)
    expect(summary).toMatchObject({ messages: 2, groups: 1, extra: 1, identical: 1, sameObject: 2, unique: 0 })
    expect(list).toEqual(['INBOX file=1.a.host', 'Archive file=3.c.host'])
    expect(folders).toEqual(['INBOX 1', 'Archive 1'])
  }
  const archived = await ask(['mail'], { cacheDirectory, wanted: (folder) => folder === 'Archive' })
  expect(archived.summary).toMatchObject({ messages: 2, sameObject: 1 })
  expect((await ask(['mail'], { cacheDirectory })).summary).toMatchObject({ messages: 2, sameObject: 2 })
})

it('a symbolic link and the file that it leads to, which has one name alone, are one message', async () => {
  const inbox = makeFolder(join(home, 'mail'))
  const archive = makeFolder(join(home, 'mail', '.Archive'))
  writeFileSync(join(inbox, '1.a.host:2,S'), 'Message-ID: <1@x>\n\ntext\n')
  symlinkSync('../../cur/1.a.host:2,S', join(archive, '2.b.host:2,S'))
  const { summary, list } = await ask(['mail'])
  expect(summary).toMatchObject({ messages: 1, groups: 0, sameObject: 1 })
  expect(list).toEqual(['INBOX file=1.a.host'])
})

it('what two stores of one command have in common is counted once', async () => {
  const inbox = makeFolder(join(home, 'mail'))
  const archive = makeFolder(join(home, 'mail', '.Archive'))
  writeFileSync(join(inbox, '1.a.host:2,S'), 'Message-ID: <1@x>\n\ntext\n')
  writeFileSync(join(archive, '2.b.host:2,S'), 'Message-ID: <2@x>\n\ntext\n')
  const other = makeFolder(join(home, 'other'))
  writeFileSync(join(other, '3.c.host:2,S'), 'Message-ID: <2@x>\n\ntext\n')
  const cacheDirectory = join(home, 'cache')
  for (const options of [{}, { cacheDirectory }, { cacheDirectory }]) {
    const { summary } = await ask(['mail', 'mail/.Archive', 'other'], options)
    expect(summary).toMatchObject({ messages: 3, groups: 1, extra: 1, sameObject: 1, redundant: 1 })
    expect((await ask(['mail/.Archive'], options)).summary).toMatchObject({ messages: 1, sameObject: 0 })
  }
})
