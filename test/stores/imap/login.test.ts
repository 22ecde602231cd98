import { describe, expect, it } from 'vitest'
import type { MbauditError } from '../../../src/errors.js'
import type { Authentication, ImapAccount } from '../../../src/stores/imap/account.js'
import { openSession } from '../../../src/stores/imap/session.js'
import { accountAt, passwordOf, quickWorld } from '../../support/imap-accounts.js'
import { startSmallImap } from '../../support/small-imap.js'

async function reach(account: ImapAccount): Promise<MbauditError | null> {
  try {
    await using _session = await openSession(account, quickWorld())
    return null
  } catch (error) {
    return error as MbauditError
  }
}

const decode = (text: string) => Buffer.from(text, 'base64').toString()
const withMethod = (method: 'PLAIN' | 'LOGIN' | 'LOGIN-COMMAND', authzid: string | null = null): Authentication => ({
  kind: 'password',
  password: async () => 'secret',
  method,
  authzid,
})
const loginLines = (lines: readonly string[]) => {
  const first = lines.findIndex((line) => /AUTHENTICATE|LOGIN /.test(line))
  return lines.slice(first, first + 3)
}

describe('a password', () => {
  it('is sent by PLAIN where that is offered', async () => {
    await using server = await startSmallImap()
    expect(await reach(accountAt(server.port))).toBeNull()
    const [command = '', answer = ''] = loginLines(server.lines)
    expect(command).toMatch(/AUTHENTICATE PLAIN$/)
    expect(decode(answer)).toBe('\0alice\0secret')
  })

  it('is sent by LOGIN as SASL or as a command where that was asked for', async () => {
    await using server = await startSmallImap()
    expect(await reach(accountAt(server.port, { authentication: withMethod('LOGIN') }))).toBeNull()
    expect(loginLines(server.lines)[0]).toMatch(/AUTHENTICATE LOGIN$/)
    server.lines.length = 0
    expect(await reach(accountAt(server.port, { authentication: withMethod('LOGIN-COMMAND') }))).toBeNull()
    expect(loginLines(server.lines)[0]).toMatch(/LOGIN "?alice"? "?secret"?$/)
  })

  it('of one user opens the mail of another (authzid)', async () => {
    await using server = await startSmallImap()
    const authentication = { ...passwordOf('secret'), kind: 'password', authzid: 'bob' } as const
    expect(
      await reach(
        accountAt(server.port, {
          user: 'master',
          authentication: { ...authentication, password: async () => 'secret', method: null },
        }),
      ),
    ).toBeNull()
    expect(decode(loginLines(server.lines)[1] ?? '')).toBe('bob\0master\0secret')
  })

  it('is not sent where the server knows no authzid: it would open the mail of the one who logs in', async () => {
    await using server = await startSmallImap({ capability: 'IMAP4rev1 AUTH=LOGIN' })
    const error = await reach(
      accountAt(server.port, {
        authentication: { kind: 'password', password: async () => 'secret', method: null, authzid: 'bob' },
      }),
    )
    expect(error).toMatchObject({ code: 'AUTH_FAILED', exitStatus: 3 })
    expect(server.lines.join()).not.toContain('LOGIN')
  })

  it('that is wrong is tried once', async () => {
    await using server = await startSmallImap()
    const error = await reach(accountAt(server.port, { authentication: passwordOf('mistaken') }))
    expect(error).toMatchObject({ code: 'AUTH_FAILED', exitStatus: 3, place: { store: 'test' } })
    expect(error?.message).toContain('alice at 127.0.0.1')
    expect(server.connections()).toBe(1)
  })

  it('that a provider refuses is met with what that provider wants', async () => {
    await using server = await startSmallImap()
    const { preset } = accountAt(1, { host: 'imap.gmail.com' })
    const error = await reach({ ...accountAt(server.port, { authentication: passwordOf('mistaken') }), preset })
    expect(error?.hint).toContain('app password')
  })

  it('is not sent where the server wants none (LOGINDISABLED)', async () => {
    await using server = await startSmallImap({ capability: 'IMAP4rev1 LOGINDISABLED' })
    const error = await reach(accountAt(server.port))
    expect(error).toMatchObject({ code: 'AUTH_FAILED' })
    expect(error?.message).toContain('LOGINDISABLED')
    expect(error?.hint).toContain('imaps://')
    expect(server.lines.join()).not.toContain('secret')
  })

  it('that is right, for a mailbox that is not there, is told from others (Exchange)', async () => {
    await using server = await startSmallImap({
      on: ({ command, tag, send }) => {
        if (command === 'NAMESPACE') send(`${tag} BAD User is authenticated but not connected.\r\n`)
        return command === 'NAMESPACE'
      },
    })
    expect(await reach(accountAt(server.port))).toMatchObject({ code: 'AUTH_FAILED' })
  })

  it.each([
    'Too many login failures, try again later',
    'LOGIN failed. Server temporarily unavailable: invalid password',
  ])('that is refused (%s) is not tried again, whatever the words', async (words) => {
    await using server = await startSmallImap({
      on: ({ command, no }) => {
        if (command === 'AUTHENTICATE') no(words)
        return command === 'AUTHENTICATE'
      },
    })
    expect(await reach(accountAt(server.port))).toMatchObject({ code: 'AUTH_FAILED' })
    expect(server.connections()).toBe(1)
  })

  it('is asked for once in a session', async () => {
    await using server = await startSmallImap()
    let asked = 0
    const password = async () => {
      asked++
      return 'secret'
    }
    const authentication = { kind: 'password', password, method: null, authzid: null } as const
    await using session = await openSession(accountAt(server.port, { authentication, jobs: 3 }), quickWorld())
    await Promise.all([1, 2, 3].map(() => session.use((client) => client.noop())))
    expect(asked).toBe(1)
  })
})

describe('a token', () => {
  const tokens = (...all: string[]): Authentication => ({ kind: 'oauth', token: async () => all.shift() ?? 'none' })

  it.each(['XOAUTH2', 'OAUTHBEARER'])('is sent by %s', async (mechanism) => {
    const capability = `IMAP4rev1 SASL-IR AUTH=${mechanism} AUTH=PLAIN`
    await using server = await startSmallImap({ capability, secret: () => 'token-1' })
    expect(await reach(accountAt(server.port, { authentication: tokens('token-1') }))).toBeNull()
    const [command = ''] = loginLines(server.lines)
    expect(command).toContain(`AUTHENTICATE ${mechanism} `)
    expect(decode(command.split(' ')[3] ?? '')).toContain('auth=Bearer token-1')
  })

  it('that has run out is fetched anew', async () => {
    await using server = await startSmallImap({ secret: () => 'token-2' })
    expect(await reach(accountAt(server.port, { authentication: tokens('token-1', 'token-2') }))).toBeNull()
    expect(server.connections()).toBe(2)
  })

  it('that is refused twice is refused', async () => {
    await using server = await startSmallImap({ secret: () => 'token-9' })
    const error = await reach(accountAt(server.port, { authentication: tokens('token-1', 'token-2', 'token-3') }))
    expect(error).toMatchObject({ code: 'AUTH_FAILED' })
    expect(error?.hint).toContain('token')
    expect(server.connections()).toBe(2)
  })

  it('that runs out in the middle of the work is fetched anew', async () => {
    let [right, told] = ['token-1', false]
    await using server = await startSmallImap({
      secret: () => right,
      on: ({ command, send, socket }) => {
        if (command !== 'NOOP' || told) return false
        told = true
        right = 'token-2'
        send('* BYE Session invalidated - AccessTokenExpired\r\n')
        socket.end()
        return true
      },
    })
    const account = accountAt(server.port, { authentication: tokens('token-1', 'token-2') })
    await using session = await openSession(account, quickWorld())
    await session.use(async (client) => {
      await client.noop()
      if (!client.usable) throw Object.assign(new Error('gone'), { code: 'NoConnection' })
    })
    expect(server.connections()).toBe(2)
  })

  it('that is no token is told, and not shown', async () => {
    await using server = await startSmallImap()
    const error = await reach(accountAt(server.port, { authentication: tokens('bro\nken', 'bro\nken') }))
    expect(error).toMatchObject({ code: 'AUTH_FAILED' })
    expect(`${error?.message}`).not.toContain('ken"')
  })

  it('is no use where the server offers no OAuth', async () => {
    await using server = await startSmallImap({ capability: 'IMAP4rev1 AUTH=PLAIN' })
    const error = await reach(accountAt(server.port, { authentication: tokens('token-1') }))
    expect(error).toMatchObject({ code: 'AUTH_FAILED' })
    expect(error?.message).toContain('offers no login by OAuth token')
    expect(server.lines.join()).not.toContain(Buffer.from('token').toString('base64').slice(0, 6))
  })
})

describe('what is secret', () => {
  const secret = 'Tr0ub4dor&3'
  const everything = (error: Error | null): string => {
    const parts: unknown[] = []
    for (let at: unknown = error; at instanceof Error; at = at.cause) {
      parts.push(at.message, at.stack, JSON.stringify(at), JSON.stringify(Object.getOwnPropertyDescriptors(at)))
    }
    return parts.join('\n')
  }

  it.each([
    ['plain', (sent: string) => `LOGIN ${sent} is not right for alice`],
    ['as the wire carried it', () => `bad response ${Buffer.from(`\0alice\0${secret}`).toString('base64')}`],
    ['in base64', () => `bad response ${Buffer.from(secret).toString('base64')}`],
  ])('stands in no error, even where the server repeats it: %s', async (_how, words) => {
    await using server = await startSmallImap({
      capability: 'IMAP4rev1',
      on: ({ command, no }) => {
        if (command === 'LOGIN') no(`[AUTHENTICATIONFAILED] ${words(secret)}`)
        return command === 'LOGIN'
      },
    })
    const error = await reach(accountAt(server.port, { authentication: passwordOf(secret) }))
    expect(error).toMatchObject({ code: 'AUTH_FAILED' })
    expect(error?.message).toContain('…')
    expect(everything(error)).not.toContain(secret)
    expect(everything(error)).not.toContain(Buffer.from(secret).toString('base64'))
  })

  it('stands in no note either, where the server shouts it (ALERT)', async () => {
    await using server = await startSmallImap({
      on: ({ command, tag, send }) => {
        if (command === 'NAMESPACE') send(`* OK [ALERT] your password ${secret} is old\r\n${tag} OK done\r\n`)
        return command === 'NAMESPACE'
      },
      secret: () => secret,
    })
    const world = quickWorld()
    await using _session = await openSession(accountAt(server.port, { authentication: passwordOf(secret) }), world)
    expect(world.notes.join()).toContain('your password … is old')
    expect(world.notes.join()).not.toContain(secret)
  })
})
