import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isToBeTested } from '../support/daemon.js'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.js'
import { makeWorkplace, type Workplace } from '../support/run-program.js'

const PRELOADED = new URL('../support/peak-memory.js', import.meta.url).href
const SIZE = 52 << 20
/** Of which some 105 MB are what a small sync has, and as much as one message what was not yet collected. */
const MOST = 250 << 20

let dovecot: Dovecot
let place: Workplace
beforeAll(async () => {
  dovecot = await startDovecot()
  place = await makeWorkplace()
  makeMaildir('m', '\n')
  makeMaildir('crlf', '\r\n')
})
afterAll(async () => {
  await place?.[Symbol.asyncDispose]()
  await dovecot?.[Symbol.asyncDispose]()
})

/** A Maildir with one large message. */
function makeMaildir(name: string, lineEnd: '\n' | '\r\n' | null): void {
  for (const room of ['cur', 'new', 'tmp']) mkdirSync(join(place.path, name, room), { recursive: true })
  if (lineEnd === null) return
  const head = ['Message-ID: <large@example.org>', 'Date: Mon, 1 Jan 2024 10:00:00 +0000', 'Subject: large', '', '']
  const line = 'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAx'
  const message = Buffer.concat([Buffer.from(head.join(lineEnd)), Buffer.alloc(SIZE, line + lineEnd)])
  writeFileSync(join(place.path, name, 'cur/1700000000.M1.here:2,S'), message)
}

const account = (user: string): string => `imap://${user}@127.0.0.1:${dovecot.port}`

/** @returns the most memory that the sync had, in octets */
async function peakOfSync(master: string, slave: string): Promise<number> {
  const peak = join(place.path, 'peak')
  const env = { NODE_OPTIONS: `--import=${PRELOADED}`, PEAK_MEMORY: peak, MBAUDIT_PASSWORD: 'secret' }
  const run = await place.run(['sync', master, slave, '--yes', '--json'], env)
  expect([run.status, JSON.parse(run.stdout).summary.verified]).toEqual([0, 1])
  return Number(readFileSync(peak, 'utf8')) * 1_024
}

describe.skipIf(!isToBeTested(hasDovecot))('a message of 52 MB (scripts/install-test-servers.sh)', () => {
  it.each([
    ['a Maildir to an account', 'maildir:m', () => account('a')],
    ['a Maildir with CRLF to an account', 'maildir:crlf', () => account('b')],
    ['an account to a Maildir', () => account('a'), 'maildir:back'],
    ['an account to an account', () => account('a'), () => account('c')],
    ['a Maildir to an mbox', 'maildir:m', 'mbox:out.mbox'],
  ])(
    'goes from %s in less than 250 MB',
    async (_, master, slave) => {
      makeMaildir('back', null)
      writeFileSync(join(place.path, 'out.mbox'), '')
      const told = (store: string | (() => string)): string => (typeof store === 'string' ? store : store())
      expect(await peakOfSync(told(master), told(slave))).toBeLessThan(MOST)
    },
    120_000,
  )
})
