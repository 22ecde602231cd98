import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { StoreUnreadableError, StoreUnrecognisedError } from '../errors.js'
import type { Scheme } from './drivers.js'
import { codeOf, kindOf, whyOf } from './file-reader.js'
import { looksLikeMessage, readFirstOctets } from './first-octets.js'
import { insideMaildir } from './known-names.js'
import { formOf } from './mbox/signature.js'
import { showOctets, utf8Octets } from './octet-name.js'
import { type DirectorySigns, readSigns, type UnsupportedFind } from './signs.js'
import { unsupportedFile } from './unsupported.js'

const LOOKED_FOR =
  'Looked for: a directory with cur in it (Maildir), files named by numbers that begin like mail (MH), .eml or .emlx files, files that begin with a "From " line (mbox).'
const ROOT_HINT = 'mbaudit discover / names each store in it.'
/** How far below a directory mail is looked for, and in how many directories. */
const DEPTH = 6
const DIRECTORIES = 3_000

/**
 * Recognises what kind of store lies at a path that exists. A file is an mbox, or nothing. Of a directory its own entries
 * decide: `cur` (Maildir) before all; else what there is most of: .eml files, numbered files (MH), mbox files. Where it holds no mail
 * itself, the nearest directories below it that do decide, if they are all of one kind.
 *
 * @throws StoreUnrecognisedError, StoreUnreadableError
 */
export function recogniseStore(name: string, path: string): Scheme {
  if (path === '/') throw new StoreUnrecognisedError(name, '/ is the root of all files, no mail store', ROOT_HINT)
  try {
    const stats = statSync(path)
    if (stats.isDirectory()) return recogniseTree(name, path)
    if (stats.isFile()) return recogniseFile(name, path)
    throw new StoreUnrecognisedError(name, `${path} is ${kindOf(stats)}, no mail store`, LOOKED_FOR)
  } catch (error) {
    if (error instanceof StoreUnrecognisedError || error instanceof StoreUnreadableError) throw error
    throw new StoreUnreadableError(name, `${path}: ${whyOf(error)}`, 'Run it as a user who may read it.')
  }
}

function recogniseFile(name: string, path: string): Scheme {
  const octets = readFirstOctets(utf8Octets(path))
  if (octets === null)
    throw new StoreUnreadableError(name, `${path} cannot be read`, 'Run it as a user who may read it.')
  const format = unsupportedFile(octets, basename(path))
  if (format !== null) throw unsupported(name, path, format)
  const isSingle = /\.emlx?$/i.test(path)
  const form = formOf(utf8Octets(path))
  if (form.kind === 'mbox' && !form.isEmpty && !isSingle) return 'mbox'
  if (form.kind === 'other') throw new StoreUnrecognisedError(name, `${path} is ${form.why}`, form.hint)
  throw new StoreUnrecognisedError(name, `${path} is no mail store${fileIs(octets, path)}`, hintFor(octets, path))
}

function fileIs(octets: Buffer, path: string): string {
  if (octets.length === 0) return ': it is an empty file'
  return /\.emlx?$/i.test(path) || looksLikeMessage(octets) ? ': it looks like a single message' : ''
}

function hintFor(octets: Buffer, path: string): string {
  if (octets.length === 0) return `mbox:${path} reads it as an mbox without messages.`
  if (/\.emlx?$/i.test(path)) return 'Name the directory that it lies in.'
  return `A file is read that begins with a "From " line (mbox). mbox:${path} reads it as one all the same.`
}

interface Level {
  readonly path: string
  readonly signs: DirectorySigns
}

function recogniseTree(name: string, root: string): Scheme {
  let level: readonly string[] = [utf8Octets(root)]
  let looked = 0
  const unread: { path: string; find: UnsupportedFind }[] = []
  for (let depth = 0; depth <= DEPTH && level.length > 0 && looked < DIRECTORIES; depth++) {
    const seen = level.slice(0, DIRECTORIES - looked).flatMap((path) => look(path, depth === 0))
    looked += seen.length
    const found = seen.flatMap((one) => schemeOf(one.signs) ?? [])
    const kinds = new Set(found)
    const [kind] = found
    if (kinds.size > 1) throw ambiguous(name, root, [...kinds])
    if (kind !== undefined) return kind
    for (const { path, signs } of seen) for (const find of signs.unsupported) unread.push({ path, find })
    level = seen.flatMap(({ path, signs }) => signs.directories.map((below) => `${path}/${below}`))
  }
  const [first] = unread
  if (first !== undefined) throw unsupported(name, showOctets(`${first.path}/${first.find.name}`), first.find)
  const above = insideMaildir(root)
  const hint = above === null ? LOOKED_FOR : `Name the Maildir itself: ${above}`
  throw new StoreUnrecognisedError(name, `${root} is no mail store: no mail was found in it`, hint)
}

/** A directory below that cannot be read says nothing of the whole; the first must. */
function look(path: string, isFirst: boolean): Level[] {
  try {
    return [{ path, signs: readSigns(path === '/' ? '' : path) }]
  } catch (error) {
    codeOf(error)
    if (isFirst) throw error
    return []
  }
}

function schemeOf(signs: DirectorySigns): Scheme | null {
  if (signs.isMaildir) return 'maildir'
  const counts: readonly (readonly [Scheme, number])[] = [
    ['mh', signs.isMh ? Math.max(1, signs.numbers) : 0],
    ['eml', signs.emls],
    ['mbox', signs.mboxes.length + (signs.isMboxTree ? 1 : 0)],
  ]
  const [most] = [...counts].sort((a, b) => b[1] - a[1])
  return most === undefined || most[1] === 0 ? null : most[0]
}

function ambiguous(name: string, path: string, kinds: readonly Scheme[]): StoreUnrecognisedError {
  const hint = `Say which: ${kinds.map((kind) => `${kind}:${path}`).join(' or ')}. mbaudit discover ${path} names each of them.`
  return new StoreUnrecognisedError(name, `${path} holds stores of several kinds: ${kinds.join(', ')}`, hint)
}

function unsupported(
  name: string,
  path: string,
  { format, hint }: { format: string; hint: string },
): StoreUnrecognisedError {
  return new StoreUnrecognisedError(name, `${path} is of a format that is not read: ${format}`, hint)
}
