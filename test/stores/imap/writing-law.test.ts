import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import { hasCourier, startCourier } from '../../support/courier.js'
import { hasCyrus, startCyrus } from '../../support/cyrus.js'
import { isToBeTested, type TestServer } from '../../support/daemon.js'
import { type Dovecot, type DovecotOptions, hasDovecot, startDovecot } from '../../support/dovecot.js'
import { accountMaker } from '../../support/dovecot-writing.js'
import { writingLaw } from '../../support/writing-law.js'

type Exceptions = Parameters<typeof writingLaw>[1]

const OF_ITS_OWN = 'Cyrus makes Archive, Drafts and others of its own, that the clause does not expect'
const NEVER_OTHER = 'a UID names one message for ever; that its UIDVALIDITY holds is seen in writing.test.ts'
const ALWAYS: Exceptions = {
  'keeps NUL octets': 'Dovecot shows a NUL as 0x80, since IMAP has no NUL in literals (RFC 9051 §4.3)',
  'keeps an empty message': 'Dovecot refuses it',
  'leaves alone what is gone, and what is another message now': NEVER_OTHER,
}
const NO_DOTS: Exceptions = {
  'makes a folder with dots in its name': 'Maildir++ has dots between the levels of its names; the server says so',
  'makes a folder called as a message': 'Maildir++ has dots between the levels of its names; the server says so',
}

const MBOX_DROPS = 'Dovecot keeps fields of its own under these names in an mbox, and shows none'
const MBOX_ENDS = 'Dovecot ends a header and a message by a line ending in an mbox'
const MBOX_TREE = 'a Dovecot on mbox files has no folder in a folder with mail'
const NO_PARENTS = "Dovecot has no folder called '..'"
const MARKED = 'without UIDPLUS messages are marked and not expunged (writing.test.ts)'

const KINDS: readonly { readonly name: string; readonly options: DovecotOptions; readonly exceptions?: Exceptions }[] =
  [
    { name: 'a Maildir, / between levels', options: {}, exceptions: NO_DOTS },
    {
      name: 'a Maildir, . between levels, below INBOX',
      options: { separator: '.', prefix: 'INBOX.' },
      exceptions: {
        'makes a folder with / in its name': 'a Dovecot on Maildir has directories, whose names have no /',
      },
    },
    {
      name: 'mbox files',
      options: { storage: 'mbox' },
      exceptions: {
        'keeps a message without a final newline': MBOX_ENDS,
        'keeps an empty body': MBOX_ENDS,
        'keeps a message of headers alone': MBOX_ENDS,
        'keeps fields of other stores that a message brings': MBOX_DROPS,
        'makes a folder with dots in its name': NO_PARENTS,
        'has empty folders, with empty folders in them, when opened again': MBOX_TREE,
        'takes away a folder that is empty, once or twice': MBOX_TREE,
        'renames a folder with the folders in it': MBOX_TREE,
      },
    },
    {
      name: 'nothing but IMAP4rev1',
      options: { storage: 'sdbox', capability: 'IMAP4rev1' },
      exceptions: {
        'makes a folder with dots in its name': NO_PARENTS,
        'deletes what it is told to and nothing else': MARKED,
        'deletes what another program gave other flags meanwhile': MARKED,
        'does not find what another program took away meanwhile': MARKED,
      },
    },
  ]

describe.each(KINDS)('writing to Dovecot with $name (scripts/install-test-servers.sh)', ({ options, exceptions }) => {
  describe.skipIf(!isToBeTested(hasDovecot))('account', () => {
    let dovecot: Dovecot
    beforeAll(async () => {
      dovecot = await startDovecot(options)
    })
    afterAll(() => dovecot?.[Symbol.asyncDispose]())
    writingLaw(
      accountMaker(() => dovecot),
      { ...ALWAYS, ...exceptions },
    )
  })
})

describe.skipIf(!isToBeTested(hasCyrus))('writing to Cyrus (scripts/install-test-servers.sh)', () => {
  let cyrus: TestServer
  beforeAll(async () => {
    cyrus = await startCyrus()
  })
  afterAll(() => cyrus?.[Symbol.asyncDispose]())
  writingLaw(
    accountMaker(() => cyrus),
    {
      'keeps 8-bit octets': 'Cyrus puts X in the place of 8-bit octets in a header',
      'keeps an empty message': 'Cyrus refuses it',
      'leaves alone what is gone, and what is another message now': NEVER_OTHER,
      'makes a folder with a backslash in its name': 'Cyrus has no such names',
      'has empty folders, with empty folders in them, when opened again': OF_ITS_OWN,
      'takes away a folder that is empty, once or twice': OF_ITS_OWN,
      'renames a folder with the folders in it': OF_ITS_OWN,
    },
  )
})

describe.skipIf(!isToBeTested(hasCourier))('writing to Courier (scripts/install-test-servers.sh)', () => {
  let courier: TestServer
  beforeAll(async () => {
    courier = await startCourier()
  })
  afterAll(() => courier?.[Symbol.asyncDispose]())
  writingLaw(
    accountMaker(() => courier, { user: 'alice', empty: () => emptyMaildir(join(courier.directory, 'alice/Maildir')) }),
    {
      'keeps a message without a final newline': 'Courier adds it',
      'keeps an empty message': 'Courier stores an empty line',
      'leaves alone what is gone, and what is another message now': NEVER_OTHER,
      'makes a folder with / in its name': 'Courier has directories, whose names have no /',
    },
  )
})

/** As it was when nobody had logged in yet. */
function emptyMaildir(path: string): void {
  for (const name of readdirSync(path, 'latin1')) {
    if (!['cur', 'new', 'tmp'].includes(name)) rmSync(Buffer.from(join(path, name), 'latin1'), { recursive: true })
  }
  for (const name of ['cur', 'new', 'tmp'])
    for (const file of readdirSync(join(path, name))) rmSync(join(path, name, file))
}
