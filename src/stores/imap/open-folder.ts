import type { ImapFlow, MailboxObject, MailboxOpenOptions } from 'imapflow'
import { answerOf } from './trouble.js'

export interface OpenOptions {
  /** SELECT instead of EXAMINE. */
  readonly forWriting?: boolean
  /** QRESYNC: what is already known of the folder. */
  readonly known?: Pick<MailboxOpenOptions, 'changedSince' | 'uidValidity'>
  /** A folder that the connection has open already is not opened anew. */
  readonly mayBeOpen?: boolean
}

/** Opens a folder without the LIST that imapflow sends before a folder it has not seen. */
export async function openFolder(client: ImapFlow, path: string, options: OpenOptions): Promise<MailboxObject> {
  const { forWriting = false, known, mayBeOpen = false } = options
  const { mailbox } = client
  if (mayBeOpen && mailbox && mailbox.path === path && !(forWriting && mailbox.readOnly)) return mailbox
  if ('folders' in client && client.folders instanceof Map && !client.folders.has(path))
    client.folders.set(path, { path })
  const opened = await client.mailboxOpen(path, { readOnly: !forWriting, ...known })
  return answerOf(client, opened, forWriting ? 'SELECT' : 'EXAMINE')
}
