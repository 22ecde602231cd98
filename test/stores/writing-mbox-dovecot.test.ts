import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Work } from '../../src/stores/writable.js'
import { openWritableStore } from '../../src/stores/writable-drivers.js'
import { isRoot, isToBeTested } from '../support/daemon.js'
import { type Dovecot, dovecotUser, hasDovecot, startDovecot } from '../support/dovecot.js'
import { accountAt } from '../support/imap-accounts.js'
import { openAccount } from '../support/imap-store.js'
import { mail, scanFolder } from '../support/store-law.js'
import { INBOX, newToken, outgoing } from '../support/writing-place.js'

let dovecot: Dovecot
beforeAll(async () => {
  if (hasDovecot) dovecot = await startDovecot({ storage: 'mbox' })
}, 60_000)
afterAll(async () => {
  if (hasDovecot) await dovecot[Symbol.asyncDispose]()
})

function own(path: string): void {
  if (isRoot) chownSync(path, dovecotUser(), dovecotUser())
}

/** Dovecot forgets keywords that the file does not list in its X-IMAPbase, which is Dovecot's own. */
const system = (flags: readonly string[]): string[] =>
  flags.filter((flag) => flag.startsWith('\\') && flag !== '\\Recent').sort()

/** What Dovecot shows of the INBOX. */
async function shown(user: string) {
  await using store = await openAccount(accountAt(dovecot.port, { user }))
  await using folder = await store.open(INBOX)
  const { copies } = await scanFolder(folder, undefined, 'bodies')
  return copies.map(({ facts, flags, received, body }) => ({
    subject: facts.subject,
    wire: body?.wire ?? facts.wire,
    flags: system(flags),
    received,
  }))
}

describe.skipIf(!isToBeTested(hasDovecot))('an mbox that Dovecot serves', () => {
  it.each(['mboxrd', 'mboxcl2'])('(%s) shows what was written, and goes on being written to', async (variant) => {
    const user = `writer-${variant}`
    mkdirSync(dovecot.home(user))
    own(dovecot.home(user))
    const path = join(dovecot.home(user), 'inbox.mbox')
    writeFileSync(path, '')
    own(path)
    const scratch = join(dovecot.directory, `scratch-${variant}`)
    mkdirSync(scratch)
    await using store = await openWritableStore({ name: 'm', type: 'mbox', path, options: { variant } }, false)
    const work = async (wanted: Work) => {
      await using folder = await store.openForWriting(INBOX)
      return folder.carryOut(wanted, await folder.prepare(wanted, scratch))
    }
    // With a bare separator in it, where a message of an mboxcl2 ends is in doubt: it would not be deleted.
    const from = variant === 'mboxrd' ? 'From a@b Mon Jan  1 10:00:00 2024\nSubject: no' : 'From here on'
    const bodies = ['plain\n', `above\n\n${from}\n\nbelow\n`, 'no newline', '']
    const messages = bodies.map((body, n) => outgoing(mail(n, body), { flags: FLAGS[n] ?? [] }))
    await work({ kind: 'append', messages })
    const wanted = messages.map(({ wire, flags, received }, n) => ({
      ...{ subject: `Mail ${n}`, wire, flags: system(flags), received },
    }))
    expect(await shown(user)).toEqual(wanted)
    expect(readFileSync(path, 'latin1')).toContain('X-UID: 4')

    const { copies } = await scanFolder(await store.open(INBOX))
    expect(copies.map(({ flags }) => system(flags))).toEqual(wanted.map(({ flags }) => flags))
    const changes = copies.map(({ locator, facts }, n) => ({
      ...{ token: newToken(), locator, wire: facts.wire },
      flags: n === 1 ? null : { add: ['\\Flagged'], remove: ['\\Seen'] },
    }))
    const outcomes = await work({ kind: 'change', changes })
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done', 'done'])
    await work({ kind: 'append', messages: [outgoing(mail(9))] })
    const now = await shown(user)
    expect(now.map(({ subject }) => subject)).toEqual(['Mail 0', 'Mail 2', 'Mail 3', 'Mail 9'])
    expect(now.map(({ flags }) => flags)).toEqual([
      ['\\Flagged'],
      ['\\Answered', '\\Deleted', '\\Draft', '\\Flagged'],
      ['\\Flagged'],
      [],
    ])
  })
})

const FLAGS = [['\\Seen', 'todo', '$Label1'], ['\\Flagged'], ['\\Answered', '\\Draft', '\\Deleted', '\\Seen'], []]
