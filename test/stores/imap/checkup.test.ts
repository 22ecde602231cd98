import { X509Certificate } from 'node:crypto'
import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CheckedStep } from '../../../src/stores/checkup.js'
import type { AccountSettings } from '../../../src/stores/imap/account.js'
import { checkAccount } from '../../../src/stores/imap/checkup.js'
import { isToBeTested } from '../../support/daemon.js'
import { type Dovecot, hasDovecot, startDovecot } from '../../support/dovecot.js'
import { accountAt, passwordOf } from '../../support/imap-accounts.js'
import { startSmallImap } from '../../support/small-imap.js'

async function checkup(port: number, settings: Partial<AccountSettings> = {}): Promise<CheckedStep[]> {
  const account = accountAt(port, settings)
  const signal = new AbortController().signal
  const steps: CheckedStep[] = []
  const spec = { name: 'test', type: 'imap', account, note: () => {}, signal } as const
  for await (const step of checkAccount(spec, Date.now)) steps.push(step)
  return steps
}
const outcomes = (steps: readonly CheckedStep[]) =>
  steps.map(({ step, outcome }) => (outcome === 'ok' ? step : `${step} ${outcome}`))

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

describe.skipIf(!isToBeTested(hasDovecot))('a checkup (Dovecot; scripts/install-test-servers.sh)', () => {
  let dovecot: Dovecot
  beforeAll(async () => {
    dovecot = await startDovecot({ quota: 'storage=10M' })
  })
  afterAll(() => dovecot[Symbol.asyncDispose]())
  const AFTER = ['login', 'capabilities', 'namespaces', 'folders', 'special-use', 'inbox', 'quota']

  it('of an account that is well says so, step by step', async () => {
    const steps = await checkup(dovecot.port)
    expect(outcomes(steps)).toEqual(['name', 'tcp', 'greeting', 'mechanisms', ...AFTER])
    const facts = Object.fromEntries(steps.map(({ step, facts }) => [step, facts]))
    expect(facts.namespaces).toEqual({ personal: [{ prefix: '', separator: '/' }], other: [], shared: [] })
    expect(facts.mechanisms).toMatchObject({ mechanisms: ['PLAIN', 'LOGIN'], login: true })
    expect(facts.quota).toMatchObject({ limit: 10 * 1024 * 1024 })
    expect(JSON.stringify(facts.capabilities)).toContain('"CONDSTORE"')
    expect(steps.every(({ milliseconds, found }) => milliseconds >= 0 && found !== '')).toBe(true)
  })

  it('shows the certificate, by TLS and by STARTTLS', async () => {
    const tls = { ca: [dovecot.certificate] }
    const fingerprint = new X509Certificate(dovecot.certificate).fingerprint256.replaceAll(':', '').toLowerCase()
    const implicit = await checkup(dovecot.tlsPort, { security: 'tls', tls })
    expect(outcomes(implicit)).toEqual(['name', 'tcp', 'tls warning', 'greeting', 'mechanisms', ...AFTER])
    expect(implicit[2]?.facts).toMatchObject({ version: expect.stringMatching(/^TLSv1/), fingerprint })
    expect(implicit[2]?.advice).toMatch(/ends in \d days/)
    const started = await checkup(dovecot.port, { security: 'starttls', tls })
    expect(outcomes(started)).toEqual(['name', 'tcp', 'greeting', 'tls warning', 'mechanisms', ...AFTER])
    const pinned = await checkup(dovecot.tlsPort, { security: 'tls', tls: { fingerprint } })
    expect(pinned.at(-1)?.step).toBe('quota')
  })

  it('ends at a certificate that is not trusted', async () => {
    for (const [tls, message] of [
      [{}, /signed by the server itself/],
      [{ fingerprint: 'ab'.repeat(32) }, /another certificate/],
      [{ ca: [dovecot.certificate], servername: 'elsewhere.example' }, /for another host/],
    ] as const) {
      const steps = await checkup(dovecot.tlsPort, { security: 'tls', tls })
      expect(outcomes(steps)).toEqual(['name', 'tcp', 'tls failed'])
      expect([steps[2]?.code, steps[2]?.found]).toEqual(['TLS_UNTRUSTED', expect.stringMatching(message)])
      expect(steps[2]?.notes.join()).toMatch(/sha-256 [0-9a-f]{64}/)
    }
    const taken = await checkup(dovecot.tlsPort, { security: 'tls', tls: { unverified: true } })
    expect(outcomes(taken).slice(0, 3)).toEqual(['name', 'tcp', 'tls warning'])
  })

  it('ends at a wrong password', async () => {
    const steps = await checkup(dovecot.port, { authentication: passwordOf('hunter2') })
    expect(outcomes(steps)).toEqual(['name', 'tcp', 'greeting', 'mechanisms', 'login failed'])
    expect(steps[4]).toMatchObject({ code: 'AUTH_FAILED', advice: 'Check user and password.' })
    expect(JSON.stringify(steps)).not.toContain('hunter2')
  })
})

describe('a checkup ends', () => {
  it('at a name that nobody has', async () => {
    const steps = await checkup(1, { host: 'nobody.invalid' })
    expect([outcomes(steps), steps[0]?.code]).toEqual([['name failed'], 'CONNECT_FAILED'])
  })

  it('at a port where nobody is', async () => {
    const steps = await checkup(1)
    expect([outcomes(steps), steps[1]?.code]).toEqual([['name', 'tcp failed'], 'CONNECT_FAILED'])
  })

  it.each([
    ['an HTTP server', 'HTTP/1.1 400 Bad Request\r\n\r\n', /no greeting of an IMAP server/],
    ['a server that says nothing', '', /no greeting of an IMAP server/],
    ['a server that sends everyone away', '* BYE [UNAVAILABLE] come back\r\n', /"come back"/],
  ])('at %s', async (_what, greeting, message) => {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.write(greeting)
    })
    const steps = await checkup(await listening(server))
    server.close()
    expect(outcomes(steps)).toEqual(['name', 'tcp', 'greeting failed'])
    expect([steps[2]?.code, steps[2]?.found]).toEqual(['CONNECT_FAILED', expect.stringMatching(message)])
  })

  it('at a server without STARTTLS, and one that takes no password', async () => {
    await using bare = await startSmallImap({})
    expect(outcomes(await checkup(bare.port, { security: 'starttls' }))).toEqual([
      'name',
      'tcp',
      'greeting',
      'tls failed',
    ])
    await using closed = await startSmallImap({ capability: 'IMAP4rev1 LOGINDISABLED' })
    const steps = await checkup(closed.port)
    expect(outcomes(steps)).toEqual(['name', 'tcp', 'greeting', 'mechanisms failed'])
    expect(closed.lines.join()).not.toMatch(/LOGIN |AUTHENTICATE/)
  })
})
