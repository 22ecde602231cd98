import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from '../../src/stores/store.js'
import type { TestServer } from './daemon.js'
import { asCrlf } from './dovecot-maker.js'
import { accountAt } from './imap-accounts.js'
import { openAccount } from './imap-store.js'
import { openForWriting } from './imap-writing.js'
import { connectRaw, type RawImap } from './raw-imap.js'
import type { WritingMaker } from './writing-place.js'

let users = 0

/**
 * Makes accounts on a server where every user is known; what other programs do is done by another client.
 *
 * @param only - the one user where there is no other: the account is emptied each time
 */
export function accountMaker(server: () => Pick<TestServer, 'port'>, only?: string): WritingMaker {
  return {
    given: asCrlf,
    make: async () => {
      const user = only ?? `written${++users}`
      if (only !== undefined) await empty(server().port, only)
      const scratch = mkdtempSync(join(tmpdir(), 'mbaudit-scratch-'))
      const opened: Store[] = []
      const account = () => accountAt(server().port, { user })
      const keep = <Opened extends Store>(store: Opened): Opened => {
        opened.push(store)
        return store
      }
      const withOther = async (folder: string, raw: Buffer, act: (other: RawImap, uid: string) => Promise<unknown>) => {
        await using other = await connectRaw(server().port, user)
        await other.command('SELECT', `"${folder}"`)
        const subject = /^Subject: (.*?)\r?$/m.exec(raw.toString('latin1'))?.[1] ?? ''
        const found = await other.command('UID SEARCH', 'HEADER SUBJECT', `"${subject}"`)
        await act(other, /SEARCH (\d+)/.exec(found)?.[1] ?? '')
      }
      return {
        root: null,
        scratch,
        open: async () => keep(await openAccount(account())),
        openForWriting: async () => keep(await openForWriting(account())),
        reflag: (folder, raw, flags) =>
          withOther(folder, raw, (other, uid) => other.command('UID STORE', uid, 'FLAGS', `(${flags.join(' ')})`)),
        remove: (folder, raw) =>
          withOther(folder, raw, async (other, uid) => {
            await other.command('UID STORE', uid, '+FLAGS', '(\\Deleted)')
            await other.command('UID EXPUNGE', uid)
          }),
        exchange: null,
        crashAt: null,
        dispose: async () => {
          for (const store of opened) await store[Symbol.asyncDispose]()
          rmSync(scratch, { recursive: true, force: true })
        },
      }
    },
  }
}

/** Takes away all folders but INBOX, the innermost first, and all messages of that. */
async function empty(port: number, user: string): Promise<void> {
  await using other = await connectRaw(port, user)
  const listed = await other.command('LIST', '""', '*')
  const names = [...listed.matchAll(/^\* LIST \(.*?\) "." (.*?)\r$/gm)].map(([, name = '']) => name)
  for (const name of names.sort((a, b) => b.length - a.length)) {
    if (!/^"?INBOX"?$/i.test(name)) await other.command('DELETE', name).catch(() => undefined)
  }
  await other.command('SELECT', 'INBOX')
  await other.command('STORE', '1:*', '+FLAGS', '(\\Deleted)').catch(() => undefined)
  await other.command('EXPUNGE')
}
