import { closeSync, openSync, readSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { EXIT, MbauditError, UsageError } from '../errors.js'
import { FORMATS, type Format, isFormat } from '../report/formats.js'
import { throwIfInterrupted } from './interruption.js'

/** A file that a result is to be written to. */
export interface SaveTarget {
  readonly path: string
  readonly format: Format
}

/**
 * Checks what `--save` names before anything is read.
 *
 * @throws UsageError for an ending that is no format, and for a place that cannot be written to
 */
export function saveTargets(names: readonly string[], cwd: string): SaveTarget[] {
  return names.map((name) => {
    const format = extname(name).slice(1).toLowerCase()
    if (!isFormat(format)) {
      throw new UsageError(
        `--save ${name}: the ending names no format`,
        `Known are .${Object.keys(FORMATS).join(', .')}.`,
      )
    }
    const path = resolve(cwd, name)
    if (kindOf(dirname(path)) !== 'directory') {
      throw new UsageError(`--save ${name}: there is no folder ${dirname(path)}`, 'Make the folder first.')
    }
    if (kindOf(path) === 'directory') throw new UsageError(`--save ${name} is a folder`, 'Name a file.')
    requireWritable(`--save ${name}`, path)
    return { path, format }
  })
}

function kindOf(path: string): 'directory' | 'other' | 'nothing' {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats === undefined ? 'nothing' : stats.isDirectory() ? 'directory' : 'other'
}

/**
 * Finds out before anything is read: what a run did is to be told of.
 *
 * @param what - the flag and what it names
 * @throws UsageError where no file can be made beside `path`, and where mail lies at it
 */
export function requireWritable(what: string, path: string): void {
  requireNoMail(what, path)
  const temporary = temporaryOf(path)
  try {
    closeSync(openSync(temporary, 'wx'))
    rmSync(temporary)
  } catch (cause) {
    if (!isSystemError(cause)) throw cause
    throw new UsageError(`${what} cannot be written: ${cause.message}`, 'Choose another place for it.')
  }
}

/**
 * Nobody's mail is written over, or added to, because its name was given for that of a result.
 *
 * @param what - the flag and what it names
 * @throws UsageError where an mbox file lies at `path`
 */
export function requireNoMail(what: string, path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return
  if (startOf(path) === FROM) throw new UsageError(`${what}: mail lies there (mbox)`, 'Name another file.')
}

/** The first octets of a file; of one that cannot be read, none. */
function startOf(path: string): string {
  const start = Buffer.alloc(FROM.length)
  try {
    const file = openSync(path, 'r')
    try {
      readSync(file, start)
    } finally {
      closeSync(file)
    }
  } catch (cause) {
    if (!isSystemError(cause)) throw cause
  }
  return start.toString('latin1')
}

const FROM = 'From '

const temporaryOf = (path: string): string => join(dirname(path), `.${basename(path)}.${process.pid}.tmp`)

/**
 * Writes a file under a temporary name, then puts it in its place: nobody ever sees half of it.
 *
 * @param mode - whom it is for; what the umask says, unless said
 * @throws MbauditError `UNREADABLE` when it cannot be written
 */
export async function saveFile(path: string, chunks: Iterable<string>, mode = 0o666): Promise<void> {
  const temporary = temporaryOf(path)
  try {
    const file = openSync(temporary, 'wx', mode)
    try {
      await writeAll(file, chunks)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
  } catch (cause) {
    rmSync(temporary, { force: true })
    throw isSystemError(cause) ? cannotSave(path, cause) : cause
  }
}

const WRITE_AT = 262_144

async function writeAll(file: number, chunks: Iterable<string>): Promise<void> {
  let gathered = ''
  for (const chunk of chunks) {
    gathered += chunk
    if (gathered.length < WRITE_AT) continue
    writeText(file, gathered)
    gathered = ''
    await new Promise((next) => setImmediate(next))
    throwIfInterrupted()
  }
  writeText(file, gathered)
}

/** A full disk may take part of a write: what is left is written, or fails, in the next one. */
function writeText(file: number, text: string): void {
  const octets = Buffer.from(text, 'utf8')
  for (let done = 0; done < octets.length; ) done += writeSync(file, octets, done)
}

function isSystemError(cause: unknown): cause is NodeJS.ErrnoException {
  return cause instanceof Error && 'syscall' in cause
}

function cannotSave(path: string, cause: Error): MbauditError {
  return new MbauditError(
    'UNREADABLE',
    EXIT.partial,
    `${path} cannot be written: ${cause.message}`,
    'Choose another place for it.',
  )
}
