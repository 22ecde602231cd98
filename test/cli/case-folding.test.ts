import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { caseFolding } from '../../src/cli/case-folding.js'
import { openStore } from '../../src/stores/drivers.js'
import { makeMemoryStore } from '../../src/stores/memory/store.js'
import { folderName } from '../../src/stores/store.js'
import { accountAt } from '../support/imap-accounts.js'
import { openAccount } from '../support/imap-store.js'
import { startSmallImap } from '../support/small-imap.js'

/** @param answer - what the store says when it is asked; asked folders are kept */
function side(folders: readonly string[], answer: boolean) {
  const asked: string[] = []
  const store = {
    ...makeMemoryStore({}),
    foldsCase: async (folder: string) => {
      asked.push(folder)
      return answer
    },
  }
  return { store, folders: folders.map(folderName), asked }
}

describe('stores that cannot tell names apart by case', () => {
  it('are not asked where no names differ in case alone', async () => {
    const [master, slave] = [side(['INBOX', 'Work'], true), side(['Inbox', 'Work', 'Old'], true)]
    expect(await caseFolding(master, slave)).toEqual({ master: false, slave: false })
    expect([...master.asked, ...slave.asked]).toEqual([])
  })

  it('are asked about the name that matters, or about any other where they have none', async () => {
    const slave = side(['INBOX', 'Archive', 'Trash'], true)
    expect(await caseFolding(side(['Trash', 'trash'], true), slave)).toEqual({ master: false, slave: true })
    expect(slave.asked).toEqual(['Trash'])
    const other = side(['INBOX', 'Archive'], true)
    expect(await caseFolding(side(['Trash', 'trash'], true), other)).toEqual({ master: false, slave: true })
    expect(other.asked).toEqual(['Archive'])
  })

  it('a server is such a one where it knows a folder by its name in the other case', async () => {
    for (const folds of [true, false]) {
      await using server = await startSmallImap({
        on: ({ command, line, send, ok, no }) => {
          if (command === 'LIST' && /[*%]/.test(line)) {
            for (const name of ['INBOX', 'Trash']) send(`* LIST () "/" ${name}\r\n`)
            ok()
            return true
          }
          if (command !== 'STATUS') return false
          const knows = /Trash/.test(line) || (folds && /tRASH/.test(line))
          if (knows) send('* STATUS Trash (MESSAGES 0)\r\n')
          if (knows) ok()
          else no('[NONEXISTENT] no such mailbox')
          return true
        },
      })
      await using store = await openAccount(accountAt(server.port))
      await store.list()
      expect(await store.foldsCase?.(folderName('Trash'))).toBe(folds)
      expect(await store.foldsCase?.(folderName('INBOX'))).toBe(false)
    }
  })

  it('a Maildir on a file system that tells them apart is none', async () => {
    const path = mkdtempSync(join(tmpdir(), 'mbaudit-case-'))
    try {
      for (const folder of ['', '.Work']) mkdirSync(join(path, folder, 'cur'), { recursive: true })
      await using store = await openStore({ name: 'mail', type: 'maildir', path, options: {} })
      expect(await store.foldsCase?.(folderName('Work'))).toBe(false)
    } finally {
      rmSync(path, { recursive: true })
    }
  })
})
