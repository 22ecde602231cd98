import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type FolderName, folderName } from '../../src/stores/store.js'
import { mail, snapshot } from './store-law.js'
import { type Clause, folderIn, INBOX, outgoing, store, subjects, type WritingPlace } from './writing-place.js'

async function names(place: WritingPlace): Promise<FolderName[]> {
  return (await (await place.open()).list()).folders.map((folder) => folder.name).filter((name) => name !== INBOX)
}

/** Makes a folder of this name, or of the one that the store has for it, and holds that it is found again with its mail. */
const makes =
  (wanted: string): Clause =>
  async (law) => {
    const place = await law.make()
    const opened = await place.openForWriting()
    const name = folderName(wanted)
    const why = opened.whyNoFolder(name)
    const own = opened.nameFor(name)
    if (why === null) expect(own).toBe(name)
    else await expect(opened.createFolder(name, null)).rejects.toMatchObject({ code: 'REFUSED' })
    expect(opened.whyNoFolder(own)).toBeNull()
    await opened.createFolder(own, null)
    expect(await names(place)).toContain(own)
    await store(place, await opened.openForWriting(own), [outgoing(mail(1))])
    expect(await subjects(place, own)).toEqual(['Mail 1'])
    await opened.createFolder(own, null)
    expect(await subjects(place, own)).toEqual(['Mail 1'])
  }

export const FOLDER_CLAUSES = {
  'makes folders within folders': makes('Work/2024/January'),
  'makes a folder with / in its name': makes('In\\/Out'),
  'makes a folder with a backslash in its name': makes('In\\\\Out'),
  'makes a folder with & in its name': makes('Q&A & more'),
  'makes a folder that looks encoded': makes('a&AC8-b'),
  'makes a folder with dots in its name': makes('v1.2/.hidden./..'),
  'makes a folder named in other scripts': makes('Entwürfe/送信済み/📬 Post'),
  'makes a folder within INBOX': makes('INBOX/Sub'),
  'makes folders that are called as programs call their own': makes('imapsync/cur/dovecot/context/subscriptions'),
  'makes a folder named by digits': makes('2024/17'),
  'makes a folder called as a message': makes('letter.eml/x.sbd'),
  'makes a folder with blanks at the edges of its name': makes(' a / b'),
  'makes a folder with control characters in its name': makes('a\tb\nc'),
  'tells composed from decomposed names': async (law) => {
    const place = await law.make()
    const opened = await place.openForWriting()
    const both = ['Caf\u00e9', 'Cafe\u0301'].map(folderName)
    for (const name of both) {
      await opened.createFolder(name, null)
      await store(place, await opened.openForWriting(name), [outgoing(mail(both.indexOf(name)))])
    }
    expect(await names(place)).toEqual(expect.arrayContaining(both))
    for (const [n, name] of both.entries()) expect(await subjects(place, name)).toEqual([`Mail ${n}`])
  },
  'has empty folders, with empty folders in them, when opened again': async (law) => {
    const place = await law.make()
    const opened = await place.openForWriting()
    for (const name of ['INBOX', 'A', 'A/B', 'A/B/C']) await opened.createFolder(folderName(name), null)
    expect(await names(place)).toEqual(['A', 'A/B', 'A/B/C'])
    const again = await place.openForWriting()
    await again.createFolder(folderName('A/D'), null)
    expect(await names(place)).toEqual(['A', 'A/B', 'A/B/C', 'A/D'])
  },
  'says why there can be no folder without a name': async (law) => {
    const opened = await (await law.make()).openForWriting()
    for (const odd of ['', '/', 'a//b', '/a', 'a/']) expect(opened.whyNoFolder(folderName(odd))).not.toBeNull()
  },
  'says why there can be no folder of a name that is too long': async (law) => {
    const opened = await (await law.make()).openForWriting()
    const long = folderName('x'.repeat(5_000))
    expect(opened.whyNoFolder(long)).not.toBeNull()
    await expect(opened.createFolder(long, null)).rejects.toMatchObject({ code: 'REFUSED' })
  },
  'takes away a folder that is empty, once or twice': async (law) => {
    const place = await law.make()
    const opened = await place.openForWriting()
    for (const name of ['A', 'A/B', 'C']) await opened.createFolder(folderName(name), null)
    await store(place, await opened.openForWriting(folderName('C')), [outgoing(mail(1))])
    await expect(opened.deleteEmptyFolder(folderName('A'))).rejects.toMatchObject({ code: 'REFUSED' })
    await expect(opened.deleteEmptyFolder(folderName('C'))).rejects.toMatchObject({ code: 'REFUSED' })
    for (const name of ['A/B', 'A/B', 'A']) await opened.deleteEmptyFolder(folderName(name))
    expect(await names(place)).toEqual(['C'])
    expect(await subjects(place, folderName('C'))).toEqual(['Mail 1'])
  },
  'renames a folder with the folders in it': async (law) => {
    const place = await law.make()
    const opened = await place.openForWriting()
    for (const [n, name] of ['A', 'A/B', 'Ab'].entries())
      await store(place, await folderIn(opened, folderName(name)), [outgoing(mail(n))])
    await opened.renameFolder(folderName('A'), folderName('New/Old'))
    expect((await names(place)).filter((name) => name !== 'New')).toEqual(['Ab', 'New/Old', 'New/Old/B'])
    expect(await subjects(place, folderName('New/Old/B'))).toEqual(['Mail 1'])
    await store(place, await opened.openForWriting(folderName('New/Old')), [outgoing(mail(5))])
    expect((await subjects(place, folderName('New/Old'))).sort()).toEqual(['Mail 0', 'Mail 5'])
  },
  'renames no folder over another': async (law) => {
    const place = await law.make()
    const opened = await place.openForWriting()
    for (const [n, name] of ['A', 'B'].entries())
      await store(place, await folderIn(opened, folderName(name)), [outgoing(mail(n))])
    await expect(opened.renameFolder(folderName('A'), folderName('B'))).rejects.toMatchObject({ code: 'REFUSED' })
    expect([await subjects(place, folderName('A')), await subjects(place, folderName('B'))]).toEqual([
      ['Mail 0'],
      ['Mail 1'],
    ])
  },
  'touches nothing outside the store': async (law) => {
    const place = await law.make()
    if (place.root === null) return
    const outside = join(place.root, '..', 'outside')
    mkdirSync(outside)
    writeFileSync(join(outside, 'note'), 'not ours')
    const before = snapshot(outside)
    const opened = await place.openForWriting()
    for (const odd of ['..', '../outside', 'a/../../outside', '..\\/outside', '...outside', '.'].map(folderName)) {
      if (opened.whyNoFolder(odd) === null) await store(place, await folderIn(opened, odd), [outgoing(mail(1))])
      else await expect(opened.createFolder(odd, null)).rejects.toMatchObject({ code: 'REFUSED' })
    }
    expect(snapshot(outside)).toEqual(before)
  },
} as const satisfies Record<string, Clause>
