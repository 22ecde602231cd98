import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { accountIdentity, imapAccount, isLoopback } from '../../../src/stores/imap/account.js'
import { PRESETS, presetFor } from '../../../src/stores/imap/presets.js'
import { createMeter } from '../../../src/stores/imap/rate.js'
import { backOff, pause } from '../../../src/stores/imap/retry.js'
import { createSecrets } from '../../../src/stores/imap/secret.js'
import { accountAt, passwordOf } from '../../support/imap-accounts.js'

describe('an account', () => {
  const settings = { name: 'a', host: 'imap.example.org', user: 'alice', authentication: passwordOf('x') }

  it('has the port of its security', () => {
    expect(imapAccount(settings)).toMatchObject({ port: 993, security: 'tls' })
    expect(imapAccount({ ...settings, security: 'starttls' })).toMatchObject({ port: 143 })
    expect(imapAccount({ ...settings, security: 'starttls', port: 1143 })).toMatchObject({ port: 1143 })
  })

  it('takes no more connections than its provider gives', () => {
    expect(imapAccount({ ...settings, host: 'imap.mail.yahoo.com', jobs: 40 }).jobs).toBe(5)
    expect(imapAccount({ ...settings, jobs: 40 }).jobs).toBe(40)
  })

  it('is one under all its names', () => {
    const one = accountIdentity(imapAccount({ ...settings, host: 'IMAP.Example.org.' }))
    expect(one).toBe(accountIdentity(imapAccount({ ...settings, name: 'b' })))
    expect(one).not.toBe(accountIdentity(imapAccount({ ...settings, user: 'bob' })))
    const master = { ...passwordOf('x'), authzid: 'alice' }
    if (master.kind !== 'password') return
    expect(accountIdentity(imapAccount({ ...settings, user: 'master', authentication: master }))).toBe(one)
  })

  it('knows its own machine', () => {
    expect(['localhost', '127.0.0.1', '127.1.2.3', '::1', '[::1]'].filter(isLoopback)).toHaveLength(5)
    expect(['localhost.example.org', '10.0.0.1', '128.0.0.1', 'imap.example.org'].filter(isLoopback)).toEqual([])
  })
})

describe('presets', () => {
  it.each([
    ['imap.gmail.com', 'Gmail'],
    ['IMAP.GMAIL.COM.', 'Gmail'],
    ['outlook.office365.com', 'Microsoft 365'],
    ['imap.mail.yahoo.com', 'Yahoo'],
    ['imap.aol.com', 'Yahoo'],
    ['imap.mail.me.com', 'iCloud'],
    ['imap.fastmail.com', 'Fastmail'],
    ['imap.gmx.net', 'GMX and WEB.DE'],
    ['imap.web.de', 'GMX and WEB.DE'],
    ['imap.zoho.eu', 'Zoho'],
    ['imap.yandex.ru', 'Yandex'],
  ])('%s is %s', (host, provider) => {
    expect(presetFor(host)?.provider).toBe(provider)
  })

  it('fit no host but their own', () => {
    const hosts = ['imap.example.org', 'imap.gmail.com.example.org', 'notimap.gmail.com.invalid', 'localhost', '']
    expect(hosts.map(presetFor)).toEqual(hosts.map(() => null))
  })

  it('know how many messages Yahoo shows, by host', () => {
    expect(presetFor('imap.mail.yahoo.com')?.windows).toEqual([10_000])
    expect(presetFor('export.imap.mail.yahoo.com')?.windows).toEqual([100_000])
  })

  it('stand in the manual, with their figures', () => {
    const manual = readFileSync(new URL('../../../docs/providers.md', import.meta.url), 'utf8')
    for (const { provider, connections, windows, dailyDownload, largestMessage } of PRESETS) {
      const row = manual.split('\n').find((line) => line.startsWith(`| ${provider} |`))
      expect(row, provider).toBeDefined()
      const figures = [connections, ...windows, dailyDownload && dailyDownload / 1_000_000, largestMessage]
      for (const figure of figures) if (figure !== null) expect(row).toContain(figure.toLocaleString('en'))
    }
  })

  it('say where each is from', () => {
    for (const { provider, sources } of PRESETS) expect(sources, provider).not.toEqual([])
  })
})

describe('back-off', () => {
  it('grows to a minute, and is spread', () => {
    expect([0, 1, 2, 3, 10, 1000].map((tries) => backOff(tries, 1))).toEqual([1000, 2000, 4000, 8000, 60_000, 60_000])
    expect(backOff(2, 0)).toBe(2000)
  })

  it('is never shorter than the server asks for', () => {
    expect(backOff(0, 1, 90_000)).toBe(90_000)
    expect(backOff(3, 1, 10)).toBe(8000)
  })

  it('ends when the run does', async () => {
    const controller = new AbortController()
    const waiting = pause(60_000, controller.signal)
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await expect(pause(60_000, controller.signal)).rejects.toThrow('enough')
  })
})

describe('--max-rate', () => {
  /** Reads so many messages of so many octets, and says how many seconds that took. */
  async function read(max: { messages?: number; octets?: number }, count: number, octets: number): Promise<number> {
    let now = 0
    const pausing = async (time: number) => {
      now += time
    }
    const meter = createMeter({ messages: null, octets: null, ...max }, pausing, () => now)
    for (let n = 0; n < count; n++) await meter.spend(1, octets)
    return now / 1000
  }

  it('holds to so many messages a second', async () => {
    expect(await read({ messages: 50 }, 500, 1000)).toBeCloseTo(10, 0)
  })

  it('holds to so many octets a second', async () => {
    expect(await read({ octets: 100_000 }, 500, 1000)).toBeCloseTo(5, 0)
  })

  it('holds to whichever is slower', async () => {
    expect(await read({ messages: 50, octets: 10_000 }, 100, 1000)).toBeCloseTo(10, 0)
  })

  it('does not wait where nothing was said', async () => {
    expect(await read({}, 500, 1_000_000)).toBe(0)
  })

  it('gives no credit for time that was not used', async () => {
    let now = 0
    const meter = createMeter(
      { messages: 10, octets: null },
      async (time) => {
        now += time
      },
      () => now,
    )
    now = 60_000
    for (let n = 0; n < 20; n++) await meter.spend(1, 0)
    expect(now).toBeGreaterThan(61_500)
  })
})

describe('secrets', () => {
  it('are hidden in every dress', async () => {
    const secrets = createSecrets(accountAt(1, { authentication: passwordOf('p@ss word') }))
    await secrets.credential()
    const dresses = ['p@ss word', encodeURIComponent('p@ss word'), Buffer.from('\0alice\0p@ss word').toString('base64')]
    for (const dress of dresses) expect(secrets.hide(`it is ${dress}.`)).not.toContain(dress)
    expect(secrets.hide('nothing of it')).toBe('nothing of it')
  })

  it('that are short are hidden where they stand alone', async () => {
    const secrets = createSecrets(accountAt(1, { authentication: passwordOf('pw') }))
    await secrets.credential()
    expect(secrets.hide('LOGIN alice "pw" failed; upward')).toBe('LOGIN alice "…" failed; upward')
  })

  it('of a proxy are hidden before they were asked for', () => {
    const secrets = createSecrets(accountAt(1, { proxy: 'socks5://me:s3cr%23t@host' }))
    expect(secrets.hide('s3cr#t s3cr%23t')).toBe('… …')
  })
})
