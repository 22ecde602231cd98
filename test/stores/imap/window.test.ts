import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isToBeTested } from '../../support/daemon.js'
import { type Dovecot, hasDovecot, startDovecot } from '../../support/dovecot.js'
import { dovecotMaker } from '../../support/dovecot-maker.js'
import { accountAt } from '../../support/imap-accounts.js'
import { openAccount } from '../../support/imap-store.js'
import { scan } from '../../support/scanning.js'
import { mail } from '../../support/store-law.js'

describe.runIf(isToBeTested(hasDovecot))('a folder that stands at its provider’s window (Dovecot)', () => {
  let dovecot: Dovecot
  beforeAll(async () => {
    dovecot = await startDovecot({ separator: '.' })
  })
  afterAll(() => dovecot[Symbol.asyncDispose]())

  it.each([
    [[3], true],
    [[2, 4], false],
  ])('of %s: not read in full, if it has three messages: %s', async (windows, isMet) => {
    const made = await dovecotMaker(() => dovecot).make(
      [1, 2, 3].map((n) => ({ raw: mail(n) })),
      [],
    )
    await using opened = await made.open()
    if (opened.spec.type !== 'imap') throw new Error('no account')
    const { preset } = accountAt(1, { host: 'imap.mail.yahoo.com' })
    const account = { ...opened.spec.account, preset: preset && { ...preset, windows } }
    await using store = await openAccount(account)
    await using scanned = await scan(store)
    expect(scanned.problems.map(({ code }) => code)).toEqual(isMet ? ['UNREADABLE'] : [])
    expect(scanned.summary.messages).toBe(3)
    await made.dispose()
  })
})
