import { readdirSync, readFileSync, symlinkSync, unlinkSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isToBeTested } from '../support/daemon.js'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.js'
import { type HazardPlace, hazardAccount, makeHazardPlace } from '../support/hazards.js'
import { mail, mails, readMaildir, textsIn, writeMaildir } from '../support/maildir-mail.js'
import { startRewordingProxy } from '../support/rewording-proxy.js'
import { writeMbox } from '../support/small-mail.js'

let place: HazardPlace
beforeEach(async () => {
  place = await makeHazardPlace()
})
afterEach(() => place[Symbol.asyncDispose]())

describe('where duplicate finders lost mail', () => {
  it('different mails with an empty ID, or a reused one, are no duplicates', async () => {
    const reused = (n: number) =>
      mail(1, { id: '<robot@example.org>', body: `report ${n}: ${'abcdefghij'[n % 10]?.repeat(50 + n)}\n` })
    const store = writeMaildir(join(place.path, 's'), {
      INBOX: [1, 2, 3].map((n) => mail(n, { id: '<>' })),
      Robot: Array.from({ length: 500 }, (_, n) => reused(n)),
    })
    const before = textsIn(store)
    const { document } = await place.json(
      'dedupe',
      'maildir:s',
      '--yes',
      '--class',
      'identical',
      '--class',
      'same-content',
    )
    expect([document.summary.delete, textsIn(store)]).toEqual([0, before])
  })

  it('a symbolic link in a Maildir is no second message, nor is one that leads nowhere the end of it', async () => {
    const store = writeMaildir(join(place.path, 's'), { INBOX: [...mails(0, 3), mail(1)], Other: [mail(2)] })
    const [first = ''] = readdirSync(join(store, 'cur')).sort()
    symlinkSync(first, join(store, 'cur', '1600000000.M1.link:2,S'))
    symlinkSync(join(store, 'cur', first), join(store, '.Other', 'cur', '1600000001.M2.link:2,S'))
    const dangling = join(store, 'cur', '1600000002.M3.dangling:2,S')
    symlinkSync('nowhere', dangling)
    const listed = () => readdirSync(store, { recursive: true, encoding: 'utf8' }).sort()
    const before = listed()
    const withIt = await place.json('dedupe', 'maildir:s', '--scope', 'store', '--yes')
    expect([withIt.document.problems.length, listed()]).toEqual([1, before])
    unlinkSync(dangling)
    await place.json('dedupe', 'maildir:s', '--scope', 'store', '--yes')
    const left = new Set(mails(0, 3).map(({ text }) => text))
    const files = ['cur', '.Other/cur'].flatMap((sub) =>
      readdirSync(join(store, sub), { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(store, sub, entry.name), 'utf8')),
    )
    expect(files.sort()).toEqual([...left].sort())
  })

  it('looking for duplicates rewrites no mbox, and taking one away loses no boundary of another', async () => {
    await mkdir(join(place.path, 'm'))
    const odd = [
      mail(1, { body: 'From here it goes on\n\nFrom there too\n' }),
      mail(2, { body: 'no newline at its end' }),
      mail(3),
      mail(3),
      mail(4, { body: '\n\n\n' }),
    ]
    const path = await writeMbox(
      join(place.path, 'm'),
      'INBOX',
      odd.map(({ text }) => text),
    )
    const before = readFileSync(path)
    for (const command of [['dupes'], ['check'], ['list']]) await place.json(...command, 'mbox:m')
    expect(readFileSync(path)).toEqual(before)
    expect((await place.json('dedupe', 'mbox:m', '--yes')).document.summary).toMatchObject({ delete: 1, failed: 0 })
    const found = (await place.json('list', 'mbox:m')).document.messages.map(({ id }: { id: string }) => id)
    expect(found).toEqual([1, 2, 3, 4].map((n) => `<${n}@example.org>`))
  })

  it('one place under several names is one: a link to the store, to a folder, or hard links', async () => {
    const store = writeMaildir(join(place.path, 's'), { INBOX: mails(0, 4), Work: [] })
    symlinkSync('s', join(place.path, 't'))
    symlinkSync('.Work', join(store, '.Alias'))
    const before = readMaildir(store)
    for (const stores of [
      ['maildir:s', 'maildir:t'],
      ['maildir:s', 's/../s'],
    ]) {
      const { document } = await place.json('dedupe', ...stores, '--scope', 'all', '--yes')
      expect([document.summary?.delete ?? 0, readMaildir(store)]).toEqual([0, before])
    }
  })
})

describe.skipIf(!isToBeTested(hasDovecot))('where duplicate finders lost mail on a server (Dovecot)', () => {
  let dovecot: Dovecot
  beforeAll(async () => {
    dovecot = await startDovecot()
  })
  afterAll(() => dovecot[Symbol.asyncDispose]())

  it('an answer that the server leaves out makes no other message the one that is deleted', async () => {
    const account = hazardAccount(dovecot, { INBOX: [mail(0), mail(1), mail(2), mail(2), mail(3)] })
    await using silent = await startRewordingProxy(dovecot.port, (text) =>
      text.replace(/^\* 2 FETCH \(UID 2 [^{]*\{(\d+)\}\r\n/m, (line) =>
        line.replace('* 2 FETCH (UID 2', '* 2 FETCH (UID 999'),
      ),
    )
    await place.json('dedupe', account.url.replace(`:${dovecot.port}`, `:${silent.port}`), '--yes')
    const left = Object.values(await account.read())
      .flat()
      .map((line) => /Message-ID: <(\d)/.exec(line)?.[1])
    expect([...new Set(left)].sort()).toEqual(['0', '1', '2', '3'])
  })

  it('an account and the files that it is made of are one place: what goes comes back, and the run stops', async () => {
    const account = hazardAccount(dovecot, { INBOX: mails(0, 4) })
    const files = `maildir:${join(dovecot.home(account.user), 'Maildir')}`
    for (const stores of [
      [account.url, files],
      [files, account.url],
    ]) {
      const { status, document } = await place.json('dedupe', ...stores, '--scope', 'all', '--yes')
      expect([status, document.problems[0].message]).toEqual([4, expect.stringContaining('two names of one place')])
      expect(await account.count()).toBe(4)
    }
  })

  it('labels of one mail on a Gmail are one mail', async () => {
    const account = hazardAccount(dovecot, { INBOX: mails(0, 2), All: mails(0, 2) })
    await using gmail = await startRewordingProxy(dovecot.port, (text) =>
      text
        .replace(/CAPABILITY IMAP4rev1/g, 'CAPABILITY IMAP4rev1 X-GM-EXT-1')
        .replace(/(\* LIST \()([^)]*\) "\/" All)/g, '$1\\All $2'),
    )
    const url = account.url.replace(`:${dovecot.port}`, `:${gmail.port}`)
    const { document } = await place.json('dedupe', url, '--scope', 'store', '--yes')
    expect([document.summary?.delete ?? 0, await account.count()]).toEqual([0, 4])
  })
})
