import { createHash } from 'node:crypto'
import { escapeLevel } from '../folder-name.js'
import { decodeModifiedUtf7, encodeModifiedUtf7 } from '../modified-utf7.js'
import { octetsOf, showOctets, utf8Octets } from '../octet-name.js'

/** The longest name of a file, less what stands behind it (`.mbox`, `.lock`, `.sbd`). */
const LONGEST = 255 - 10

/** How one level of a folder's name lies on the disk; octets. */
export interface LevelNames {
  /** Of the file that holds its mail. */
  readonly file: string
  /** Of the directory that holds the folders in it. */
  readonly directory: string
}

/**
 * Names for a level, in Unicode as it is; in modified UTF-7 where no file can be called so, or the name would be read as
 * another. A file whose name would have a dot in it ends in `.mbox`, since others with a dot are often no folders.
 *
 * @param level - escaped, as in a folder's name
 * @returns a text: why there is no such file
 */
export function namesOf(level: string): LevelNames | string {
  const plain = octetsOf(level)
  const name = isPlain(level, plain) ? plain : utf8Octets(encodeEdges(plain))
  if (name.length > LONGEST) return `its name on the disk would have more than ${LONGEST} octets`
  if (/^nstmp/i.test(name)) return 'files called nstmp are what Thunderbird leaves behind when it compacts a folder'
  if (readLevel(name) !== level) return 'no file can be called so that it is read as this name'
  return { file: name.includes('.') ? `${name}.mbox` : name, directory: `${name}.sbd` }
}

/** A level that can be had, for one that cannot. */
export function levelFor(level: string): string {
  if (typeof namesOf(level) !== 'string') return level
  const shorter = `${level.slice(0, 40).replace(/\\$/, '')} ${createHash('sha256').update(level).digest('hex').slice(0, 8)}`
  return typeof namesOf(shorter) === 'string' ? `_${shorter}` : shorter
}

/** What a name without its endings is read as; as `levelOf` of the reading side has it. */
function readLevel(name: string): string {
  const decoded = decodeModifiedUtf7(name)
  return decoded === null ? showOctets(name) : escapeLevel(decoded)
}

/** Names of files that programs keep beside mail begin or end so. */
const isEdge = (name: string): boolean => name.startsWith('.') || name.endsWith('~')

function isPlain(level: string, octets: string): boolean {
  return !/[/\0]/.test(octets) && !isEdge(octets) && readLevel(octets) === level
}

/** Encoded: what a name cannot hold, and dots and tildes where one of them would make it another. */
function encodeEdges(octets: string): string {
  const text = Buffer.from(octets, 'latin1').toString('utf8')
  return encodeModifiedUtf7(text, isEdge(text) ? '/.~' : '/')
}
