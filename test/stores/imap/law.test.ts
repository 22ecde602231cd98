import { afterAll, beforeAll, describe } from 'vitest'
import { isToBeTested } from '../../support/daemon.js'
import { type Dovecot, hasDovecot, startDovecot } from '../../support/dovecot.js'
import { dovecotMaker } from '../../support/dovecot-maker.js'
import { storeLaw } from '../../support/store-law.js'

describe.skipIf(!isToBeTested(hasDovecot))('imap on Dovecot (scripts/install-test-servers.sh)', () => {
  let dovecot: Dovecot
  beforeAll(async () => {
    dovecot = await startDovecot({ separator: '.' })
  })
  afterAll(() => dovecot?.[Symbol.asyncDispose]())

  storeLaw(
    dovecotMaker(() => dovecot),
    {
      'gives back NUL octets': 'Dovecot shows a NUL as 0x80, since IMAP has no NUL in literals (RFC 9051 §4.3)',
      'has a folder with / in its name': 'a Dovecot on Maildir keeps folders as directories, whose names have no /',
      'changes nothing by reading': 'Dovecot keeps indexes beside the mail: servers.test.ts looks at the mail alone',
    },
  )
})
