import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { MbauditError } from '../../src/errors.js'
import { openStore } from '../../src/stores/drivers.js'
import { expandHome, parseStoreArgument, resolveStore } from '../../src/stores/store-name.js'
import { mail } from '../support/store-law.js'

const roots: string[] = []
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true })
})

function tree(files: Readonly<Record<string, string | Buffer>>): string {
  const root = mkdtempSync(join(tmpdir(), 'mbaudit-name-'))
  roots.push(root)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    if (name.endsWith('/')) mkdirSync(join(root, name), { recursive: true })
    else writeFileSync(join(root, name), content)
  }
  return root
}

const resolved = (argument: string, cwd = '/') => resolveStore(parseStoreArgument(argument, cwd))
async function typeOf(files: Readonly<Record<string, string | Buffer>>, below = ''): Promise<string> {
  return (await resolved(join(tree(files), below))).type
}
async function refusal(work: () => Promise<unknown>): Promise<MbauditError> {
  try {
    await work()
  } catch (error) {
    if (error instanceof MbauditError) return error
    throw error
  }
  throw new Error('was not refused')
}

const MBOX = `From a@example.org Mon Jan  1 00:00:00 2024\n${mail(1)}\n`

describe('the name of a store', () => {
  it('is a URL with options, its path taken literally', () => {
    expect(parseStoreArgument('mbox:old mail.mbox?variant=mboxcl2', '/home/a')).toEqual({
      name: 'mbox:old mail.mbox?variant=mboxcl2',
      scheme: 'mbox',
      path: '/home/a/old mail.mbox',
      options: { variant: 'mboxcl2' },
    })
    expect(parseStoreArgument('maildir:/a/50%?', '/').path).toBe('/a/50%?')
    expect(parseStoreArgument('MAILDIR:x', '/b').scheme).toBe('maildir')
  })
  it('is a path, in which ? is the name of what exists', () => {
    const root = tree({ 'a?variant=b': MBOX })
    expect(parseStoreArgument('a?variant=b', root)).toMatchObject({
      scheme: null,
      path: join(root, 'a?variant=b'),
      options: {},
    })
    expect(parseStoreArgument('c?variant=b', root)).toMatchObject({ path: join(root, 'c'), options: { variant: 'b' } })
    expect(parseStoreArgument('./a:b', '/x').path).toBe('/x/a:b')
  })
  it('with a scheme that is not known is refused, and no password repeated', () => {
    expect(() => parseStoreArgument('pop3://u:secret@host/', '/')).toThrowError(/pop3: is no kind of store/)
    expect(() => parseStoreArgument('pop3://u:secret@host/', '/')).not.toThrowError(/secret/)
  })
  it('has ~ replaced where the configuration asks', () => {
    expect([expandHome('~/Mail', '/home/a'), expandHome('~', '/home/a'), expandHome('a/~', '/h')]).toEqual([
      '/home/a/Mail',
      '/home/a',
      'a/~',
    ])
  })
  it('of nothing is refused', async () => {
    expect((await refusal(() => resolved('/nowhere/at/all'))).code).toBe('STORE_NOT_FOUND')
    expect((await refusal(() => resolved('maildir:~/Mail'))).hint).toContain('~')
  })
})

describe('the kind of a store', () => {
  it('is told by what lies there', async () => {
    expect(await typeOf({ 'cur/a': mail(1) })).toBe('maildir')
    expect(await typeOf({ '1': mail(1), '2': mail(2) })).toBe('mh')
    expect(await typeOf({ '.mh_sequences': '' })).toBe('mh')
    expect(await typeOf({ 'a.eml': mail(1), 'b.EML': mail(2), 'notes.txt': 'x' })).toBe('eml')
    expect(await typeOf({ 'a.emlx': 'x' })).toBe('eml')
    expect(await typeOf({ Inbox: MBOX, 'Inbox.msf': 'x' })).toBe('mbox')
    expect(await typeOf({ 'old.mbox': MBOX }, 'old.mbox')).toBe('mbox')
  })
  it('is told by the directories below', async () => {
    expect(await typeOf({ 'INBOX/cur/a': '', 'Sent/cur/b': '' })).toBe('maildir')
    expect(await typeOf({ '.Work/cur/a': '' })).toBe('maildir')
    expect(await typeOf({ 'a/b/1': mail(1), 'a/readme': 'x' })).toBe('mh')
    expect(await typeOf({ 'prefs.js': '', 'Mail/Local Folders/Inbox': MBOX })).toBe('mbox')
  })
  it('is not guessed where there are several', async () => {
    const error = await refusal(() => typeOf({ 'a/cur/x': '', 'b/x.eml': '' }))
    expect([error.code, error.message, error.hint]).toEqual([
      'STORE_UNRECOGNISED',
      expect.stringContaining('maildir, eml'),
      expect.stringContaining('discover'),
    ])
  })
  it('is refused with what was looked for', async () => {
    for (const files of [{ 'x/': '' }, { 'readme.txt': 'x' }, { '1': 'no mail', '2': 'neither' }]) {
      const error = await refusal(() => typeOf(files))
      expect([error.code, error.exitStatus]).toEqual(['STORE_UNRECOGNISED', 3])
      expect(error.hint).toContain('Maildir')
    }
    expect((await refusal(() => resolved('/etc/passwd'))).code).toBe('STORE_UNRECOGNISED')
    expect((await refusal(() => typeOf({ empty: '' }, 'empty'))).hint).toContain('mbox:')
  })
  it('names the tool that converts what is not read', async () => {
    for (const [octets, tool] of [
      ['!BDN....', 'readpst'],
      ['\xcf\xad\x12\xfe....', 'undbx'],
      ['*mbx*\r\n....', 'mailutil'],
    ] as const) {
      const root = tree({ 'a.bin': Buffer.from(octets, 'latin1') })
      expect((await refusal(() => resolved(join(root, 'a.bin')))).hint).toContain(tool)
      expect((await refusal(() => resolved(root))).hint).toContain(tool)
    }
    expect((await refusal(() => typeOf({ 'dbox-Mails/u.1': '2', 'dbox-Mails/dovecot.index': '' }))).hint).toContain(
      'doveadm',
    )
  })
  it('that was asked for and is not there is refused', async () => {
    const root = tree({ 'a.eml': mail(1) })
    for (const type of ['maildir', 'mh'] as const) {
      const error = await refusal(() => openStore({ name: 'x', type, path: root, options: {} }))
      expect([error.code, error.hint]).toEqual(['STORE_UNRECOGNISED', expect.stringContaining(root)])
    }
    const maildir = tree({ 'cur/a:2,S': mail(1), 'new/': '', 'tmp/': '' })
    const asMh = { name: 'x', type: 'mh', path: maildir, options: {} } as const
    expect((await refusal(() => openStore(asMh))).code).toBe('STORE_UNRECOGNISED')
    expect((await refusal(() => resolved(join(maildir, 'cur')))).hint).toBe(`Name the Maildir itself: ${maildir}`)
    const spec = { name: 'x', type: 'eml', path: join(root, 'a.eml'), options: {} } as const
    expect((await refusal(() => openStore(spec))).code).toBe('STORE_UNRECOGNISED')
  })
})
