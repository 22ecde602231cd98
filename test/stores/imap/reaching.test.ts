import { createHash, X509Certificate } from 'node:crypto'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createPlainServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { MbauditError } from '../../../src/errors.js'
import type { ImapAccount } from '../../../src/stores/imap/account.js'
import { openSession } from '../../../src/stores/imap/session.js'
import { accountAt, quickWorld } from '../../support/imap-accounts.js'
import { startSmallImap } from '../../support/small-imap.js'
import { makeAuthority, makeSelfSigned } from '../../support/test-certificates.js'

const authority = makeAuthority()
const good = authority.issue('DNS:localhost,IP:127.0.0.1')

/** Opens a session and closes it; the error, where there was one. */
async function reach(account: ImapAccount): Promise<MbauditError | null> {
  try {
    await using _session = await openSession(account, quickWorld())
    return null
  } catch (error) {
    return error as MbauditError
  }
}

const fingerprintOf = (cert: string) => createHash('sha256').update(new X509Certificate(cert).raw).digest('hex')

describe('a certificate', () => {
  it('of an own authority is trusted once that is named', async () => {
    await using server = await startSmallImap({ tls: good })
    expect(await reach(accountAt(server.port, { security: 'tls', tls: { ca: [authority.cert] } }))).toBeNull()
  })

  it('of an unknown authority is not', async () => {
    await using server = await startSmallImap({ tls: good })
    const error = await reach(accountAt(server.port, { security: 'tls' }))
    expect(error).toMatchObject({ code: 'TLS_UNTRUSTED', exitStatus: 3 })
    expect(error?.message).toContain('signed by an authority that is not trusted')
    expect(server.lines).toEqual([])
  })

  it.each(['tls', 'starttls'] as const)('signed by itself is not trusted (%s)', async (security) => {
    const own = makeSelfSigned()
    await using server = await startSmallImap(security === 'tls' ? { tls: own } : { startTls: own })
    const error = await reach(accountAt(server.port, { security }))
    expect(error).toMatchObject({ code: 'TLS_UNTRUSTED', exitStatus: 3 })
    expect(server.lines.filter((line) => /AUTHENTICATE|LOGIN/.test(line))).toEqual([])
  })

  it('for another host is not trusted, and the names it has are told', async () => {
    await using server = await startSmallImap({ tls: authority.issue('DNS:imap.example.org') })
    const account = accountAt(server.port, { host: 'localhost', security: 'tls', tls: { ca: [authority.cert] } })
    const error = await reach(account)
    expect(error).toMatchObject({ code: 'TLS_UNTRUSTED' })
    expect(error?.message).toContain('for another host (DNS:imap.example.org)')
  })

  it('for another host is trusted under the name that was told', async () => {
    await using server = await startSmallImap({ tls: authority.issue('DNS:imap.example.org') })
    const tls = { ca: [authority.cert], servername: 'imap.example.org' }
    expect(await reach(accountAt(server.port, { security: 'tls', tls }))).toBeNull()
  })

  it('that has expired is not trusted', async () => {
    await using server = await startSmallImap({ tls: authority.issue('IP:127.0.0.1', -1) })
    const error = await reach(accountAt(server.port, { security: 'tls', tls: { ca: [authority.cert] } }))
    expect(error).toMatchObject({ code: 'TLS_UNTRUSTED' })
    expect(error?.message).toContain('has expired')
  })

  it('is not looked at where that was asked for', async () => {
    await using server = await startSmallImap({ tls: makeSelfSigned() })
    expect(await reach(accountAt(server.port, { security: 'tls', tls: { unverified: true } }))).toBeNull()
  })

  it.each(['tls', 'starttls'] as const)('that is pinned is trusted, whoever signed it (%s)', async (security) => {
    const own = makeSelfSigned('DNS:elsewhere')
    await using server = await startSmallImap(security === 'tls' ? { tls: own } : { startTls: own })
    const fingerprint = fingerprintOf(own.cert)
      .toUpperCase()
      .replace(/..(?=.)/g, '$&:')
    expect(await reach(accountAt(server.port, { security, tls: { fingerprint } }))).toBeNull()
  })

  it.each(['tls', 'starttls'] as const)('other than the pinned one gets no password (%s)', async (security) => {
    await using server = await startSmallImap(security === 'tls' ? { tls: good } : { startTls: good })
    const tls = { ca: [authority.cert], fingerprint: fingerprintOf(makeSelfSigned().cert) }
    const error = await reach(accountAt(server.port, { security, tls }))
    expect(error).toMatchObject({ code: 'TLS_UNTRUSTED' })
    expect(error?.message).toContain('the server shows another certificate')
    expect(server.lines.filter((line) => /AUTHENTICATE|LOGIN/.test(line))).toEqual([])
  })

  it('other than the pinned one is not trusted where no password is asked for either', async () => {
    await using server = await startSmallImap({ tls: good, greeting: () => '* PREAUTH welcome' })
    const tls = { fingerprint: fingerprintOf(makeSelfSigned().cert) }
    expect(await reach(accountAt(server.port, { security: 'tls', tls }))).toMatchObject({ code: 'TLS_UNTRUSTED' })
  })

  it.each([
    ['no certificate', { cert: 'none', key: 'none' }],
    ['a key of another', { cert: good.cert, key: authority.key }],
  ])('of the client that is %s is told', async (_what, client) => {
    await using server = await startSmallImap({ tls: good })
    const tls = { ca: [authority.cert], client: { ...client, passphrase: null } }
    const error = await reach(accountAt(server.port, { security: 'tls', tls }))
    expect(error).toMatchObject({ code: 'CONNECT_FAILED', exitStatus: 3 })
    expect(error?.message).toContain('a certificate or key that the configuration names cannot be used')
  })

  it('of the client is shown to a server that asks for it', async () => {
    const asking = { ...good, requestCert: true, rejectUnauthorized: true, ca: [authority.cert] }
    await using server = await startSmallImap({ tls: asking })
    const client = { ...authority.issue('DNS:alice'), passphrase: null }
    const tls = { ca: [authority.cert], client }
    expect(await reach(accountAt(server.port, { security: 'tls', tls }))).toBeNull()
    const error = await reach(accountAt(server.port, { security: 'tls', tls: { ca: [authority.cert] } }))
    expect(error).toMatchObject({ code: 'CONNECT_FAILED' })
    expect(error?.message).toContain('asks for a client certificate')
  })
})

describe('STARTTLS', () => {
  it('is taken before the password', async () => {
    await using server = await startSmallImap({ startTls: good })
    expect(await reach(accountAt(server.port, { security: 'starttls', tls: { ca: [authority.cert] } }))).toBeNull()
    const [tls, login] = [/STARTTLS/, /AUTHENTICATE/].map((what) => server.lines.findIndex((line) => what.test(line)))
    expect(tls).toBeGreaterThan(-1)
    expect(login).toBeGreaterThan(tls ?? Number.POSITIVE_INFINITY)
  })

  it('is demanded: a server without it gets no password', async () => {
    await using server = await startSmallImap()
    const error = await reach(accountAt(server.port, { security: 'starttls' }))
    expect(error).toMatchObject({ code: 'CONNECT_FAILED', exitStatus: 3 })
    expect(error?.message).toContain('offers no STARTTLS')
    expect(server.lines.filter((line) => /AUTHENTICATE|LOGIN/.test(line))).toEqual([])
  })

  it('is demanded: a greeting that logs in by itself is refused', async () => {
    await using server = await startSmallImap({ greeting: () => '* PREAUTH welcome', startTls: good })
    const error = await reach(accountAt(server.port, { security: 'starttls', tls: { ca: [authority.cert] } }))
    expect(error).toMatchObject({ code: 'CONNECT_FAILED' })
  })
})

describe('what answers is no IMAP server', () => {
  it('an HTTP server', async () => {
    const server = createServer((_request, response) => void response.end('hello'))
    const port = await listening(server)
    const error = await reach(accountAt(port))
    server.close()
    expect(error).toMatchObject({ code: 'CONNECT_FAILED', exitStatus: 3 })
    expect(error?.message).toContain('an HTTP server answers there')
  })

  it('an HTTP server, asked for TLS', async () => {
    const server = createServer((_request, response) => void response.end('hello'))
    const port = await listening(server)
    const error = await reach(accountAt(port, { security: 'tls' }))
    server.close()
    expect(error).toMatchObject({ code: 'CONNECT_FAILED' })
    expect(error?.message).toContain('does not speak TLS')
  })

  it.each([
    ['220 mail.example.org ESMTP', 'an SMTP or FTP server'],
    ['+OK POP3 ready', 'a POP3 server'],
    ['SSH-2.0-OpenSSH_9.2', 'an SSH server'],
  ])('%s', async (greeting, name) => {
    await using server = await startSmallImap({ greeting: () => greeting })
    const error = await reach(accountAt(server.port))
    expect(error).toMatchObject({ code: 'CONNECT_FAILED' })
    expect(error?.message).toContain(name)
  })

  it('nothing that speaks', async () => {
    const server = createPlainServer((socket) => void socket.on('error', () => undefined))
    const port = await listening(server)
    const error = await reach(accountAt(port))
    server.close()
    expect(error).toMatchObject({ code: 'CONNECT_FAILED' })
    expect(error?.message).toContain('no greeting of an IMAP server (silence)')
  })

  it('TLS where none was begun', async () => {
    await using server = await startSmallImap({ tls: good })
    const error = await reach(accountAt(server.port, { security: 'none' }))
    expect(error).toMatchObject({ code: 'CONNECT_FAILED' })
    expect(error?.message).toContain('imaps://')
  })

  it('no TLS where it was asked for', async () => {
    await using server = await startSmallImap()
    const error = await reach(accountAt(server.port, { security: 'tls' }))
    expect(error).toMatchObject({ code: 'CONNECT_FAILED' })
    expect(error?.message).toContain('does not speak TLS')
  })

  it('a server that never finishes its handshake', async () => {
    const server = createPlainServer((socket) => void socket.on('error', () => undefined))
    const port = await listening(server)
    const timeouts = { connect: 200 }
    const error = await reach(accountAt(port, { security: 'tls', timeouts }))
    server.close()
    expect(error).toMatchObject({ code: 'CONNECT_FAILED' })
    expect(error?.message).toContain('no connection within 0.2 s')
  })
})

describe('a server that begins, and does not get on', () => {
  it('greets and says nothing more', async () => {
    await using server = await startSmallImap({ on: () => true })
    const error = await reach(accountAt(server.port, { timeouts: { silence: 150 } }))
    expect(error).toMatchObject({ code: 'CONNECT_FAILED', exitStatus: 3 })
    expect(error?.message).toContain('the server greets, and does not answer the login')
    expect(server.connections()).toBe(3)
  })

  it('is slow to greet once', async () => {
    await using server = await startSmallImap({ greeting: (connection) => (connection === 1 ? null : '* OK ready') })
    expect(await reach(accountAt(server.port))).toBeNull()
  })

  it('closes at once', async () => {
    await using server = await startSmallImap({ greeting: () => null, onConnection: (socket) => void socket.end() })
    const error = await reach(accountAt(server.port))
    expect(error).toMatchObject({ code: 'CONNECT_FAILED', exitStatus: 3 })
    expect(error?.message).toContain('closed before a session had begun')
    expect(server.connections()).toBe(3)
  })
})

describe('nobody is there', () => {
  it('no such host', async () => {
    const error = await reach(accountAt(993, { host: 'imap.invalid' }))
    expect(error).toMatchObject({ code: 'CONNECT_FAILED', exitStatus: 3 })
    expect(error?.message).toMatch(/imap\.invalid: (there is no host of that name|the name cannot be looked up)/)
  })

  it('nothing on that port', async () => {
    const server = createPlainServer()
    const port = await listening(server)
    await new Promise((resolve) => server.close(resolve))
    const error = await reach(accountAt(port))
    expect(await reach(accountAt(port, { host: 'localhost' }))).toMatchObject({ code: 'CONNECT_FAILED' })
    expect(error).toMatchObject({ code: 'CONNECT_FAILED', place: { store: 'test' } })
    expect(error?.message).toContain('nothing accepts connections there')
  })
})

async function listening(server: ReturnType<typeof createPlainServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
