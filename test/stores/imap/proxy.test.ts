import { describe, expect, it } from 'vitest'
import type { MbauditError } from '../../../src/errors.js'
import type { ImapAccount } from '../../../src/stores/imap/account.js'
import { openSession } from '../../../src/stores/imap/session.js'
import { accountAt, quickWorld } from '../../support/imap-accounts.js'
import { startSmallImap } from '../../support/small-imap.js'
import { startHttpProxy, startSocksProxy } from '../../support/small-proxy.js'
import { makeSelfSigned } from '../../support/test-certificates.js'

async function reach(account: ImapAccount): Promise<MbauditError | null> {
  try {
    await using _session = await openSession(account, quickWorld())
    return null
  } catch (error) {
    return error as MbauditError
  }
}

const PROXIES = [
  ['http', startHttpProxy],
  ['socks5', startSocksProxy],
] as const
const only = { user: 'walter', password: 'p@ss/word' }

describe.each(PROXIES)('a proxy (%s)', (scheme, start) => {
  it('is gone through, and looks the name up itself', async () => {
    await using server = await startSmallImap()
    await using proxy = await start()
    const account = accountAt(server.port, { host: 'localhost', proxy: `${scheme}://127.0.0.1:${proxy.port}` })
    expect(await reach(account)).toBeNull()
    expect(proxy.asked).toEqual([`localhost:${server.port}`])
  })

  it('is gone through with TLS, and the certificate is the server’s', async () => {
    const own = makeSelfSigned()
    await using server = await startSmallImap({ tls: own })
    await using proxy = await start()
    const settings = { security: 'tls', proxy: `${scheme}://127.0.0.1:${proxy.port}` } as const
    expect(await reach(accountAt(server.port, { ...settings, tls: { ca: [own.cert] } }))).toBeNull()
    expect(await reach(accountAt(server.port, settings))).toMatchObject({ code: 'TLS_UNTRUSTED' })
  })

  it('is told who we are', async () => {
    await using server = await startSmallImap()
    await using proxy = await start(only)
    const who = `${only.user}:${encodeURIComponent(only.password)}`
    expect(await reach(accountAt(server.port, { proxy: `${scheme}://${who}@127.0.0.1:${proxy.port}` }))).toBeNull()
  })

  it('that does not let us in is an error of its own, without its password', async () => {
    await using server = await startSmallImap()
    await using proxy = await start(only)
    const error = await reach(
      accountAt(server.port, { proxy: `${scheme}://walter:tinsel-town@127.0.0.1:${proxy.port}` }),
    )
    expect(error).toMatchObject({ code: 'CONNECT_FAILED', exitStatus: 3 })
    expect(error?.message).toContain('the proxy gives no connection')
    expect(`${error?.stack}${JSON.stringify(error)}${error?.cause}`).not.toContain('tinsel-town')
  })

  it('that is not there is an error of its own', async () => {
    const gone = await start()
    await gone[Symbol.asyncDispose]()
    const error = await reach(accountAt(143, { proxy: `${scheme}://127.0.0.1:${gone.port}` }))
    expect(error).toMatchObject({ code: 'CONNECT_FAILED' })
    expect(error?.message).toContain('the proxy gives no connection')
  })
})

it('a proxy that is no URL is told, without its password', async () => {
  const error = await reach(accountAt(143, { proxy: 'socks5//walter:tinsel-town@host' }))
  expect(error).toMatchObject({ code: 'CONNECT_FAILED' })
  expect(`${error?.stack}${JSON.stringify(error)}${error?.cause}`).not.toContain('tinsel-town')
})
