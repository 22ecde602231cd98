import { type FileLine, linesOf } from '../file-lines.js'
import { codeOf, whyOf } from '../file-reader.js'
import { hashName, holdsNumber, NumberColumn, repeatedNumbers } from '../name-hashes.js'
import { counted, fileLocator, type ObservationNotes, shown } from '../observation-notes.js'
import { escapeOctets } from '../octet-name.js'
import { splitFileName } from './file-name.js'

/** Dovecot's list of UIDs and file names, and Courier's, which Dovecot's first version was like. */
export const UID_LISTS = ['dovecot-uidlist', 'courierimapuiddb'] as const

/** So many damaged lines of one list are told one by one. */
const TOLD = 20
/** A list is of other files where it names more than this many, and nearly none of them is there. */
const MANY = 20
const HIGHEST = 0xffff_ffff

interface UidRecord {
  readonly uid: number
  /** The unique name, escaped as in a locator. */
  readonly unique: string
  readonly line: number
}

/**
 * Compares a list of UIDs with the folder.
 *
 * @param path - octets of the list's
 * @param present - sorted hashes of the unique names in the folder
 * @param inCur - how many of them lie in `cur`: what lies in `new` may not have been met by the server yet
 */
export function examineUidList(
  path: string,
  name: string,
  present: Float64Array,
  inCur: Float64Array,
  notes: ObservationNotes,
): void {
  const listed = new NumberColumn()
  let missing = 0
  try {
    for (const { unique } of recordsOf(path, new Damages(name, notes))) {
      const hash = hashName(unique)
      listed.push(hash)
      if (!holdsNumber(present, hash)) missing++
    }
    const sorted = listed.sorted()
    noteNamesTwice(path, name, repeatedNumbers(sorted), notes)
    const unlisted = inCur.reduce((count, hash) => (holdsNumber(sorted, hash) ? count : count + 1), 0)
    noteDifference(name, sorted.length, missing, unlisted, notes)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    notes.note('uid-list-damaged', fileLocator(name), whyOf(error))
  }
}

function noteDifference(
  name: string,
  listed: number,
  missing: number,
  unlisted: number,
  notes: ObservationNotes,
): void {
  const detail = `it names ${counted(listed, 'file')}, ${missing} of them not there; ${unlisted} in cur are not named`
  const isOfOthers = listed > MANY && unlisted > MANY && missing * 10 > listed * 9
  if (isOfOthers) notes.note('uid-list-of-other-files', fileLocator(name), detail)
  else if (missing > 0 || unlisted > 0) notes.note('uid-list-stale', fileLocator(name), detail)
}

function noteNamesTwice(path: string, name: string, twice: Float64Array, notes: ObservationNotes): void {
  if (twice.length === 0) return
  const first = new Map<string, number>()
  const damages = new Damages(name, notes)
  for (const { uid, unique } of recordsOf(path, null)) {
    if (!holdsNumber(twice, hashName(unique))) continue
    const before = first.get(unique)
    if (before === undefined) first.set(unique, uid)
    else damages.tell(`${shown(unique)} has two UIDs, ${before} and ${uid}`)
  }
}

/** Tells what is wrong with a list, up to a number of places. */
class Damages {
  readonly #name: string
  readonly #notes: ObservationNotes
  #left = TOLD

  constructor(name: string, notes: ObservationNotes) {
    this.#name = name
    this.#notes = notes
  }

  tell(detail: string): void {
    if (this.#left-- > 0) this.#notes.note('uid-list-damaged', fileLocator(this.#name), detail)
  }
}

interface UidListHeader {
  readonly version: number
  /** UIDs from here on were not given out when the header was written. */
  readonly nextUid: number
}

/** @param damages - null: they were told before */
function* recordsOf(path: string, damages: Damages | null): Generator<UidRecord> {
  let header: UidListHeader | null = null
  let before = 0
  for (const line of linesOf(path)) {
    if (line.number === 1) {
      header = headerOf(line.text)
      if (header === null) {
        damages?.tell(`its first line is no header: "${shown(line.text)}"`)
        return
      }
      continue
    }
    const record = recordOf(line)
    const why = record === null ? 'no UID with a file name' : whyWrong(record, header, before)
    if (why !== null) damages?.tell(`line ${line.number}: ${why}: "${shown(line.text)}"`)
    if (record === null) continue
    before = Math.max(before, record.uid)
    yield record
  }
}

/** `3 V1275660208 N25022 G…`, or `1 1275660208 25022`. A UIDVALIDITY of 0 is none. */
function headerOf(line: string): UidListHeader | null {
  const [, validity, next] = /^1 (\d+) (\d+)\b/.exec(line) ?? []
  if (next !== undefined) return Number(validity) === 0 ? null : { version: 1, nextUid: Number(next) }
  const fields = line.split(' ')
  const numberOf = (letter: string): number =>
    Number(fields.find((field) => new RegExp(`^${letter}\\d+$`).test(field))?.slice(1))
  if (fields[0] !== '3' || !(numberOf('V') > 0) || !(numberOf('N') > 0)) return null
  return { version: 3, nextUid: numberOf('N') }
}

/** `25006 W1394 :1276528487.M364837P9451.host,S=1355`: more fields may stand before the name in version 3. */
function recordOf({ text, number, isEnded }: FileLine): UidRecord | null {
  const [, uid, rest = ''] = /^(\d{1,10}) (.+)$/.exec(text) ?? []
  if (uid === undefined || !isEnded) return null
  const name = /^(?:[A-Za-z]\S* )*:(.+)$/.exec(rest)?.[1] ?? rest
  const [unique] = splitFileName(name)
  return name.includes('/') ? null : { uid: Number(uid), unique: escapeOctets(unique), line: number }
}

/** Dovecot writes the header anew only now and then: in version 3 what follows may be above it. */
function whyWrong({ uid }: UidRecord, header: UidListHeader | null, before: number): string | null {
  if (uid === 0 || uid >= HIGHEST) return 'no UID can be so'
  if (uid === before) return 'the UID stands twice'
  if (uid < before) return `the UID is below ${before}, which stands before it`
  const isBeyond = header !== null && header.version === 1 && uid >= header.nextUid
  return isBeyond ? `the UID was never given out: the next is ${header.nextUid}` : null
}
