import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { splitLevels } from '../../src/stores/folder-name.js'
import { folderName } from '../../src/stores/store.js'
import { mail } from '../support/store-law.js'
import { writingLaw } from '../support/writing-law.js'
import { folderIn, outgoing, RECEIVED, seen, store, type WritingPlace, wireOf, work } from '../support/writing-place.js'
import { localPlaces, type Neighbour } from '../support/writing-places.js'

const LETTERS: Readonly<Record<string, string>> = { '\\Flagged': 'F', '\\Answered': 'R', '\\Seen': 'S' }

const neighbour = (directoryOf: Neighbour['directoryOf']): Neighbour => ({
  directoryOf,
  reflag: (path, flags) => {
    const letters = flags
      .map((flag) => LETTERS[flag] ?? '')
      .sort()
      .join('')
    renameSync(path, join(dirname(path), '..', 'cur', `${basename(path).replace(/:2,.*/, '')}:2,${letters}`))
  },
  remove: (path) => unlinkSync(path),
  exchange: (path, by) => writeFileSync(path, by),
})

const flat = neighbour((root, folder) => (folder === 'INBOX' ? root : join(root, `.${splitLevels(folder).join('.')}`)))
const nested = neighbour((root, folder) => (folder === 'INBOX' ? root : join(root, ...splitLevels(folder))))

const ORDER = {
  'keeps the order in which messages were stored':
    'a Maildir has no order but that of names, which begin with the date',
}

describe('Maildir++', () => writingLaw(localPlaces('maildir', flat), ORDER))
describe('nested Maildirs', () => writingLaw(localPlaces('maildir', nested, { layout: 'fs' }), ORDER))

describe('a Maildir that is written to', () => {
  const made: WritingPlace[] = []
  afterEach(async () => {
    for (const place of made.splice(0)) await place.dispose()
  })
  const begin = async () => {
    const place = await localPlaces('maildir', flat).make()
    made.push(place)
    const opened = await place.openForWriting()
    return { place, root: place.root ?? '', opened, folder: await folderIn(opened) }
  }

  it('names messages by their date, their step and their sizes', async () => {
    const { place, folder } = await begin()
    const raw = Buffer.from('Subject: x\r\n\none\ntwo\n')
    const one = { ...outgoing(raw, { flags: ['\\Seen'] }), token: '00112233aabbccdd' }
    expect(await store(place, folder, [one])).toEqual([`file=${RECEIVED}.00112233aabbccdd.mbaudit,S=21,W=24`])
  })

  it('stores a second time what was changed since an equal step stored it', async () => {
    const { place, folder } = await begin()
    const one = outgoing(mail(1))
    await store(place, folder, [one])
    const again = await folderIn(await place.openForWriting())
    const [where] = await store(place, again, [one])
    expect(where).toContain(`${one.token}_1.mbaudit`)
    expect((await seen(place)).length).toBe(2)
  })

  it('tells beforehand which keyword is one too many, and keeps 26', async () => {
    const { place, folder } = await begin()
    const keywords = Array.from({ length: 27 }, (_, n) => `k${String(n).padStart(2, '0')}`)
    expect(keywords.filter((keyword) => folder.writing.whyNoFlag(keyword) !== '')).toEqual(['k26'])
    await store(place, folder, [outgoing(mail(1), { flags: keywords })])
    expect((await seen(place))[0]?.flags).toEqual(keywords.slice(0, 26))
  })

  it('gives no keyword a letter that names of files have already', async () => {
    const { place, root, folder } = await begin()
    writeFileSync(join(root, 'cur', '1.old:2,abS'), mail(1))
    await store(place, folder, [outgoing(mail(2), { flags: ['todo'] })])
    expect(readFileSync(join(root, 'dovecot-keywords'), 'utf8')).toBe('2 todo\n')
  })

  it('is made in spite of a crash while it was made', async () => {
    for (let at = 1; ; at++) {
      const place = await localPlaces('maildir', flat).make()
      made.push(place)
      const crashed = await place.crashAt?.(at, async () =>
        (await place.openForWriting()).createFolder(folderName('A'), null),
      )
      const opened = await place.openForWriting()
      await opened.createFolder(folderName('A'), null)
      await store(place, await opened.openForWriting(folderName('A')), [outgoing(mail(1))])
      expect((await (await place.open()).list()).folders.map(({ name }) => name)).toEqual(['INBOX', 'A'])
      if (!crashed) return
    }
  })

  it('follows no symbolic link out of the store', async () => {
    const { place, root, opened } = await begin()
    const outside = join(root, '..', 'outside')
    for (const room of ['cur', 'new', 'tmp']) mkdirSync(join(outside, room), { recursive: true })
    symlinkSync(outside, join(root, '.Linked'))
    const linked = folderName('Linked')
    await expect((await place.openForWriting()).openForWriting(linked)).rejects.toMatchObject({ code: 'UNREADABLE' })
    await opened.createFolder(folderName('Own'), null)
    rmdirSync(join(root, '.Own', 'cur'))
    symlinkSync(join(outside, 'cur'), join(root, '.Own', 'cur'))
    await expect((await place.openForWriting()).openForWriting(folderName('Own'))).rejects.toThrow('symbolic link')
    expect(readdirSync(join(outside, 'cur'))).toEqual([])
  })

  it('flags neither of two files of one name, and deletes the one that was meant', async () => {
    const { place, root, folder } = await begin()
    writeFileSync(join(root, 'cur', '1.twin:2,'), mail(1))
    writeFileSync(join(root, 'cur', '1.twin:2,S'), mail(2))
    const [first, second] = await seen(place)
    if (first === undefined || second === undefined) throw new Error('not two')
    const flags = { add: ['\\Flagged'], remove: [] }
    const reflag = [{ token: 'aa', locator: first.locator, wire: null, flags }]
    expect(await work(place, folder, { kind: 'change', changes: reflag })).toMatchObject([{ outcome: 'refused' }])
    const change = {
      token: 'bb',
      locator: second.locator,
      wire: wireOf(Buffer.from(second.raw, 'latin1')),
      flags: null,
    }
    expect(await work(place, folder, { kind: 'change', changes: [change] })).toMatchObject([{ outcome: 'done' }])
    expect((await seen(place)).map(({ raw }) => raw)).toEqual([first.raw])
  })

  it('does not wait for the lock of a program that is no more', async () => {
    const { place, root, folder } = await begin()
    writeFileSync(join(root, 'dovecot-uidlist.lock'), `4194305:${hostname()}`)
    await store(place, folder, [outgoing(mail(1), { flags: ['todo'] })])
    expect((await seen(place))[0]?.flags).toEqual(['todo'])
    expect(readdirSync(root).filter((name) => name.includes('lock'))).toEqual([])
  })
})
