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
 * @param only - the one user where there is no other, and what empties the account
 */
export function accountMaker(
  server: () => Pick<TestServer, 'port'>,
  only?: { readonly user: string; empty(): void },
): WritingMaker {
  return {
    given: asCrlf,
    make: async () => {
      const user = only?.user ?? `written${++users}`
      only?.empty()
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
