import { lookup } from 'node:dns/promises'
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ErrorCode } from '../../errors.js'
import { type CheckedStep, type CheckupStep, checkedStep, type Told } from '../checkup.js'
import type { ImapAccount } from './account.js'
import { addressOf, errorFor } from './errors.js'
import { whoAnswers } from './probe.js'
import { judgeCertificate } from './shown-certificate.js'
import { tlsOptions } from './tls.js'
import { NOTHING_HEARD, readTrouble } from './trouble.js'
import { WireLines } from './wire-line.js'

/** A step that ends the checkup. */
class StepFailed extends Error {
  readonly told: Told

  constructor(told: Told) {
    super(told.found)
    this.told = told
  }
}

const failed = (code: ErrorCode, found: string, advice: string, facts: Told['facts'] = {}): StepFailed =>
  new StepFailed({ code, found, advice, facts })

/**
 * Goes the way to the server by hand, as far as the login: the name, TCP, TLS, the greeting, the ways to log in. Nothing secret
 * is sent.
 *
 * @param now - milliseconds
 * @returns whether the login may be tried
 */
export async function* reachServer(account: ImapAccount, now: () => number): AsyncGenerator<CheckedStep, boolean> {
  const way = new WayToServer(account)
  try {
    for (const [step, go] of way.steps()) {
      const began = now()
      try {
        yield checkedStep(step, now() - began, await go())
      } catch (error) {
        if (!(error instanceof StepFailed)) throw error
        yield checkedStep(step, now() - began, error.told)
        return false
      }
    }
    return true
  } finally {
    way.end()
  }
}

type Step = readonly [step: CheckupStep, go: () => Promise<Told>]

class WayToServer {
  readonly #account: ImapAccount
  #socket: Socket | null = null
  #lines: WireLines | null = null

  constructor(account: ImapAccount) {
    this.#account = account
  }

  steps(): readonly Step[] {
    const greeting: Step = ['greeting', () => this.#greet()]
    const mechanisms: Step = ['mechanisms', () => this.#askMechanisms()]
    const first: readonly Step[] = [
      ['name', () => this.#lookUp()],
      ['tcp', () => this.#connect()],
    ]
    switch (this.#account.security) {
      case 'tls':
        return [...first, ['tls', () => this.#secure()], greeting, mechanisms]
      case 'starttls':
        return [...first, greeting, ['tls', () => this.#startTls()], mechanisms]
      default:
        return [...first, greeting, mechanisms]
    }
  }

  end(): void {
    this.#socket?.destroy()
  }

  async #lookUp(): Promise<Told> {
    const { host } = this.#account
    if (isIP(host) > 0) return { found: `${host} is an address`, facts: { addresses: [host] } }
    try {
      const addresses = (await lookup(host, { all: true })).map(({ address }) => address)
      return { found: `${host} is ${addresses.join(', ')}`, facts: { addresses } }
    } catch (error) {
      throw this.#troubleOf(error)
    }
  }

  #connect(): Promise<Told> {
    const { host, port, timeouts } = this.#account
    const socket = connect({ host, port })
    this.#socket = socket
    return new Promise((resolve, reject) => {
      const address = addressOf(this.#account)
      socket.setTimeout(timeouts.connect, () =>
        reject(
          failed(
            'CONNECT_FAILED',
            `${address}: no connection within ${timeouts.connect / 1000} s`,
            'Check host and port; a firewall may be on the way.',
          ),
        ),
      )
      socket.once('error', (error) => reject(this.#troubleOf(error)))
      socket.once('connect', () => {
        socket.setTimeout(0)
        // Without a listener a later error would end the process.
        socket.on('error', () => {})
        const { remoteAddress = host } = socket
        resolve({ found: `${remoteAddress} port ${port} accepts connections`, facts: { address: remoteAddress, port } })
      })
    })
  }

  #troubleOf(error: unknown): unknown {
    const trouble = readTrouble(error, NOTHING_HEARD, 'connecting')
    if (trouble === null) return error
    const { code, message, hint } = errorFor(trouble, {
      account: this.#account,
      folder: null,
      wasReached: false,
      now: 0,
    })
    return failed(code, message, hint)
  }

  async #greet(): Promise<Told> {
    const lines = this.#listen()
    const line = await lines.next()
    const [, kind = '', text = ''] = /^\* (OK|PREAUTH|BYE)\b ?(.*)$/i.exec(line ?? '') ?? []
    const said = text.replace(/^\[[^\]]*\] ?/, '')
    const at = addressOf(this.#account)
    if (/^bye$/i.test(kind))
      throw failed('CONNECT_FAILED', `${at}: the server sends away whoever comes: "${said}"`, 'Try again later.')
    if (kind !== '') return { found: `"${said}"`, facts: { greeting: said, preauth: /^preauth$/i.test(kind) } }
    const who = await whoAnswers(this.#account)
    throw failed(
      'CONNECT_FAILED',
      `${at}: no greeting of an IMAP server (${who})`,
      'Check host and port: IMAP with TLS is on 993 (imaps://), with STARTTLS on 143 (imap://).',
    )
  }

  #listen(): WireLines {
    if (this.#socket === null) throw new TypeError('nothing is connected')
    this.#lines ??= new WireLines(this.#socket, this.#account.timeouts.greeting)
    return this.#lines
  }

  async #capabilities(): Promise<readonly string[]> {
    const answers = (await this.#listen().ask('CAPABILITY')) ?? []
    return answers
      .flatMap((line) => (/^\* CAPABILITY (.*)$/i.exec(line)?.[1] ?? '').toUpperCase().split(' '))
      .filter((name) => name !== '')
  }

  async #askMechanisms(): Promise<Told> {
    const names = await this.#capabilities()
    const mechanisms = names.filter((name) => name.startsWith('AUTH=')).map((name) => name.slice('AUTH='.length))
    const takesLogin = !names.includes('LOGINDISABLED')
    const all = [...mechanisms, ...(takesLogin ? ['the LOGIN command'] : [])]
    const facts = { mechanisms, login: takesLogin }
    if (all.length > 0) return { found: all.join(', '), facts }
    throw failed(
      'AUTH_FAILED',
      'the server offers no way to log in',
      'Use TLS (imaps://): many servers take no password without it.',
      facts,
    )
  }

  async #startTls(): Promise<Told> {
    const at = addressOf(this.#account)
    if (!(await this.#capabilities()).includes('STARTTLS'))
      throw failed(
        'CONNECT_FAILED',
        `${at}: the server offers no STARTTLS, and nothing is sent without encryption`,
        'Use TLS (imaps://), or, where the network is safe, allow it: ?tls=none.',
      )
    if ((await this.#listen().ask('STARTTLS')) === null)
      throw failed('CONNECT_FAILED', `${at}: the server refuses STARTTLS`, 'Use TLS (imaps://).')
    this.#lines?.release()
    this.#lines = null
    return this.#secure()
  }

  async #secure(): Promise<Told> {
    const { host, tls, timeouts } = this.#account
    const passphrase = tls.client?.passphrase ? await tls.client.passphrase() : null
    const servername = tls.servername ?? host
    const socket = connectTls({
      ...tlsOptions(this.#account, passphrase),
      ...(this.#socket === null ? {} : { socket: this.#socket }),
      host,
      ...(isIP(servername) > 0 ? {} : { servername }),
      rejectUnauthorized: false,
    })
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(
        () =>
          reject(
            failed(
              'CONNECT_FAILED',
              `no TLS within ${timeouts.connect / 1000} s`,
              'Is it a port for TLS? STARTTLS is asked for by imap://.',
            ),
          ),
        timeouts.connect,
      )
      socket.once('secureConnect', () => resolve(clearTimeout(late)))
      socket.once('error', (error) => reject(this.#troubleOf(error)))
    })
    socket.on('error', () => {})
    this.#socket = socket
    const told = judgeCertificate(socket, servername, this.#account)
    if (told.code !== undefined) throw new StepFailed(told)
    return told
  }
}
