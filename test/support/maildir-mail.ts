import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { message } from './small-mail.js'

/** A message of a Maildir that a test makes. */
export interface Mail {
  readonly text: string
  /** Letters of the info: `FRS`. */
  readonly flags: string
  /** Seconds. */
  readonly received: number
}

/** Folders and what is in them; `INBOX` is the top, `Archive/2001` is Maildir++. */
export type MailFolders = Readonly<Record<string, readonly Mail[]>>

const FIRST = 1_500_000_000

/** A message like no other number's; every octet of it is fixed. */
export function mail(
  number: number,
  changed: Partial<Mail> & { readonly id?: string | null; readonly body?: string } = {},
): Mail {
  const {
    id = `<${number}@example.org>`,
    body = `This is message ${number}.\nFrom here on nothing is said.\n`,
    ...mail
  } = changed
  const fields = {
    From: `Ana <ana${number}@example.org>`,
    To: 'bob@example.org',
    Subject: `Number ${number}`,
    Date: new Date((FIRST + number * 60) * 1000).toUTCString().replace('GMT', '+0000'),
    ...(id === null ? {} : { 'Message-ID': id }),
  }
  return { text: message(fields, body), flags: 'S', received: FIRST + number * 60 + 5, ...mail }
}

export const mails = (from: number, to: number): Mail[] => Array.from({ length: to - from }, (_, i) => mail(from + i))

let serial = 0

/** Writes a Maildir++; what is there stays. */
export function writeMaildir(path: string, folders: MailFolders): string {
  for (const [folder, messages] of Object.entries(folders)) {
    const place = folder === 'INBOX' ? path : join(path, `.${folder.replaceAll('/', '.')}`)
    for (const sub of ['cur', 'new', 'tmp']) mkdirSync(join(place, sub), { recursive: true })
    for (const { text, flags, received } of messages) {
      const name = join(place, 'cur', `${received}.M${serial++}P7.host:2,${flags}`)
      writeFileSync(name, text)
      utimesSync(name, received, received)
    }
  }
  return path
}

/** Everything that a Maildir++ shows: a line a message with flags, received date and text, sorted; by folder. */
export function readMaildir(path: string): Record<string, string[]> {
  const folders = readdirSync(path).filter((name) => name.startsWith('.') && existsSync(join(path, name, 'cur')))
  const found = ['', ...folders.sort()].map((folder) => {
    const lines = ['cur', 'new'].flatMap((sub) => linesIn(join(path, folder, sub)))
    return [folder === '' ? 'INBOX' : folder.slice(1).replaceAll('.', '/'), lines.sort()] as const
  })
  return Object.fromEntries(found)
}

function linesIn(directory: string): string[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory).map((name) => {
    const path = join(directory, name)
    const flags = /:2,([A-Z]*)/.exec(name)?.[1] ?? ''
    return `${flags} ${Math.floor(statSync(path).mtimeMs / 1000)} ${readFileSync(path, 'utf8')}`
  })
}

/** The same, without the folders that have nothing in them. */
export const filled = (found: Record<string, string[]>): Record<string, string[]> =>
  Object.fromEntries(Object.entries(found).filter(([, lines]) => lines.length > 0))

/** The texts alone, of all folders. */
export const textsIn = (path: string): string[] =>
  Object.values(readMaildir(path))
    .flat()
    .map((line) => line.replace(/^\S* \d+ /, ''))
    .sort()
