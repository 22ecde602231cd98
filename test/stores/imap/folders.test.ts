import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { folderName } from '../../../src/stores/store.js'
import { foldersOf, makeAccount, scanOf, type TestAccount } from '../../support/accounts-on.js'
import { isToBeTested } from '../../support/daemon.js'
import { type Dovecot, type DovecotOptions, hasDovecot, startDovecot } from '../../support/dovecot.js'
import { mail } from '../../support/store-law.js'

const SHARED = `namespace pub {
  type = public
  separator = /
  prefix = Public/
  location = maildir:~/public
  subscriptions = no
  list = yes
}
`

describe.skipIf(!isToBeTested(hasDovecot))('folders of an account', () => {
  const servers: Dovecot[] = []
  const accounts: TestAccount[] = []
  const start = async (options: DovecotOptions): Promise<Dovecot> => {
    const server = await startDovecot(options)
    servers.push(server)
    return server
  }
  const account = async (server: Dovecot): Promise<TestAccount> => {
    const made = await makeAccount(server)
    accounts.push(made)
    return made
  }
  afterAll(async () => {
    for (const one of accounts) await one[Symbol.asyncDispose]()
    for (const server of servers) await server[Symbol.asyncDispose]()
  })

  let slash: Dovecot
  let dot: Dovecot
  beforeAll(async () => {
    ;[slash, dot] = await Promise.all([
      start({ separator: '/', storage: 'sdbox' }),
      start({ separator: '.', prefix: 'INBOX.' }),
    ])
  })

  const ODD = [
    '2024:Q1',
    'a*b%c',
    ' lead trail ',
    'q\\"uo\\\\te',
    'K&AOQ-se',
    'Ka&Awg-se',
    '&2D3ePA-',
    'R&-D',
    'Work/Deep/Deeper',
    'sub',
    'SUB',
  ]
  const SHOWN = [
    'INBOX',
    ' lead trail ',
    '2024:Q1',
    'Käse',
    'Ka\u0308se',
    'R&D',
    'SUB',
    'Work/Deep/Deeper',
    'a*b%c',
    'q"uo\\\\te',
    'sub',
    '😼',
  ]

  it('have their own names, and each is opened by the one it has', async () => {
    const { other, append, open } = await account(slash)
    for (const [n, name] of ODD.entries()) {
      await other.command('CREATE', `"${name}"`)
      await other.command('APPEND', `"${name}"`, mail(n))
    }
    await append('INBOX', mail(99))
    const store = await open()
    const names = await foldersOf(store)
    expect([...names].sort()).toEqual([...SHOWN].sort())
    expect(names[0]).toBe('INBOX')
    const subjects = new Set<string>()
    for (const name of names) {
      const { copies, verdict } = await scanOf(store, name)
      expect([name, copies.length, verdict.outcome]).toEqual([name, 1, 'complete'])
      subjects.add(copies[0]?.facts.subject ?? '')
    }
    expect(subjects.size).toBe(SHOWN.length)
  })

  it('lose the prefix of the own namespace', async () => {
    const { other, append, open } = await account(dot)
    for (const name of ['INBOX.Work.2024', 'INBOX.Sent']) await other.command('CREATE', name)
    await append('INBOX.Work.2024', mail(1))
    const store = await open()
    expect(await foldersOf(store)).toEqual(['INBOX', 'Sent', 'Work/2024'])
    expect((await scanOf(store, 'Work/2024')).copies).toHaveLength(1)
  })

  it('are told what they are for by the server, and by their names where it says nothing', async () => {
    const { other, open } = await account(slash)
    for (const name of ['Sent', 'Trash', 'Gesendet', 'Drafts']) await other.command('CREATE', name)
    const { folders } = await (await open()).list()
    const uses = Object.fromEntries(folders.map(({ name, specialUse }) => [name, specialUse]))
    expect(uses).toEqual({ INBOX: null, Sent: '\\Sent', Trash: '\\Trash', Gesendet: '\\Sent', Drafts: '\\Drafts' })
  })

  it('are those of the own namespace, unless others are asked for', async () => {
    const server = await start({ more: SHARED })
    const { other, append, open } = await account(server)
    await other.command('CREATE', 'Public/Team')
    await append('Public/Team', mail(1))
    expect(await foldersOf(await open())).toEqual(['INBOX'])
    expect(await foldersOf(await open({ namespace: 'shared' }))).toEqual(['Public/Team'])
    const all = await open({ namespace: 'all' })
    expect(await foldersOf(all)).toEqual(['INBOX', 'Public/Team'])
    expect((await scanOf(all, 'Public/Team')).copies).toHaveLength(1)
  })

  it('are listed without any extension', async () => {
    const server = await start({ capability: 'IMAP4rev1' })
    const { other, append, open } = await account(server)
    await other.command('CREATE', 'Work/2024')
    await append('Work/2024', mail(1))
    const store = await open()
    expect(await foldersOf(store)).toEqual(['INBOX', 'Work/2024'])
    expect(await scanOf(store, 'Work/2024')).toMatchObject({ verdict: { outcome: 'complete' } })
  })

  it('may vanish before they are opened', async () => {
    const { other, open } = await account(slash)
    await other.command('CREATE', 'Gone')
    const store = await open()
    await store.list()
    await other.command('DELETE', 'Gone')
    await using folder = await store.open(folderName('Gone'))
    await expect(async () => {
      for await (const _ of folder.scan({ state: null, copies: () => [] }));
    }).rejects.toThrow(/the folder is gone/)
  })
})
