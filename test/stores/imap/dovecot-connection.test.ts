import { createHash, X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MbauditError } from '../../../src/errors.js'
import type { ImapAccount } from '../../../src/stores/imap/account.js'
import { openSession } from '../../../src/stores/imap/session.js'
import { isToBeTested } from '../../support/daemon.js'
import { type Dovecot, hasDovecot, startDovecot } from '../../support/dovecot.js'
import { dovecotMaker } from '../../support/dovecot-maker.js'
import { accountAt, passwordOf, quickWorld } from '../../support/imap-accounts.js'
import { openAccount } from '../../support/imap-store.js'
import { scan } from '../../support/scanning.js'
import { mail } from '../../support/store-law.js'

const immediate = () => new Promise((resolve) => setImmediate(resolve))

async function reach(account: ImapAccount): Promise<MbauditError | null> {
  try {
    await using session = await openSession(account, quickWorld())
    await session.inFolder('INBOX', async () => undefined)
    return null
  } catch (error) {
    return error as MbauditError
  }
}

/** Says which tokens are good, as Dovecot asks for it. */
async function startIntrospection(good: Set<string>) {
  const server = createServer((request, response) => {
    const token = new URL(request.url ?? '', 'http://localhost').searchParams.get('token') ?? ''
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ active: good.has(token), user: 'alice' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  return { url: `http://127.0.0.1:${port}/?token=`, [Symbol.asyncDispose]: close }
}

describe.runIf(isToBeTested(hasDovecot))('Dovecot', () => {
  let server: Dovecot
  beforeAll(async () => {
    server = await startDovecot({
      separator: '.',
      connections: 2,
      more: `auth_master_user_separator = *
passdb {
  driver = static
  master = yes
  args = password=master-secret
}
`,
    })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  it.each(['none', 'starttls'] as const)('is reached (%s)', async (security) => {
    expect(await reach(accountAt(server.port, { security, tls: { ca: [server.certificate] } }))).toBeNull()
  })

  it('is reached by TLS, by its authority or its fingerprint', async () => {
    const fingerprint = createHash('sha256').update(new X509Certificate(server.certificate).raw).digest('hex')
    for (const tls of [{ ca: [server.certificate] }, { fingerprint }]) {
      expect(await reach(accountAt(server.tlsPort, { security: 'tls', tls }))).toBeNull()
    }
    expect(await reach(accountAt(server.tlsPort, { security: 'tls' }))).toMatchObject({ code: 'TLS_UNTRUSTED' })
  })

  it.each(['PLAIN', 'LOGIN', 'LOGIN-COMMAND'] as const)('takes a password by %s', async (method) => {
    const authentication = { kind: 'password', password: async () => 'secret', method, authzid: null } as const
    expect(await reach(accountAt(server.port, { authentication }))).toBeNull()
  })

  it('refuses a wrong password, and says so', async () => {
    const error = await reach(accountAt(server.port, { authentication: passwordOf('mistaken') }))
    expect(error).toMatchObject({ code: 'AUTH_FAILED', exitStatus: 3 })
    expect(error?.message).toContain('[AUTHENTICATIONFAILED]')
  })

  it('opens the mail of one for another: by authzid, and by its own user*master', async () => {
    const password = async () => 'master-secret'
    const byAuthzid = { kind: 'password', password, method: null, authzid: 'alice' } as const
    expect(await reach(accountAt(server.port, { user: 'boss', authentication: byAuthzid }))).toBeNull()
    const byName = accountAt(server.port, { user: 'alice*boss', authentication: passwordOf('master-secret') })
    expect(await reach(byName)).toBeNull()
  })

  it('gives as many connections as it gives, and all the work is done', async () => {
    const world = quickWorld()
    await using session = await openSession(accountAt(server.port, { user: 'bob', jobs: 5 }), world)
    let done = 0
    await Promise.all(
      Array.from({ length: 12 }, () =>
        session.use(async (client) => {
          await client.noop()
          while (session.jobs > 2) await immediate()
          done++
        }),
      ),
    )
    expect(done).toBe(12)
    expect(session.jobs).toBeLessThanOrEqual(2)
  })

  it('is read no faster than --max-rate allows', async () => {
    const made = await dovecotMaker(() => server).make(
      Array.from({ length: 60 }, (_, n) => ({ raw: mail(n, `${'x'.repeat(998)}\n`.repeat(10)) })),
      [],
    )
    await using opened = await made.open()
    if (opened.spec.type !== 'imap') throw new Error('no account')
    for (const [maxRate, least] of [
      [{ messages: 20, octets: null }, 2.5],
      [{ messages: null, octets: 100_000 }, 5],
    ] as const) {
      let now = 0
      const pause = async (time: number) => {
        now += time
      }
      await using store = await openAccount({ ...opened.spec.account, maxRate }, { pause, now: () => now })
      await using scanned = await scan(store, { bodies: 'all' })
      await scanned.index.needWires()
      expect(now / 1000).toBeGreaterThan(least)
    }
    await made.dispose()
  })

  it('takes an OAuth token, and a fresh one when that has run out', async () => {
    const good = new Set(['token-1'])
    await using introspection = await startIntrospection(good)
    const file = join(server.directory, 'oauth2.conf')
    writeFileSync(file, oauthConfiguration(introspection.url))
    await using oauth = await startDovecot({ more: oauthLines(file) })
    const tokens = ['token-1', 'token-2']
    const authentication = { kind: 'oauth', token: async () => tokens.shift() ?? 'none' } as const
    await using session = await openSession(accountAt(oauth.port, { authentication, jobs: 1 }), quickWorld())
    good.clear()
    good.add('token-2')
    await session.use(async (client) => client.close())
    await session.inFolder('INBOX', async () => undefined)
    expect(tokens).toEqual([])
  })
})

const oauthLines = (file: string) => `auth_mechanisms = xoauth2 oauthbearer plain
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${file}
}
`

const oauthConfiguration = (url: string) => `introspection_mode = get
introspection_url = ${url}
username_attribute = user
active_attribute = active
active_value = true
force_introspection = yes
`
