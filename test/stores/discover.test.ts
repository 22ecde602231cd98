import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type Discovered, discoverStores } from '../../src/stores/discover.js'
import { mail, snapshot } from '../support/store-law.js'

const roots: string[] = []
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true })
})

function tree(files: Readonly<Record<string, string | Buffer>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'mbaudit-discover-')))
  roots.push(root)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), content)
  }
  return root
}

async function found(path: string): Promise<Discovered[]> {
  const all: Discovered[] = []
  for await (const one of discoverStores(path)) all.push(one)
  return all
}

const MBOX = `From a@example.org Mon Jan  1 00:00:00 2024\n${mail(1)}\n`

/** `type path folders messages` of each store, paths below the root. */
async function storesIn(root: string): Promise<string[]> {
  const lines = (await found(root)).map((one) => {
    const path = one.path.slice(root.length + 1) || '.'
    return one.kind === 'store' ? `${one.type} ${path} ${one.folders} ${one.messages}` : `${one.kind} ${path}`
  })
  return lines.sort()
}

describe('discover', () => {
  it('finds stores of every kind side by side', async () => {
    const root = tree({
      'md/cur/a:2,S': mail(1),
      'md/.Work/new/b': mail(2),
      'md/.Work/cur/c': mail(3),
      'all.mbox': MBOX + MBOX,
      'mh/1': mail(1),
      'mh/2': mail(2),
      'eml/a.eml': mail(1),
      'eml/sub/b.eml': mail(2),
      'notes/readme.txt': 'nothing',
    })
    const before = snapshot(root)
    expect(await storesIn(root)).toEqual(['eml eml 2 2', 'maildir md 2 3', 'mbox all.mbox 1 2', 'mh mh 1 2'])
    expect(snapshot(root)).toEqual(before)
  })
  it('takes a tree of Maildirs as one store', async () => {
    expect(await storesIn(tree({ 'Mail/INBOX/cur/a': '', 'Mail/Sent/cur/b': '', 'Mail/x/y/cur/c': '' }))).toEqual([
      'maildir Mail 3 3',
    ])
    expect(await storesIn(tree({ 'a/cur/1': '', 'b/cur/1': '', 'SOURCE.txt': 'x' }))).toEqual([
      'maildir a 1 1',
      'maildir b 1 1',
    ])
  })
  it('takes a tree of MH folders as one store, and no directory that is called cur by chance', async () => {
    const root = tree({
      'Mail/inbox/1': mail(1),
      'Mail/sent/1': mail(2),
      'Mail/.xmhcache': 'x',
      'services/cur/2017/x.json': '{}',
      'services/ec2/2017/x.json': '{}',
    })
    expect(await storesIn(root)).toEqual(['mh Mail 2 2'])
  })
  it('takes a Thunderbird profile as one store', async () => {
    const root = tree({
      'tb/prefs.js': '',
      'tb/Mail/Local Folders/Inbox': MBOX,
      'tb/Mail/Local Folders/Inbox.msf': 'x',
      'tb/Mail/Local Folders/Inbox.sbd/Sub': MBOX,
      'tb/ImapMail/imap.example.org/INBOX': MBOX,
    })
    const stores = await storesIn(root)
    expect(stores.length).toBe(1)
    expect(stores[0]).toMatch(/^mbox tb \d 3$/)
  })
  it('gives the URL that names the store', async () => {
    const root = tree({ 'my mail/cur/a': mail(1) })
    expect(await found(root)).toEqual([
      {
        kind: 'store',
        path: `${root}/my mail`,
        type: 'maildir',
        url: `maildir:${root}/my mail`,
        folders: 1,
        messages: 1,
        bytes: mail(1).length,
      },
    ])
  })
  it('names what is not read with the tool that converts it', async () => {
    const root = tree({
      'outlook.pst': '!BDN....',
      'oe/Inbox.dbx': Buffer.from('\xcf\xad\x12\xfe....', 'latin1'),
      'mac.olm': 'PK\x03\x04',
      'old/box': '*mbx*\r\n....',
      'dovecot/dbox-Mails/u.1': '2 ',
      'dovecot/dbox-Mails/dovecot.index': '',
      'tb/INBOX.msf': 'x',
    })
    const hints = (await found(root)).map((one) => (one.kind === 'unsupported' ? one.hint : one.kind)).join('\n')
    for (const tool of ['readpst', 'undbx', 'Outlook for Mac', 'mailutil', 'doveadm', 'Thunderbird'])
      expect(hints).toContain(tool)
    expect((await found(root)).length).toBe(6)
  })
  it('follows no symbolic link, and starts at one', async () => {
    const root = tree({ 'md/cur/a': '' })
    symlinkSync(join(root, 'md'), join(root, 'again'))
    symlinkSync(root, join(root, 'md', 'loop'))
    expect(await storesIn(root)).toEqual(['maildir md 1 1'])
    expect((await found(join(root, 'again'))).map(({ path }) => path)).toEqual([join(root, 'md')])
  })
  it('looks at a single file too', async () => {
    const root = tree({ 'a.mbox': MBOX, 'b.pst': '!BDN', c: 'nothing' })
    expect((await found(join(root, 'a.mbox'))).map(({ kind }) => kind)).toEqual(['store'])
    expect((await found(join(root, 'b.pst'))).map(({ kind }) => kind)).toEqual(['unsupported'])
    expect(await found(join(root, 'c'))).toEqual([])
  })
  it('refuses a path where nothing is', async () => {
    await expect(found('/nowhere/at/all')).rejects.toThrow('nothing is there')
  })
})
