import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { compareUtf8 } from '../stores/folder-name.js'
import { throwIfInterrupted } from './interruption.js'

/** Files hashed without a pause. */
const AT_ONCE = 200
const PIECE = 1 << 20

/**
 * Writes `<target>.sha256` beside a local target: a line for each file of mail in it, sorted by the octets of its path, as
 * `sha256sum -c` takes them in the folder that the target lies in.
 *
 * @param changed - when the target was last written to, in milliseconds since 1970: a list that is younger is left as it is
 * @returns the file; null: it was left, or there is no target
 * @throws what the file system says where it cannot be written, or the target not be read
 */
export async function writeManifest(target: string, changed: number): Promise<string | null> {
  const path = manifestOf(target)
  const list = statSync(path, { throwIfNoEntry: false })
  if (!existsSync(target) || (list !== undefined && list.mtimeMs > changed)) return null
  writeWhole(path, Buffer.from((await linesOf(target)).join(''), 'latin1'))
  return path
}

/**
 * Brings the list that a migration left beside its target up to date, after that was taken back; takes it away where no mail is left.
 *
 * @returns the file; null: there was no list
 */
export async function renewManifest(target: string): Promise<string | null> {
  const path = manifestOf(target)
  if (!existsSync(path)) return null
  const lines = existsSync(target) ? await linesOf(target) : []
  if (lines.length === 0) rmSync(path)
  else writeWhole(path, Buffer.from(lines.join(''), 'latin1'))
  return path
}

const manifestOf = (target: string): string => `${target.replace(/\/+$/, '')}.sha256`

async function linesOf(target: string): Promise<readonly string[]> {
  const root = Buffer.from(target).toString('latin1').replace(/\/+$/, '')
  const above = root.lastIndexOf('/') + 1
  const lines: string[] = []
  const piece = Buffer.allocUnsafe(PIECE)
  for (const file of filesIn(root).sort(compareOctets)) {
    if (lines.length % AT_ONCE === 0) await setImmediate()
    throwIfInterrupted()
    lines.push(lineOf(file.slice(above), digestOf(file, piece)))
  }
  return lines
}

/** Names are octets here, one to a character. */
const octets = (path: string): Buffer => Buffer.from(path, 'latin1')
const compareOctets = (a: string, b: string): number => compareUtf8(a, b)

function filesIn(path: string): string[] {
  const stats = statSync(octets(path), { throwIfNoEntry: false })
  if (stats === undefined) return []
  if (!stats.isDirectory()) return [path]
  return readdirSync(octets(path), { withFileTypes: true, encoding: 'buffer' }).flatMap((entry) => {
    const name = entry.name.toString('latin1')
    if (entry.isDirectory()) return name === 'tmp' ? [] : filesIn(`${path}/${name}`)
    return entry.isFile() && isMail(name) ? [`${path}/${name}`] : []
  })
}

/** What programs keep beside mail changes without a message being changed. */
const isMail = (name: string): boolean =>
  !name.startsWith('.') && !name.startsWith('dovecot') && !name.endsWith('.lock') && !BESIDE.has(name)
const BESIDE: ReadonlySet<string> = new Set(['subscriptions', 'maildirfolder', 'courierimapsubscribed'])

function digestOf(path: string, piece: Buffer): string {
  const hash = createHash('sha256')
  const file = openSync(octets(path), 'r')
  try {
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) hash.update(piece.subarray(0, read))
  } finally {
    closeSync(file)
  }
  return hash.digest('hex')
}

/** As coreutils writes it: a name with a `\`, LF or CR in it is escaped, and the line says so by a leading `\`. */
function lineOf(name: string, digest: string): string {
  const escaped = name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
  return `${escaped === name ? '' : '\\'}${digest}  ${escaped}\n`
}

function writeWhole(path: string, text: Buffer): void {
  const temporary = `${path}.${process.pid}.tmp`
  const file = openSync(temporary, 'w', 0o666)
  try {
    for (let at = 0; at < text.length; ) at += writeSync(file, text, at)
    renameSync(temporary, path)
  } finally {
    closeSync(file)
    rmSync(temporary, { force: true })
  }
}
