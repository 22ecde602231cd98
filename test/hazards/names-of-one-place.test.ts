import { linkSync, readdirSync, readFileSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type HazardPlace, makeHazardPlace } from '../support/hazards.js'
import { mail, mails, readMaildir, writeMaildir } from '../support/maildir-mail.js'
import { writeMbox } from '../support/small-mail.js'

let place: HazardPlace
beforeEach(async () => {
  place = await makeHazardPlace()
})
afterEach(() => place[Symbol.asyncDispose]())

const texts = (from: number, to: number): string[] => mails(from, to).map(({ text }) => text)
const path = (...names: readonly string[]): string => join(place.path, ...names)

describe('the master is not written to through another of its names:', () => {
  it.each([
    ['a symbolic link', (from: string, to: string) => symlinkSync(from, to)],
    ['a hard link', (from: string, to: string) => linkSync(from, to)],
  ])('an mbox file of its that lies in the slave as %s', async (_, link) => {
    await mkdir(path('m'))
    await mkdir(path('s'))
    await writeMbox(path('m'), 'INBOX', texts(0, 3))
    await writeMbox(path('m'), 'Old', texts(5, 8))
    link(path('m', 'Old'), path('s', 'Other'))
    const before = readFileSync(path('m', 'Old'))
    const { status, document } = await place.sync('mbox:m', 'mbox:s', '--delete', '--max-delete', 'none')
    expect([status, readFileSync(path('m', 'Old'))]).toEqual([0, before])
    expect(document.steps.filter((step: { op: string }) => step.op === 'delete')).toEqual([])
    expect(document.notes).toContainEqual(expect.stringMatching(/^Other of mbox:s is only read: .*link/))
    expect(readFileSync(path('s', 'INBOX'), 'utf8').match(/^Subject/gm)).toHaveLength(3)
  })

  it('a folder of its Maildir that lies in the slave as a symbolic link', async () => {
    const master = writeMaildir(path('m'), { INBOX: mails(0, 3), Old: mails(5, 8) })
    writeMaildir(path('s'), { INBOX: [] })
    symlinkSync(path('m', '.Old'), path('s', '.Other'))
    const before = readMaildir(master)
    const { status, document } = await place.sync('maildir:m', 'maildir:s', '--delete', '--delete-folders')
    expect([status, readMaildir(master), document.summary.delete]).toEqual([0, before, 0])
    expect(document.notes).toEqual([
      'Other of maildir:s is only read: it is reached by a symbolic link, which is not followed for writing.',
    ])
  })

  describe('a folder of another place that lies in it as a symbolic link', () => {
    /** A Maildir with a folder that lies elsewhere. */
    function withLink(
      name: string,
      linked: readonly ReturnType<typeof mail>[],
      folders: Record<string, ReturnType<typeof mail>[]>,
    ) {
      writeMaildir(path('else'), { INBOX: [], Work: [...linked] })
      const root = writeMaildir(path(name), folders)
      symlinkSync(path('else', '.Work'), join(root, '.Work'))
      return root
    }
    const only = (store: string) =>
      `Work of ${store} is only read: it is reached by a symbolic link, which is not followed for writing.`

    it('gets no mail and no flags, and what moved out of it is copied', async () => {
      writeMaildir(path('m'), { INBOX: [mail(1)], Work: [mail(2, { flags: 'FS' }), mail(3)] })
      withLink('s', [mail(1), mail(2)], { INBOX: [] })
      const before = readMaildir(path('else'))
      const { status, document } = await place.sync('maildir:m', 'maildir:s', '--delete')
      expect([status, readMaildir(path('else')), document.notes]).toEqual([
        0,
        before,
        expect.arrayContaining([only('maildir:s')]),
      ])
      expect(document.steps).toMatchObject([{ op: 'copy', folder: 'INBOX', outcome: 'done' }])
    })

    it('loses nothing to a dedupe', async () => {
      withLink('s', [mail(1), mail(1)], { INBOX: [mail(1)] })
      const before = readMaildir(path('else'))
      const { status, document } = await place.json('dedupe', 'maildir:s', '--scope', 'store', '--yes')
      expect([status, readMaildir(path('else'))]).toEqual([0, before])
      expect(document.notes).toContain(only('maildir:s'))
      expect(document.steps.filter(({ at }: { at: { folder: string } }) => at.folder === 'Work')).toEqual([])
    })

    it('is left alone by a two-way sync, which asks for the same again', async () => {
      const a = writeMaildir(path('a'), { INBOX: [], Work: [mail(1), mail(2)] })
      withLink('b', [mail(1), mail(2)], { INBOX: [] })
      const config = 'stores: {a: {type: maildir, path: a}, b: {type: maildir, path: b}}'
      writeFileSync(path('mbaudit.yaml'), `${config}\nchannels: {home: {between: [a, b], mode: two-way}}\n`)
      expect((await place.sync('home')).status).toBe(0)
      const [gone = '', flagged = ''] = readdirSync(join(a, '.Work', 'cur')).sort()
      unlinkSync(join(a, '.Work', 'cur', gone))
      renameSync(join(a, '.Work', 'cur', flagged), join(a, '.Work', 'cur', `${flagged}T`.replace(/:2,.*/, ':2,FS')))
      const before = readMaildir(path('else'))
      for (const _ of ['first', 'again']) {
        const { status, document } = await place.sync('home')
        expect([status, readMaildir(path('else')), document.steps]).toEqual([0, before, []])
        expect(document.notes).toEqual(expect.arrayContaining([only('b')]))
      }
    })
  })

  it('messages that both have as hard links keep what they are under the other name', async () => {
    const master = writeMaildir(path('m'), { INBOX: mails(0, 4) })
    writeMaildir(path('s'), { INBOX: [] })
    for (const name of readdirSync(path('m', 'cur')))
      linkSync(path('m', 'cur', name), path('s', 'cur', name.replace(/S$/, 'FT')))
    linkSync(path('s', 'cur', readdirSync(path('s', 'cur'))[0] ?? ''), path('s', 'cur', '1.extra:2,'))
    const before = readMaildir(master)
    await place.sync('maildir:m', 'maildir:s', '--delete')
    await place.json('dedupe', 'maildir:s', '--yes')
    expect(readMaildir(master)).toEqual(before)
  })
})

describe('undo, after others were there', () => {
  const undoOf = async (...args: readonly string[]) => (await place.json('undo', ...args, '--yes')).document

  it('leaves a copy that a person has changed since: nothing else has that text', async () => {
    writeMaildir(path('m'), { INBOX: mails(0, 3) })
    const slave = writeMaildir(path('s'), { INBOX: [] })
    const { document } = await place.sync('maildir:m', 'maildir:s')
    const [name = ''] = readdirSync(join(slave, 'cur')).sort()
    const text = `${readFileSync(join(slave, 'cur', name), 'utf8')}and what I think of it\n`
    writeFileSync(join(slave, 'cur', name), text)
    const undone = await undoOf(document.run)
    expect(undone.notes.join(' ')).toContain('changed since')
    expect(readMaildir(slave).INBOX?.map((line) => line.endsWith(text))).toEqual([true])
  })

  it('of an undo goes as far as it can after both quarantines were emptied, and says what it cannot', async () => {
    writeMaildir(path('m'), { INBOX: mails(0, 4) })
    const slave = writeMaildir(path('s'), { INBOX: mails(3, 6) })
    const { document } = await place.sync('maildir:m', 'maildir:s', '--delete')
    const undone = await undoOf(document.run)
    const before = readMaildir(slave)
    await place.json('runs', '--prune', '0d', '--yes')
    const again = await place.json('undo', undone.run, '--yes')
    expect([again.status, readMaildir(slave)]).toEqual([0, before])
    expect(again.document.notes.join(' ')).toMatch(/left, since quarantine of .*in its quarantine no more/s)
  })

  it('to and fro ends where it began', async () => {
    writeMaildir(path('m'), { INBOX: [...mails(0, 3), mail(9, { flags: 'F' })], Work: mails(5, 6) })
    const slave = writeMaildir(path('s'), { INBOX: [...mails(2, 6), mail(9)] })
    const before = readMaildir(slave)
    let { run } = (await place.sync('maildir:m', 'maildir:s', '--delete')).document
    const after = readMaildir(slave)
    for (const state of [before, after, before]) {
      run = (await undoOf(run)).run
      expect(readMaildir(slave)).toEqual(state)
    }
  })
})

it('flags that a store shows and cannot change are said, and not planned again and again', async () => {
  writeMaildir(path('m'), { INBOX: [mail(1, { flags: '' })] })
  const text = mail(1).text.replace('To:', 'Status: RO\nX-Status: F\nTo:')
  await mkdir(path('s'))
  writeFileSync(path('s', '1.eml'), text)
  const { document } = await place.sync('maildir:m', 'eml:s', '--delete')
  expect([document.steps, document.notes.join(' ')]).toEqual([[], expect.stringContaining('still be \\Flagged')])
})
