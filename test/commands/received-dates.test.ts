import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hasCourier, startCourier } from '../support/courier.js'
import { hasCyrus, startCyrus } from '../support/cyrus.js'
import { isToBeTested, type TestServer } from '../support/daemon.js'
import { hasDovecot, startDovecot } from '../support/dovecot.js'
import { mail, writeMaildir } from '../support/maildir-mail.js'
import { makeWorkplace, type Workplace } from '../support/run-program.js'

let place: Workplace
beforeEach(async () => {
  place = await makeWorkplace()
})
afterEach(() => place[Symbol.asyncDispose]())

/** What each server puts another date in the place of: one that is yet to come, or the first second of all. */
const SERVERS: readonly (readonly [string, boolean, () => Promise<TestServer>, number, string])[] = [
  ['Dovecot', hasDovecot, () => startDovecot(), 4_000_000_000, '2096-10-02T07:06:40Z'],
  ['Cyrus', hasCyrus, () => startCyrus(), 0, '1970-01-01T00:00:00Z'],
  ['Courier', hasCourier, () => startCourier(), 0, '1970-01-01T00:00:00Z'],
]

describe.each(SERVERS)('a received date that %s does not keep (scripts/install-test-servers.sh)', (...given) => {
  const [, isThere, start, received, shown] = given
  describe.skipIf(!isToBeTested(isThere))('', () => {
    let server: TestServer
    beforeAll(async () => {
      server = await start()
    })
    afterAll(() => server?.[Symbol.asyncDispose]())

    it('is told in result and CSV, and the copy is not made again', async () => {
      writeMaildir(join(place.path, 'm'), { INBOX: [mail(1), mail(2, { received }), mail(3)] })
      const account = `imap://alice@127.0.0.1:${server.port}`
      const sync = async () => {
        const args = ['sync', 'maildir:m', account, '--yes', '--json', '--save', 'steps.csv']
        const run = await place.run(args, { MBAUDIT_PASSWORD: 'secret' })
        expect([run.status, run.stderr.match(/^(error|problem).*/m)]).toEqual([0, null])
        return { ...run, document: JSON.parse(run.stdout) }
      }
      const first = await sync()
      expect(first.document.summary).toMatchObject({ done: 3, verified: 3, alteredByServer: 0, redatedByServer: 1 })
      const words = new RegExp(`^the store has the received date \\S+Z instead of ${shown}$`)
      const reasons = first.document.steps.map(({ reason }: { reason: string | null }) => reason)
      expect(reasons.filter((reason: string | null) => reason !== null)).toEqual([expect.stringMatching(words)])
      expect(readFileSync(join(place.path, 'steps.csv'), 'utf8')).toContain(`instead of ${shown}`)
      expect(first.stderr).toContain('1 given another received date by the server')
      const again = await sync()
      expect([again.document.run, again.document.steps]).toEqual([null, []])
      const told = await place.run(['runs', first.document.run, '--json'])
      expect(JSON.parse(told.stdout).summary.redatedByServer).toBe(1)
    })
  })
})
