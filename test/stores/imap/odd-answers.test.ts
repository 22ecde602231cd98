import { afterEach, describe, expect, it } from 'vitest'
import { folderName, type Store } from '../../../src/stores/store.js'
import { scanOf } from '../../support/accounts-on.js'
import { asCrlf } from '../../support/dovecot-maker.js'
import { accountAt } from '../../support/imap-accounts.js'
import { openAccount } from '../../support/imap-store.js'
import { type ServedFolder, type ServedMessage, serving } from '../../support/mail-server.js'
import { type SmallImap, startSmallImap } from '../../support/small-imap.js'
import { mail, readAll, type Scanned } from '../../support/store-law.js'

const MESSAGES: readonly ServedMessage[] = [2, 3, 5, 8, 13, 21, 34].map((uid) => ({
  uid,
  raw: asCrlf(mail(uid)),
  flags: ['\\Seen'],
}))
const ALL = MESSAGES.map(({ uid }) => uid)

describe('a server that answers otherwise than asked', () => {
  const open: AsyncDisposable[] = []
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]()
  })

  async function serve(
    folder: Omit<ServedFolder, 'messages'> & { readonly messages?: ServedMessage[] },
  ): Promise<{ server: SmallImap; store: Store }> {
    const server = await startSmallImap({ on: serving({ messages: [...MESSAGES], ...folder }) })
    const store = await openAccount(accountAt(server.port, { retries: 3 }))
    open.push(server, store)
    return { server, store }
  }
  const uidsOf = ({ copies }: Scanned): number[] => copies.map(({ position }) => position).sort((a, b) => a - b)
  const read = async (store: Store, uids: readonly number[]) => {
    await using folder = await store.open(folderName('INBOX'))
    const answers: (string | null)[] = []
    const { copies } = await scanOf(store)
    const locators = uids.map((uid) => copies.find(({ position }) => position === uid)?.locator ?? never())
    for await (const { locator, problem } of folder.read(locators))
      answers.push(problem === null ? null : `${locator} ${problem}`)
    return answers
  }

  it('gives all that it has', async () => {
    const { store } = await serve({})
    const scanned = await scanOf(store)
    expect(uidsOf(scanned)).toEqual(ALL)
    expect(scanned.verdict.outcome).toBe('complete')
  })

  it('leaves messages out at first: they are asked for again', async () => {
    let fetches = 0
    const { store } = await serve({
      onFetch: ({ send, ok }, uids, served) => {
        fetches++
        for (const { uid, ...message } of MESSAGES.filter(({ uid }) => uids.includes(uid)))
          if (fetches > 1 || (uid !== 5 && uid !== 21)) send(served({ uid, ...message }))
        ok()
        return true
      },
    })
    const scanned = await scanOf(store)
    expect(uidsOf(scanned)).toEqual(ALL)
    expect(scanned).toMatchObject({ verdict: { outcome: 'complete' }, troubles: [] })
  })

  it('never gives a message that it lists: it is told, and the folder was not read in full', async () => {
    const { store } = await serve({
      onFetch: ({ send, ok }, uids, served) => {
        for (const message of MESSAGES) if (uids.includes(message.uid) && message.uid !== 8) send(served(message))
        ok()
        return true
      },
    })
    const scanned = await scanOf(store)
    expect(uidsOf(scanned)).toEqual(ALL.filter((uid) => uid !== 8))
    expect(scanned.troubles).toMatchObject([{ code: 'UNREADABLE', locator: 'uid=8' }])
    expect(scanned.verdict).toMatchObject({ outcome: 'failed' })
  })

  it('refuses what has one message in it: the range is halved until it is found', async () => {
    const { server, store } = await serve({
      onFetch: ({ no }, uids) => {
        if (!uids.includes(13)) return false
        no('[UNAVAILABLE] UID FETCH Server error')
        return true
      },
    })
    const scanned = await scanOf(store)
    expect(uidsOf(scanned)).toEqual(ALL.filter((uid) => uid !== 13))
    expect(scanned.troubles).toMatchObject([{ locator: 'uid=13', message: expect.stringContaining('Server error') }])
    expect(server.lines.filter((line) => / UID FETCH 13 /.test(line))).toHaveLength(1)
  })

  it('gives a header and refuses the body, where bodies are wanted: the message is read by its header', async () => {
    const { store } = await serve({
      onFetch: ({ no, line }, uids) => {
        if (!uids.includes(13) || !line.includes('BODY.PEEK[]')) return false
        no('[UNAVAILABLE] UID FETCH Server error')
        return true
      },
    })
    const scanned = await scanOf(store, 'INBOX', undefined, 'bodies')
    expect(uidsOf(scanned)).toEqual(ALL)
    const withBody = scanned.copies.filter(({ body }) => body !== null)
    expect(uidsOf({ ...scanned, copies: withBody })).toEqual(ALL.filter((uid) => uid !== 13))
    expect(scanned).toMatchObject({ verdict: { outcome: 'complete' }, troubles: [] })
  })

  it('hangs up at one message: it is asked for alone, and the others come', async () => {
    const { store } = await serve({
      onFetch: ({ send, socket }, uids, served) => {
        if (!uids.includes(8)) return false
        for (const message of MESSAGES) if (uids.includes(message.uid) && message.uid < 8) send(served(message))
        send('* BYE FETCH failed: Internal error occurred\r\n')
        socket.end()
        return true
      },
    })
    const scanned = await scanOf(store)
    expect(uidsOf(scanned)).toEqual(ALL.filter((uid) => uid !== 8))
    expect(scanned.troubles).toMatchObject([{ locator: 'uid=8' }])
  })

  it('announces a literal larger than can be taken: it is told, and the others come', async () => {
    const { store } = await serve({
      onFetch: ({ send, ok, line }, uids, served) => {
        for (const message of MESSAGES.filter(({ uid }) => uids.includes(uid))) {
          if (message.uid === 5 && line.includes('BODY.PEEK[])')) {
            send('* 3 FETCH (UID 5 BODY[] {999999999999}\r\n')
            return true
          }
          send(served(message))
        }
        ok()
        return true
      },
    })
    expect(await read(store, ALL)).toEqual([
      null,
      null,
      expect.stringMatching(/^uid=5 .*larger/),
      null,
      null,
      null,
      null,
    ])
  })

  it('says things that nobody asked for: they confuse nothing', async () => {
    const { store } = await serve({
      onFetch: ({ send, ok }, uids, served) => {
        send('* 3 FETCH (FLAGS (\\Deleted))\r\n* 2 FETCH (UID 3 FLAGS (\\Flagged))\r\n* 9 FETCH (UID 999 FLAGS ())\r\n')
        for (const message of MESSAGES.filter(({ uid }) => uids.includes(uid))) send(served(message) + served(message))
        send('* 1 RECENT\r\n* OK still here\r\n* LIST () "/" Other\r\n* 4 FETCH (RFC822.SIZE)\r\n* nonsense (((\r\n')
        ok()
        return true
      },
    })
    const scanned = await scanOf(store)
    expect(uidsOf(scanned)).toEqual(ALL)
    expect(scanned.copies.every(({ flags }) => flags.join() === '\\Seen')).toBe(true)
    expect(scanned.verdict.outcome).toBe('complete')
  })

  it('answers in another order', async () => {
    const { store } = await serve({
      onFetch: ({ send, ok }, uids, served) => {
        for (const message of [...MESSAGES].reverse()) if (uids.includes(message.uid)) send(served(message))
        ok()
        return true
      },
    })
    expect(uidsOf(await scanOf(store))).toEqual(ALL)
    await using folder = await store.open(folderName('INBOX'))
    const { copies } = await scanOf(store)
    const locators = [...copies].sort((a, b) => a.position - b.position).map(({ locator }) => locator)
    expect((await readAll(folder, locators)).map((bytes) => bytes?.toString('latin1'))).toEqual(
      MESSAGES.map(({ raw }) => raw.toString('latin1')),
    )
  })

  it('gives a literal of another length than it says: the message is not to be had, and the others are', async () => {
    const { store } = await serve({
      onFetch: ({ send, ok }, uids, served) => {
        for (const message of MESSAGES.filter(({ uid }) => uids.includes(uid))) {
          const text = served(message)
          send(message.uid === 5 ? text.replace(/\{(\d+)\}/, (_, octets) => `{${Number(octets) - 9}}`) : text)
        }
        ok()
        return true
      },
    })
    const scanned = await scanOf(store)
    expect(uidsOf(scanned)).toEqual(ALL.filter((uid) => uid !== 5))
    expect(scanned.troubles).toMatchObject([{ locator: 'uid=5' }])
  })

  it('has a body that is NIL: it is told', async () => {
    const { store } = await serve({
      onFetch: ({ send, ok, line }, uids, served) => {
        const isBody = line.includes('BODY.PEEK[])')
        for (const message of MESSAGES.filter(({ uid }) => uids.includes(uid)))
          send(isBody && message.uid === 3 ? `* 2 FETCH (UID 3 BODY[] NIL)\r\n` : served(message))
        ok()
        return true
      },
    })
    expect(await read(store, [2, 3, 5])).toEqual([null, expect.stringMatching(/^uid=3 /), null])
  })

  it('has lost a message since it was listed: it is gone, and no trouble', async () => {
    const left = MESSAGES.filter(({ uid }) => uid !== 3).map(({ uid }) => uid)
    const { store } = await serve({
      search: left,
      onFetch: ({ send, ok }, uids, served) => {
        for (const message of MESSAGES) if (uids.includes(message.uid) && message.uid !== 3) send(served(message))
        send('* 2 EXPUNGE\r\n')
        ok()
        return true
      },
      status: 6,
    })
    const scanned = await scanOf(store)
    expect(uidsOf(scanned)).toEqual(left)
    expect(scanned.troubles).toEqual([])
  })

  it.each([
    ['EXISTS', { exists: 9 }],
    ['STATUS', { status: 9 }],
  ])('contradicts itself in %s: the folder was not read in full', async (_, folder) => {
    const { store } = await serve(folder)
    const scanned = await scanOf(store)
    expect(uidsOf(scanned)).toEqual(ALL)
    expect(scanned.verdict).toMatchObject({ outcome: 'failed', message: expect.stringContaining('contradicts itself') })
  })

  it('has a SEARCH that lies: FETCH is believed, where EXISTS agrees', async () => {
    let fetches = 0
    const { store } = await serve({
      search: [2, 3],
      onFetch: ({ send, ok }, uids, served) => {
        fetches++
        for (const message of MESSAGES)
          if (uids.includes(message.uid) && (fetches > 1 || message.uid < 13)) send(served(message))
        ok()
        return true
      },
    })
    const scanned = await scanOf(store)
    expect(uidsOf(scanned)).toEqual(ALL)
    expect(scanned.verdict.outcome).toBe('complete')
  })

  it('numbers its messages anew while they are read: the folder is failed', async () => {
    let [examined, fetches] = [0, 0]
    const served = serving({ messages: [...MESSAGES] })
    const server = await startSmallImap({
      on: (line) => {
        if (line.command === 'EXAMINE' && ++examined > 1) {
          line.send('* 7 EXISTS\r\n* OK [UIDVALIDITY 8] x\r\n* OK [UIDNEXT 40] x\r\n')
          line.ok()
          return true
        }
        if (line.command === 'UID FETCH' && ++fetches === 1) {
          line.socket.destroy()
          return true
        }
        return served(line)
      },
    })
    const store = await openAccount(accountAt(server.port, { retries: 3 }))
    open.push(server, store)
    await expect(scanOf(store)).rejects.toThrow(/numbered anew/)
  })
})

function never(): never {
  throw new Error('no such message')
}
