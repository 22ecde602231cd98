import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openStore } from '../../src/stores/drivers.js'
import { decodeModifiedUtf7, encodeModifiedUtf7 } from '../../src/stores/modified-utf7.js'
import type { LawMessage, StoreMaker } from './store-law.js'
import { plainLevels } from './store-makers.js'

export type WrittenVariant = 'mboxo' | 'mboxrd' | 'mboxcl' | 'mboxcl2'

/** A separator line with its line ending. */
export function fromLine(received = 1_700_000_000, sender = 'sender@example.org'): string {
  const [, day, date, month, year, clock] = /^(\w+), (\d+) (\w+) (\d+) ([\d:]+)/.exec(
    new Date(received * 1000).toUTCString(),
  ) ?? ['']
  return `From ${sender} ${day} ${month} ${String(Number(date)).padStart(2)} ${clock} ${year}\n`
}

/** Writes messages as an mbox file, the way a careful program does. */
export function writeMbox(messages: readonly LawMessage[], variant: WrittenVariant): Buffer {
  return Buffer.concat(messages.flatMap((message) => writeMessage(message, variant)))
}

function writeMessage({ raw, flags = [], received }: LawMessage, variant: WrittenVariant): Buffer[] {
  const { head, body } = splitHead(quote(raw.toString('latin1'), variant))
  const length = variant.startsWith('mboxcl') && body !== null ? `Content-Length: ${body.length}\n` : ''
  const text = `${head}${statusFields(flags)}${length}${body === null ? '' : `\n${body}`}`
  const end = text === '' || text.endsWith('\n') ? '\n' : '\n\n'
  return [Buffer.from(`${fromLine(received)}${text}${end}`, 'latin1')]
}

function quote(text: string, variant: WrittenVariant): string {
  if (variant === 'mboxcl2') return text
  return text.replace(variant === 'mboxrd' ? /^>*From /gm : /^From /gm, '>$&')
}

/** The header section with its last line ending, and the body behind the empty line. */
function splitHead(text: string): { head: string; body: string | null } {
  if (text.startsWith('\n')) return { head: '', body: text.slice(1) }
  const end = text.indexOf('\n\n')
  return end < 0 ? { head: text, body: null } : { head: text.slice(0, end + 1), body: text.slice(end + 2) }
}

const STATUS: Readonly<Record<string, string>> = {
  '\\Answered': 'A',
  '\\Deleted': 'D',
  '\\Flagged': 'F',
  '\\Draft': 'T',
}

function statusFields(flags: readonly string[]): string {
  const letters = flags.map((flag) => STATUS[flag] ?? '').join('')
  const keywords = flags.filter((flag) => !flag.startsWith('\\'))
  return [
    flags.includes('\\Seen') ? 'Status: RO\n' : '',
    letters === '' ? '' : `X-Status: ${letters}\n`,
    keywords.length === 0 ? '' : `X-Keywords: ${keywords.join(' ')}\n`,
  ].join('')
}

/** Makes trees of mbox files, the children of `NAME` in `NAME.sbd`. */
export function mboxMaker(variant: WrittenVariant, options: Readonly<Record<string, string>> = {}): StoreMaker {
  return {
    make: async (messages, emptyFolders = []) => {
      const root = mkdtempSync(join(tmpdir(), 'mbaudit-mbox-'))
      const folders = new Map<string, LawMessage[]>()
      const write = (folder: string): void => {
        const path = pathOf(root, folder)
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, writeMbox(folders.get(folder) ?? [], variant))
      }
      const change = (folder: string, make: (before: LawMessage[]) => LawMessage[]): void => {
        folders.set(folder, make(folders.get(folder) ?? []))
        write(folder)
      }
      for (const folder of ['INBOX', ...emptyFolders]) change(folder, (before) => before)
      for (const message of messages)
        folders.set(folderOf(message), [...(folders.get(folderOf(message)) ?? []), message])
      for (const folder of folders.keys()) write(folder)
      return {
        root,
        open: () => openStore({ name: 'test', type: 'mbox', path: root, options }),
        add: async (message) => change(folderOf(message), (before) => [...before, message]),
        remove: async (folder, raw) => change(folder, (before) => before.filter((message) => !message.raw.equals(raw))),
        reflag: async (folder, raw, flags) =>
          change(folder, (before) =>
            before.map((message) => (message.raw.equals(raw) ? { ...message, flags } : message)),
          ),
        removeFolder: async (folder) => rmSync(pathOf(root, folder)),
        addUnreadable: async () => {
          throw new Error('an mbox is read as a whole')
        },
        dispose: async () => rmSync(root, { recursive: true, force: true }),
      }
    },
  }
}

const folderOf = (message: LawMessage): string => message.folder ?? 'INBOX'

function pathOf(root: string, folder: string): string {
  const names = plainLevels(folder).map(fileName)
  return join(root, ...names.slice(0, -1).map((name) => `${name}.sbd`), names.at(-1) ?? '')
}

/** Unicode as it is; encoded where a file cannot be named so, or the name would be read as another. */
function fileName(level: string): string {
  const isPlain = !level.includes('/') && (decodeModifiedUtf7(level) ?? level) === level
  return isPlain ? level : encodeModifiedUtf7(level, '/')
}
