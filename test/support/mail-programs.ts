import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const answers = (program: string, ...args: readonly string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore' }).error === undefined

/** Mail programs of Debian, as scripts/install-test-servers.sh gets them. */
export const hasMutt = answers('mutt', '-v') && answers('script', '--version')
export const hasMblaze = answers('mlist', '/nowhere')
export const hasPython = answers('python3', '--version')

function run(program: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', input, maxBuffer: 1 << 28 })
  if (status !== 0) throw new Error(`${program}: ${stderr}`)
  return stdout
}

const COUNT = `
import json, mailbox, sys
counts = {}
for kind, path in json.load(sys.stdin):
    box = {'Maildir': mailbox.Maildir, 'mbox': mailbox.mbox, 'MH': mailbox.MH}[kind](path, create=False)
    counts[path] = [len(box), sum(1 for message in box if message is not None)]
    if kind != 'mbox':
        counts[path].append(sorted(box.list_folders()))
print(json.dumps(counts))`

export type PythonKind = 'Maildir' | 'mbox' | 'MH'
/** Of a mailbox: how many messages there are, how many of them can be parsed, and (but for mbox) the folders in it. */
export type PythonCount = readonly [number, number, (readonly string[])?]

/** What Python's `mailbox` finds in mailboxes, by path. */
export function pythonCounts(boxes: readonly (readonly [PythonKind, string])[]): Record<string, PythonCount> {
  return JSON.parse(run('python3', ['-c', COUNT], JSON.stringify(boxes)))
}

/** What mblaze lists: the folders of a Maildir, and the messages of one of them. */
export const mblazeFolders = (path: string, isNested: boolean): string[] =>
  run('mdirs', ['-0', ...(isNested ? ['-a'] : []), path])
    .split('\0')
    .filter(Boolean)
    .sort()
export const mblazeMessages = (path: string): string[] => run('mlist', [path]).split('\n').filter(Boolean)
/** The flag letters that mblaze lists messages by: `S` seen, `F` flagged, `R` replied. */
export const mblazeFlagged = (path: string, letter: string): number =>
  run('mlist', [`-${letter}`, path])
    .split('\n')
    .filter(Boolean).length

const MUTTRC = `
set mark_old=no quit=yes wait_key=no read_inc=0 header_cache="" mail_check=0 sleep_time=0
set status_format="COUNT=%m.%u.%F."
`

/** How many messages mutt finds in a mailbox, how many of them are unread, and how many flagged. */
export function muttCounts(path: string): readonly number[] {
  const base = mkdtempSync(join(tmpdir(), 'mbaudit-mutt-'))
  try {
    const settings = join(base, 'muttrc')
    // Without such a folder it asks whether to make one.
    writeFileSync(settings, `${MUTTRC}set folder="${base}"\n`)
    const command = `mutt -n -F ${settings} -R -f ${quoted(path)} -e ${quoted('push "<exit>"')}`
    const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 20_000,
      env: { PATH: process.env.PATH, HOME: base, TERM: 'xterm', LC_ALL: 'C' },
    })
    const told = /COUNT=(\d+)\.(\d+)\.(\d+)\./.exec(stdout.toString('latin1')) ?? []
    return told.slice(1).map(Number)
  } finally {
    rmSync(base, { recursive: true, force: true })
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\\\''")}'`

/** Files of an mbox tree, without what is no mailbox. */
export const filesIn = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
