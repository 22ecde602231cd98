import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Dovecot } from './dovecot.js'
import { own } from './dovecot-maker.js'
import type { MailFolders } from './maildir-mail.js'
import { connectRaw } from './raw-imap.js'

/** Puts mail into an account of a Dovecot with Maildirs by its files, as a delivery agent does. */
export function fillAccount(dovecot: Dovecot, user: string, folders: MailFolders): void {
  for (const [folder, messages] of Object.entries(folders)) {
    const below = folder === 'INBOX' ? '' : `.${folder.replaceAll('/', '.')}`
    const directory = join(dovecot.home(user), 'Maildir', below)
    for (const sub of ['cur', 'new', 'tmp']) mkdirSync(join(directory, sub), { recursive: true })
    messages.forEach(({ text, flags, received }, at) => {
      const name = join(directory, 'cur', `${received}.M${at}P1.host:2,${flags}`)
      writeFileSync(name, text)
      utimesSync(name, received, received)
    })
  }
  own(dovecot.home(user))
}

/**
 * Everything that an account shows, by another client's eyes: a line a message with flags, INTERNALDATE and text, sorted; by
 * folder. Folders with nothing in them are left out.
 */
export async function readAccount(port: number, user: string): Promise<Record<string, string[]>> {
  await using raw = await connectRaw(port, user)
  const listed = await raw.command('LIST', '""', '"*"')
  const names = [...listed.matchAll(/^\* LIST \(([^)]*)\) (?:"."|NIL) ("[^"]*"|\S+)\r$/gm)]
  const found: Record<string, string[]> = {}
  for (const [, attributes = '', quoted = ''] of names) {
    if (/\\Noselect|\\NonExistent/i.test(attributes)) continue
    await raw.command('EXAMINE', quoted)
    const lines = messagesIn(await raw.command('UID', 'FETCH', '1:*', '(FLAGS INTERNALDATE BODY.PEEK[])'))
    if (lines.length > 0) found[quoted.replace(/^"|"$/g, '')] = lines.sort()
  }
  return found
}

const HEAD = /\* \d+ FETCH \(([^{]*)BODY\[\] \{(\d+)\}\r\n/g

function messagesIn(answer: string): string[] {
  const lines: string[] = []
  for (const match of answer.matchAll(HEAD)) {
    const [head, items = '', size = '0'] = match
    const start = match.index + head.length
    const flags = /FLAGS \(([^)]*)\)/.exec(items)?.[1] ?? ''
    const date = /INTERNALDATE "([^"]*)"/.exec(items)?.[1] ?? ''
    const shown = flags.split(' ').filter((flag) => flag !== '' && flag !== '\\Recent')
    lines.push(`${shown.sort().join(' ')} ${date} ${answer.slice(start, start + Number(size))}`)
  }
  return lines
}
