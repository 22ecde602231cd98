import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

interface Manifest {
  readonly commands: Readonly<Record<string, { readonly summary?: string; readonly hidden?: boolean }>>
}

/** What someone asks for first comes first; a command that is not listed here follows. */
const ORDER = [
  'discover',
  'scan',
  'folders',
  'list',
  'dupes',
  'noid',
  'show',
  'check',
  'explain',
  'compare',
  'sync',
  'channels',
  'dedupe',
  'apply',
  'runs',
  'undo',
  'doctor',
]

/**
 * The program's own help, from the manifest alone: it is asked for often, and oclif need not be loaded for it.
 *
 * @returns null where there is no manifest yet
 */
export function rootHelp(binUrl: string): string | null {
  const file = fileURLToPath(new URL('../oclif.manifest.json', binUrl))
  if (!existsSync(file)) return null
  const { commands }: Manifest = JSON.parse(readFileSync(file, 'utf8'))
  const names = Object.keys(commands).filter((id) => commands[id]?.hidden !== true && id !== 'help')
  const sorted = names.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
  const width = Math.max(...sorted.map((id) => id.length))
  const lines = sorted.map((id) => `  ${id.replaceAll(':', ' ').padEnd(width)}  ${commands[id]?.summary ?? ''}`)
  return `mbaudit finds what mail is there twice and how sure that is, what has no Message-ID, and what is
broken, in mbox files, Maildirs, MH folders, folders of .eml files and IMAP accounts. It makes one store like another, and
takes duplicates away. Nothing is changed before it was shown and agreed to; what was changed can be taken back.

USAGE
  $ mbaudit COMMAND [STORE...] [FLAGS]

COMMANDS
${lines.join('\n')}

A STORE is a name from mbaudit.yaml, a URL (maildir:PATH, mbox:PATH, mh:PATH, eml:PATH, imaps://USER@HOST/) or a path.
Flags, and what a command prints: mbaudit COMMAND --help.
`
}

function rank(id: string): number {
  const place = ORDER.indexOf(id)
  return place === -1 ? ORDER.length : place
}
