import { chownSync, lchownSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Store } from '../../src/stores/store.js'
import { isRoot } from './daemon.js'
import { type Dovecot, dovecotUser } from './dovecot.js'
import { accountAt } from './imap-accounts.js'
import { openAccount } from './imap-store.js'
import type { LawMessage, MadeStore, StoreMaker } from './store-law.js'
import { maildirPlusPlus } from './store-makers.js'

let users = 0

/** Makes accounts on a Dovecot that has `.` between the levels of names: each a user whose Maildir is written as files. */
export function dovecotMaker(dovecot: () => Dovecot): StoreMaker {
  return {
    given: asCrlf,
    make: async (messages, emptyFolders) => {
      const made = await maildirPlusPlus.make(messages, emptyFolders)
      const root = made.root ?? ''
      const user = `user${++users}`
      mkdirSync(dovecot().home(user))
      own(dovecot().home(user))
      symlinkSync(root, join(dovecot().home(user), 'Maildir'))
      own(root)
      return accountOf(made, root, () => openAccount(accountAt(dovecot().port, { user })))
    },
  }
}

/** IMAP gives every line with CRLF. */
export const asCrlf = (raw: Buffer): Buffer =>
  Buffer.from(raw.toString('latin1').replace(/(?<!\r)\n/g, '\r\n'), 'latin1')

function accountOf(made: MadeStore, root: string, open: () => Promise<Store>): MadeStore {
  const opened: Store[] = []
  const owned = async (change: Promise<void>) => {
    await change
    own(root)
  }
  return {
    // Dovecot keeps indexes of its own there.
    root: null,
    open: async () => {
      const store = await open()
      opened.push(store)
      return store
    },
    add: (message: LawMessage) => owned(made.add(message)),
    remove: made.remove,
    reflag: (folder, raw, flags) => owned(made.reflag(folder, raw, flags)),
    removeFolder: made.removeFolder,
    addUnreadable: async () => {
      const path = join(root, 'cur', '1800000000.M1P1.host.example:2,S')
      writeFileSync(path, 'Subject: not to be read\n\n', { mode: 0 })
    },
    dispose: async () => {
      for (const store of opened) await store[Symbol.asyncDispose]()
      await made.dispose()
    },
  }
}

/** Gives Dovecot what root wrote. */
export function own(path: string): void {
  if (!isRoot) return
  const id = dovecotUser()
  chownSync(path, id, id)
  for (const entry of readdirSync(path, { withFileTypes: true, encoding: 'latin1' })) {
    const inside = join(path, entry.name)
    if (entry.isDirectory()) own(inside)
    else lchownSync(inside, id, id)
  }
}
