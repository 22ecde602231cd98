import { describe, expect, it } from 'vitest'
import type { MbauditError } from '../../../src/errors.js'
import { openSession } from '../../../src/stores/imap/session.js'
import { answerOf } from '../../../src/stores/imap/trouble.js'
import { accountAt, quickWorld } from '../../support/imap-accounts.js'
import { type ClientLine, startSmallImap } from '../../support/small-imap.js'

/** Answers one command of the first connections itself, so many times. */
function times(count: number, command: string, answer: (line: ClientLine) => void): (line: ClientLine) => boolean {
  let left = count
  return (line) => {
    if (line.command !== command || left === 0) return false
    left--
    answer(line)
    return true
  }
}

const caught = (work: Promise<unknown>): Promise<MbauditError> =>
  work.then(
    () => {
      throw new Error('nothing was thrown')
    },
    (error: MbauditError) => error,
  )

describe('a connection that is lost at work', () => {
  it.each([
    ['cut', ({ socket }: ClientLine) => void socket.destroy()],
    ['reset', ({ socket }: ClientLine) => void socket.resetAndDestroy()],
    [
      'ended by BYE',
      ({ socket, send }: ClientLine) => {
        send('* BYE shutting down\r\n')
        socket.end()
      },
    ],
    [
      'ended by BYE in answer',
      ({ tag, socket, send }: ClientLine) => {
        send(`${tag} BYE shutting down\r\n`)
        socket.end()
      },
    ],
    [
      'cut in the middle of an answer',
      ({ socket, send }: ClientLine) => {
        send('* STATUS INBOX (MESS')
        socket.end()
      },
    ],
  ])('%s: the work is run again on a new one', async (_how, lose) => {
    await using server = await startSmallImap({ on: times(2, 'EXAMINE', lose) })
    const world = quickWorld()
    await using session = await openSession(accountAt(server.port), world)
    let runs = 0
    const uidValidity = await session.inFolder('INBOX', async (_client, opened) => {
      runs++
      return opened.uidValidity
    })
    expect(uidValidity).toBe(1n)
    expect(runs).toBe(1)
    expect(server.connections()).toBe(3)
    expect(world.pauses).toEqual([1000, 2000])
    expect(world.notes).toHaveLength(2)
  })

  it('that stalls is given up after the silence that is allowed', async () => {
    await using server = await startSmallImap({ on: times(1, 'EXAMINE', () => undefined) })
    const timeouts = { silence: 150 }
    await using session = await openSession(accountAt(server.port, { timeouts }), quickWorld())
    await session.inFolder('INBOX', async () => undefined)
    expect(server.connections()).toBe(2)
  })

  it('is not tried for ever, and what was met is told', async () => {
    await using server = await startSmallImap({
      on: times(99, 'EXAMINE', ({ socket, send }) => {
        send('* BYE going down for maintenance\r\n')
        socket.end()
      }),
    })
    await using session = await openSession(accountAt(server.port, { retries: 3 }), quickWorld())
    const error = await caught(session.inFolder('INBOX', async () => undefined))
    expect(error).toMatchObject({ code: 'CONNECTION_LOST', exitStatus: 4, place: { store: 'test', folder: 'INBOX' } })
    expect(error.message).toContain('the server says "going down for maintenance"')
    expect(server.lines.filter((line) => line.includes('EXAMINE'))).toHaveLength(4)
    await caught(session.inFolder('Other', async () => undefined))
    expect(server.lines.filter((line) => line.includes('EXAMINE'))).toHaveLength(5)
  })

  it('is tried for ever while the work gets on', async () => {
    await using server = await startSmallImap({ on: times(9, 'NOOP', ({ socket }) => void socket.destroy()) })
    await using session = await openSession(accountAt(server.port, { retries: 1 }), quickWorld())
    let runs = 0
    await session.use(async (client, lent) => {
      runs++
      lent.progress()
      await client.noop()
      answerOf(client, client.usable, 'NOOP')
    })
    expect(runs).toBe(10)
  })

  it('does not run twice what may run once', async () => {
    await using server = await startSmallImap({ on: times(1, 'CREATE', ({ socket }) => void socket.destroy()) })
    await using session = await openSession(accountAt(server.port), quickWorld())
    let runs = 0
    const work = session.use(
      (client) => {
        runs++
        return client.mailboxCreate('New')
      },
      { once: true },
    )
    expect(await caught(work)).toMatchObject({ code: 'CONNECTION_LOST' })
    expect(runs).toBe(1)
  })

  it('while nobody used it is replaced without a word', async () => {
    await using server = await startSmallImap()
    const world = quickWorld()
    await using session = await openSession(accountAt(server.port), world)
    const closed = session.use(
      (client) =>
        new Promise<void>((resolve) => {
          client.on('close', resolve)
          for (const socket of server.open) socket.destroy()
        }),
    )
    await closed
    await session.use((client) => client.noop())
    expect(server.connections()).toBe(2)
    expect(world.notes).toEqual([])
  })
})

describe('a server that is busy', () => {
  it('in its greeting is asked again with back-off', async () => {
    await using server = await startSmallImap({
      greeting: (connection) => (connection < 4 ? '* BYE Too many connections, try later' : '* OK ready'),
    })
    const world = quickWorld()
    await using _session = await openSession(accountAt(server.port), world)
    expect(world.pauses).toEqual([1000, 2000, 4000])
    expect(world.notes[0]).toContain('Too many connections, try later; trying again in 1 s (1 of 5)')
  })

  it('for ever is given up', async () => {
    await using server = await startSmallImap({ greeting: () => '* BYE Too many connections, try later' })
    const error = await caught(openSession(accountAt(server.port, { retries: 2 }), quickWorld()))
    expect(error).toMatchObject({ code: 'CONNECT_FAILED', exitStatus: 3 })
    expect(error.message).toContain('Too many connections, try later')
    expect(server.connections()).toBe(3)
  })

  it.each([
    '[UNAVAILABLE] Temporary authentication failure',
    '[INUSE] locked',
    '[LIMIT] Rate limit hit',
    '[THROTTLED] later',
  ])('at login (%s) is no wrong password', async (words) => {
    await using server = await startSmallImap({ on: times(1, 'AUTHENTICATE', ({ no }) => no(words)) })
    await using _session = await openSession(accountAt(server.port), quickWorld())
    expect(server.connections()).toBe(2)
  })

  it.each([
    [
      'greeting',
      (line: ClientLine) => line.command === 'CAPABILITY',
      (line: ClientLine) => {
        line.send('* BYE Maximum number of connections from user+IP exceeded (mail_max_userip_connections=2)\r\n')
        line.socket.end()
      },
    ],
    [
      'login',
      (line: ClientLine) => line.command === 'AUTHENTICATE',
      (line: ClientLine) => line.no('[ALERT] Too many simultaneous connections. (Failure)'),
    ],
    [
      'login, with a code',
      (line: ClientLine) => line.command === 'AUTHENTICATE',
      (line: ClientLine) => line.no('[LIMIT] no more of you'),
    ],
  ])('with connections (%s) gets as many as it allows', async (_where, isPlace, refuse) => {
    let server: Awaited<ReturnType<typeof startSmallImap>> | null = null
    let most = 0
    await using small = await startSmallImap({
      on: (line) => {
        const open = server?.open.size ?? 0
        if (!isPlace(line) || open <= 2) return false
        refuse(line)
        return true
      },
    })
    server = small
    const world = quickWorld()
    await using session = await openSession(accountAt(small.port, { jobs: 6 }), world)
    let [running, done] = [0, 0]
    const one = () =>
      session.use(async (client) => {
        running++
        most = Math.max(most, running)
        await client.noop()
        while (session.jobs > 2) await new Promise((resolve) => setImmediate(resolve))
        running--
        done++
      })
    await Promise.all(Array.from({ length: 12 }, one))
    expect(done).toBe(12)
    expect(most).toBeLessThanOrEqual(2)
    expect(session.jobs).toBe(2)
  })

  it('in an answer (Microsoft) is waited for as long as it asks', async () => {
    await using server = await startSmallImap({
      on: times(1, 'EXAMINE', ({ tag, send }) =>
        send(`${tag} BAD Request is throttled. Suggested Backoff Time: 40 milliseconds\r\n`),
      ),
    })
    await using session = await openSession(accountAt(server.port, { jobs: 3 }), quickWorld())
    await session.inFolder('INBOX', async () => undefined)
    expect(server.connections()).toBe(1)
    expect(session.jobs).toBe(2)
  })

  it('in an answer (Yahoo) is asked again', async () => {
    await using server = await startSmallImap({
      on: times(2, 'EXAMINE', ({ no }) => no('[LIMIT] EXAMINE Rate limit hit.')),
    })
    const world = quickWorld()
    await using session = await openSession(accountAt(server.port), world)
    await session.inFolder('INBOX', async () => undefined)
    expect(world.pauses).toEqual([1000, 2000])
  })
})

describe('a provider whose allowance is used up', () => {
  const bandwidth = 'Account exceeded command or bandwidth limits. (Failure)'

  it.each([
    ['at login', 'AUTHENTICATE', ({ no }: ClientLine) => no(`[OVERQUOTA] ${bandwidth}`)],
    ['at work', 'EXAMINE', ({ no }: ClientLine) => no(`[OVERQUOTA] ${bandwidth}`)],
    [
      'by BYE',
      'EXAMINE',
      ({ send, socket }: ClientLine) => {
        send(`* BYE ${bandwidth}\r\n`)
        socket.end()
      },
    ],
  ])('%s is asked no more', async (_where, command, refuse) => {
    await using server = await startSmallImap({ on: times(99, command, refuse) })
    const work = async () => {
      await using session = await openSession(accountAt(server.port), quickWorld())
      const error = await caught(session.inFolder('INBOX', async () => undefined))
      expect(await caught(session.inFolder('Other', async () => undefined))).toBe(error)
      throw error
    }
    const error = await caught(work())
    expect(error).toMatchObject({ code: 'LIMIT_REACHED', exitStatus: 4, againAt: null })
    expect(error.message).toContain(bandwidth)
    expect(error.hint).toContain('Run the same command again later')
    expect(server.lines.filter((line) => line.includes(command))).toHaveLength(1)
  })

  it('is asked again after the time that is known of it', async () => {
    await using server = await startSmallImap({ on: times(99, 'EXAMINE', ({ no }) => no(`[OVERQUOTA] ${bandwidth}`)) })
    const account = { ...accountAt(server.port), preset: accountAt(1, { host: 'imap.gmail.com' }).preset }
    await using session = await openSession(account, quickWorld())
    const error = await caught(session.inFolder('INBOX', async () => undefined))
    expect(error).toMatchObject({ againAt: 24 * 3_600_000 })
    expect(error.hint).toContain('after 1970-01-02T00:00Z')
  })

  it('that asks for more patience than a run has is one of them', async () => {
    await using server = await startSmallImap({
      on: times(99, 'EXAMINE', ({ tag, send }) =>
        send(`${tag} BAD Request is throttled. Suggested Backoff Time: 7200000 milliseconds\r\n`),
      ),
    })
    const timeouts = { silence: 100 }
    await using session = await openSession(accountAt(server.port, { timeouts }), quickWorld())
    const error = await caught(session.inFolder('INBOX', async () => undefined))
    expect(error).toMatchObject({ code: 'LIMIT_REACHED' })
    expect(error.hint).toMatch(/after 1970-01-01T0[12]:/)
  })
})

describe('what the server refuses', () => {
  it('a folder that is gone, whatever it was called', async () => {
    await using server = await startSmallImap({
      on: ({ command, no, ok }) => {
        if (command === 'EXAMINE') no('[NONEXISTENT] Unknown Mailbox: Too many connections')
        if (command === 'LIST') ok()
        return command === 'EXAMINE' || command === 'LIST'
      },
    })
    await using session = await openSession(accountAt(server.port), quickWorld())
    const error = await caught(session.inFolder('Too many connections', async () => undefined))
    expect(error).toMatchObject({
      code: 'FOLDER_CHANGED',
      exitStatus: 4,
      place: { store: 'test', folder: 'Too many connections' },
    })
  })

  it('a folder that may not be opened', async () => {
    await using server = await startSmallImap({
      on: ({ command, tag, no, send }) => {
        if (command === 'EXAMINE') no('[NOPERM] Permission denied')
        if (command === 'LIST') send(`* LIST (\\HasNoChildren) "/" Shared\r\n${tag} OK done\r\n`)
        return command === 'EXAMINE' || command === 'LIST'
      },
    })
    await using session = await openSession(accountAt(server.port), quickWorld())
    const error = await caught(session.inFolder('Shared', async () => undefined, { shownAs: 'People/Shared' }))
    expect(error).toMatchObject({
      code: 'UNREADABLE',
      exitStatus: 4,
      responseCode: 'NOPERM',
      place: { folder: 'People/Shared' },
    })
    expect(error.message).toContain('the server refuses: "Permission denied"')
    expect(server.connections()).toBe(1)
  })

  it('[UNAVAILABLE] is asked once more, and no oftener', async () => {
    await using server = await startSmallImap({
      on: ({ command, tag, no, send }) => {
        if (command === 'EXAMINE') no('[UNAVAILABLE] EXAMINE Server error')
        if (command === 'LIST') send(`* LIST (\\HasNoChildren) "/" INBOX\r\n${tag} OK done\r\n`)
        return command === 'EXAMINE' || command === 'LIST'
      },
    })
    await using session = await openSession(accountAt(server.port), quickWorld())
    expect(await caught(session.inFolder('INBOX', async () => undefined))).toMatchObject({ code: 'UNREADABLE' })
    expect(server.lines.filter((line) => line.includes('EXAMINE'))).toHaveLength(2)
  })

  it('what imapflow answers by false or nothing becomes an error', async () => {
    await using server = await startSmallImap({ on: times(1, 'STATUS', ({ no }) => no('[CANNOT] no')) })
    await using session = await openSession(accountAt(server.port), quickWorld())
    const work = session.use(async (client) =>
      answerOf(client, await client.status('INBOX', { messages: true }).catch(() => false as const), 'STATUS'),
    )
    expect(await caught(work)).toMatchObject({ code: 'UNREADABLE' })
  })

  it('what is no trouble of the connection passes through', async () => {
    await using server = await startSmallImap()
    await using session = await openSession(accountAt(server.port), quickWorld())
    const bug = new TypeError('x is not a function')
    expect(await caught(session.use(() => Promise.reject(bug)))).toBe(bug)
    await session.use((client) => client.noop())
    expect(server.connections()).toBe(1)
  })
})

describe('a session', () => {
  it('opens folders for reading alone, and asks nothing that it need not', async () => {
    await using server = await startSmallImap()
    await using session = await openSession(accountAt(server.port), quickWorld())
    server.lines.length = 0
    await session.inFolder('Some/Folder', async () => undefined)
    await session.inFolder('Some/Folder', async () => undefined, { mayBeOpen: true })
    expect(server.lines.map((line) => line.replace(/^\S+ /, ''))).toEqual(['EXAMINE Some/Folder'])
  })

  it('names folders by their whole names, whatever the namespace', async () => {
    await using server = await startSmallImap({
      on: times(1, 'NAMESPACE', ({ send, ok }) => {
        send('* NAMESPACE (("INBOX." ".")) NIL NIL\r\n')
        ok()
      }),
    })
    await using session = await openSession(accountAt(server.port), quickWorld())
    await session.inFolder('Shared.Team', async () => undefined)
    expect(server.lines.at(-1)).toContain('EXAMINE Shared.Team')
  })

  it('takes as many connections as there is work, and no more than asked for', async () => {
    await using server = await startSmallImap()
    await using session = await openSession(accountAt(server.port, { jobs: 3 }), quickWorld())
    await Promise.all(Array.from({ length: 9 }, () => session.use((client) => client.noop())))
    expect(server.connections()).toBeLessThanOrEqual(3)
  })

  it('says good-bye, and waits for no answer longer than a moment', async () => {
    await using server = await startSmallImap({ on: ({ command }) => command === 'LOGOUT' })
    const session = await openSession(accountAt(server.port), quickWorld())
    await session[Symbol.asyncDispose]()
    expect(server.lines.at(-1)).toContain('LOGOUT')
  })

  it('that was interrupted ends its work at once, whatever the server does', async () => {
    const controller = new AbortController()
    await using server = await startSmallImap({
      on: ({ command }) => {
        if (command === 'EXAMINE') controller.abort(new Error('interrupted by hand'))
        return command === 'EXAMINE'
      },
    })
    await using session = await openSession(accountAt(server.port), { ...quickWorld(), signal: controller.signal })
    const error = await caught(session.inFolder('INBOX', async () => undefined))
    expect(error.message).toBe('interrupted by hand')
  })

  it('that was interrupted waits no longer', async () => {
    await using server = await startSmallImap({ greeting: () => '* BYE busy' })
    const controller = new AbortController()
    const opening = openSession(accountAt(server.port), {
      signal: controller.signal,
      note: () => controller.abort(new Error('interrupted by hand')),
    })
    expect((await caught(opening)).message).toBe('interrupted by hand')
  })
})
