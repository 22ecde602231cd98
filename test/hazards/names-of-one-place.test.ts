import { linkSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
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
    expect([status, readFileSync(path('m', 'Old'))]).toEqual([4, before])
    expect(document.problems[0]).toMatchObject({ code: 'REFUSED', message: expect.stringMatching(/link/) })
    expect(readFileSync(path('s', 'INBOX'), 'utf8').match(/^Subject/gm)).toHaveLength(3)
  })

  it('a folder of its Maildir that lies in the slave as a symbolic link', async () => {
    const master = writeMaildir(path('m'), { INBOX: mails(0, 3), Old: mails(5, 8) })
    writeMaildir(path('s'), { INBOX: [] })
    symlinkSync(path('m', '.Old'), path('s', '.Other'))
    const before = readMaildir(master)
    const { status } = await place.sync('maildir:m', 'maildir:s', '--delete', '--max-delete', 'none')
    expect([status, readMaildir(master)]).toEqual([4, before])
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
