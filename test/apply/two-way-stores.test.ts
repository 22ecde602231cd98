import {
  appendFileSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { TwoWayOptions } from '../../src/plan/two-way.js'
import { openStore } from '../../src/stores/drivers.js'
import type { LocalStoreSpec, LocalStoreType, Store } from '../../src/stores/store.js'
import { openWritableStore } from '../../src/stores/writable-drivers.js'
import { mail } from '../support/applying.js'
import { isToBeTested } from '../support/daemon.js'
import { type Dovecot, dovecotUser, hasDovecot, startDovecot } from '../support/dovecot.js'
import { accountAt } from '../support/imap-accounts.js'
import { openAccount } from '../support/imap-store.js'
import { openForWriting } from '../support/imap-writing.js'
import { connectRaw, type RawImap } from '../support/raw-imap.js'
import { scan } from '../support/scanning.js'
import { Computer, syncTwoWay, tellSteps } from '../support/two-way.js'

let place = ''
let computer: Computer
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'mbaudit-two-way-stores-'))
  computer = new Computer()
})
afterEach(() => {
  rmSync(place, { recursive: true, force: true })
  computer[Symbol.dispose]()
})

interface Opened {
  readonly store: Store
  readonly open: () => ReturnType<typeof openWritableStore>
}

async function openFiles(name: string, type: LocalStoreType, path: string): Promise<Opened> {
  const spec: LocalStoreSpec = { name, type, path, options: {} }
  return { store: await openStore(spec), open: () => openWritableStore(spec, false) }
}

async function sync(a: Opened, b: Opened, options: Partial<TwoWayOptions> = {}) {
  const channel = { a: a.store, b: b.store, openA: a.open, openB: b.open }
  const synced = await syncTwoWay(computer, channel, { options })
  expect([synced.result?.failed ?? 0, synced.result?.skipped ?? 0]).toEqual([0, 0])
  return synced
}

/** What lies in a store: folder and ID. */
async function idsIn({ store }: Opened): Promise<readonly string[]> {
  await using scanned = await scan(store)
  return [...scanned.index.copies()].map(({ folder, id }) => `${folder} ${id}`).sort()
}

const rawOf = (name: string): Buffer => mail(name).raw

function makeMaildir(path: string): void {
  for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(path, part), { recursive: true })
}

describe.skipIf(!isToBeTested(hasDovecot))('an account and a Maildir', () => {
  let dovecot: Dovecot
  let user = 0
  beforeAll(async () => {
    dovecot = await startDovecot({ separator: '.', prefix: 'INBOX.' })
  })
  afterAll(() => dovecot[Symbol.asyncDispose]())

  async function begin(names: readonly string[]) {
    const login = `both${++user}`
    const raw = await connectRaw(dovecot.port, login)
    for (const name of names)
      await raw.command('APPEND INBOX', Buffer.from(String(rawOf(name)).replaceAll('\n', '\r\n')))
    makeMaildir(join(place, 'Mail'))
    const account = () => accountAt(dovecot.port, { user: login })
    const open = async () => ({ store: await openAccount(account()), open: () => openForWriting(account()) })
    const files = () => openFiles('laptop', 'maildir', join(place, 'Mail'))
    return { raw, open, files, home: dovecot.home(login) }
  }

  /** One sync on stores that are opened anew. */
  async function syncAnew({ open, files }: Awaited<ReturnType<typeof begin>>) {
    const [a, b] = [await open(), await files()]
    try {
      const synced = await sync(a, b)
      return { ...synced, told: tellSteps(synced.steps), a: await idsIn(a), b: await idsIn(b) }
    } finally {
      await a.store[Symbol.asyncDispose]()
    }
  }

  async function expunge(raw: RawImap, name: string, folder = 'INBOX'): Promise<void> {
    await raw.command(`SELECT ${folder}`)
    const uid = /\* SEARCH (\d+)/.exec(await raw.command('UID SEARCH HEADER SUBJECT', name))?.[1] ?? ''
    await raw.command(`UID STORE ${uid} +FLAGS (\\Deleted)`)
    await raw.command('EXPUNGE')
  }

  it('are kept alike, and once more there is nothing to do', async () => {
    const at = await begin(['x', 'y', 'z'])
    await using _raw = at.raw
    expect((await syncAnew(at)).b).toEqual(['INBOX <x@example.org>', 'INBOX <y@example.org>', 'INBOX <z@example.org>'])
    expect((await syncAnew(at)).told).toEqual([])
    await expunge(at.raw, 'x')
    makeMaildir(join(place, 'Mail', '.Work'))
    writeFileSync(join(place, 'Mail', '.Work', 'cur', '1.n.host:2,F'), rawOf('n'))
    const { told, a, b } = await syncAnew(at)
    expect(told).toEqual([
      'createFolder Work on test',
      'copy <n@example.org> to test Work',
      'delete <x@example.org> on laptop INBOX',
    ])
    expect(a).toEqual(b)
    expect((await syncAnew(at)).told).toEqual([])
  })

  it.each(['account', 'Maildir'])(
    'what was moved on the account, followed, and deleted on the %s is gone from both',
    async (deleter) => {
      const at = await begin(['x', 'y'])
      await using _raw = at.raw
      await syncAnew(at)
      await at.raw.command('CREATE INBOX.Work')
      await at.raw.command('SELECT INBOX')
      await at.raw.command('MOVE 1 INBOX.Work')
      expect((await syncAnew(at)).told).toEqual([
        'createFolder Work on laptop',
        'move <x@example.org> on laptop from INBOX to Work',
      ])
      const work = join(place, 'Mail', '.Work', 'cur')
      if (deleter === 'account') await expunge(at.raw, 'x', 'INBOX.Work')
      else for (const name of readdirSync(work)) rmSync(join(work, name))
      const { told, a, b } = await syncAnew(at)
      expect(told).toEqual([`delete <x@example.org> on ${deleter === 'account' ? 'laptop' : 'test'} Work`])
      expect([a, b]).toEqual([['INBOX <y@example.org>'], ['INBOX <y@example.org>']])
    },
  )

  it.each(['account', 'Maildir'])(
    'what was moved in the Maildir, followed, and deleted on the %s is gone from both',
    async (deleter) => {
      const at = await begin(['x', 'y'])
      await using _raw = at.raw
      await syncAnew(at)
      const [inbox, work] = [join(place, 'Mail', 'cur'), join(place, 'Mail', '.Work', 'cur')]
      makeMaildir(join(place, 'Mail', '.Work'))
      for (const name of readdirSync(inbox))
        if (readFileSync(join(inbox, name), 'latin1').includes('<x@')) renameSync(join(inbox, name), join(work, name))
      expect((await syncAnew(at)).told).toEqual([
        'createFolder Work on test',
        'move <x@example.org> on test from INBOX to Work',
      ])
      if (deleter === 'account') await expunge(at.raw, 'x', 'INBOX.Work')
      else for (const name of readdirSync(work)) rmSync(join(work, name))
      const { told, a, b } = await syncAnew(at)
      expect(told).toEqual([`delete <x@example.org> on ${deleter === 'account' ? 'laptop' : 'test'} Work`])
      expect([a, b]).toEqual([['INBOX <y@example.org>'], ['INBOX <y@example.org>']])
    },
  )

  it('a folder that was numbered anew is found again, and no deletion is guessed', async () => {
    const at = await begin(['x', 'y'])
    {
      await using _raw = at.raw
      await syncAnew(at)
    }
    // Another UIDVALIDITY, as after a server was set up anew.
    const inbox = join(at.home, 'Maildir')
    for (const name of readdirSync(inbox))
      if (name.startsWith('dovecot')) rmSync(join(inbox, name), { recursive: true })
    writeFileSync(join(inbox, 'dovecot-uidlist'), `3 V1999999999 N9 G${'4f2a'.repeat(8)}\n`)
    if (process.getuid?.() === 0) chownSync(join(inbox, 'dovecot-uidlist'), dovecotUser(), dovecotUser())
    for (const file of ['new', 'cur'].flatMap((part) =>
      readdirSync(join(inbox, part)).map((n) => join(inbox, part, n)),
    ))
      if (readFileSync(file, 'latin1').includes('<x@')) rmSync(file)
    const { told, questions, a, b } = await syncAnew(at)
    expect(told).toEqual(['copy <x@example.org> to test INBOX'])
    expect(questions.map(({ kind, taken }) => `${kind}: ${taken}`)).toEqual(['which-deleted: copy'])
    expect(a).toEqual(b)
    expect((await syncAnew(at)).told).toEqual([])
  })
})

describe('an mbox and an MH folder', () => {
  const MBOX: Partial<TwoWayOptions> = { stableLocators: { a: false, b: true } }
  const separated = (name: string) => `From ana@example.org Thu Feb 29 10:00:00 2024\n${rawOf(name)}\n`

  it('are kept alike, although places in an mbox change', async () => {
    const [file, folder] = [join(place, 'mail.mbox'), join(place, 'mh')]
    writeFileSync(file, ['x', 'y', 'z'].map(separated).join(''))
    mkdirSync(folder)
    writeFileSync(join(folder, '.mh_sequences'), '')
    const both = async () => [await openFiles('a', 'mbox', file), await openFiles('b', 'mh', folder)] as const
    await sync(...(await both()), MBOX)
    expect(tellSteps((await sync(...(await both()), MBOX)).steps)).toEqual([])
    rmSync(join(folder, '1'))
    writeFileSync(join(folder, '7'), rawOf('n'))
    appendFileSync(file, separated('m'))
    const { steps } = await sync(...(await both()), MBOX)
    expect(tellSteps(steps)).toEqual([
      'copy <n@example.org> to a INBOX',
      'copy <m@example.org> to b INBOX',
      'delete <x@example.org> on a INBOX',
    ])
    const [a, b] = await both()
    expect(await idsIn(a)).toEqual(await idsIn(b))
    expect(tellSteps((await sync(...(await both()), MBOX)).steps)).toEqual([])
    const rest = readFileSync(file, 'latin1').split(/^(?=From ana)/m)
    writeFileSync(file, rest.filter((each) => !each.includes('<y@')).join(''))
    expect(tellSteps((await sync(...(await both()), MBOX)).steps)).toEqual(['delete <y@example.org> on b INBOX'])
  })
})
