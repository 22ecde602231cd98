import { statSync } from 'node:fs'
import type { EpochSeconds } from '../../message/message.js'
import { type FileLine, linesIfAny, linesOf } from '../file-lines.js'
import { codeOf, whyOf } from '../file-reader.js'
import { holdsNumber, NumberColumn, repeatedNumbers } from '../name-hashes.js'
import { counted, fileLocator, type ObservationNotes, shown } from '../observation-notes.js'
import { openablePath } from '../octet-name.js'

const STATE = '.mbsyncstate'
const JOURNAL = '.mbsyncstate.journal'
const VALIDITY = '.uidvalidity'
/** A journal younger than this many seconds may be that of a run which goes on now. */
const RUNNING = 3_600
/** Files gone since the last sync are told where they are more than these many and more than this part (of all). */
const MANY = 20
const PART = 0.1
/** So many places of one kind are told one by one. */
const TOLD = 20

/** What mbsync keeps in a folder's `.uidvalidity`. */
export interface GivenUids {
  readonly validity: number
  /** The highest UID that was given out. */
  readonly highest: number
}

/** Reads `.uidvalidity`: two lines, each a number. null: there is none, or it says nothing, which is noted. */
export function readGivenUids(directory: string, notes: ObservationNotes): GivenUids | null {
  const lines = linesIfAny(`${directory}/${VALIDITY}`)
  if (lines === null || lines.length === 0) return null
  const [validity, highest] = lines.map(({ text }) => (/^\s*\d{1,10}\s*$/.test(text) ? Number(text) : null))
  if (validity != null && highest != null) return { validity, highest }
  notes.note(
    'sync-state-damaged',
    fileLocator(VALIDITY),
    `it should be two numbers: "${shown(lines.map(({ text }) => text).join(' '))}"`,
  )
  return null
}

/** What stands in `.mbsyncstate`, as far as it concerns the folder that it lies in (mbsync: the near side). */
interface SyncState {
  readonly nearValidity: number | null
  readonly maxNear: number | null
  /** UIDs of pairs, sorted; 0 (no message on that side) is left out. */
  readonly far: Float64Array
  readonly near: Float64Array
  /** Those near UIDs whose pair has a message on both sides and is not expired. */
  readonly live: Float64Array
}

/**
 * Compares mbsync's state with the folder.
 *
 * @param uids - the UIDs in the names of the folder's files, sorted
 * @returns the sorted UIDs of the folder's files that the state pairs; null: there is no state that can be read
 */
export function examineSyncState(
  directory: string,
  uids: Float64Array,
  given: GivenUids | null,
  now: EpochSeconds,
  notes: ObservationNotes,
): Float64Array | null {
  examineJournal(directory, now, notes)
  const state = readState(`${directory}/${STATE}`, notes)
  if (state === null) return null
  const note = (
    rule: 'sync-state-conflict' | 'sync-state-other-validity' | 'synced-mail-missing',
    detail: string,
  ): void => notes.note(rule, fileLocator(STATE), detail)
  if (given !== null) compareWithGiven(state, given, note)
  for (const uid of firstOf(repeatedNumbers(state.near)))
    note('sync-state-conflict', `UID ${uid} of this folder is paired with more than one message of the other side`)
  for (const uid of firstOf(repeatedNumbers(state.far)))
    note('sync-state-conflict', `UID ${uid} of the other side is paired with more than one message of this folder`)
  // Without UIDs in the names mbsync keeps them in a database of its own (AltMap).
  if (!isThere(`${directory}/.isyncuidmap.db`)) {
    const missing = state.live.reduce((count, uid) => (holdsNumber(uids, uid) ? count : count + 1), 0)
    if (missing > MANY && missing > state.live.length * PART)
      note(
        'synced-mail-missing',
        `${missing} of ${counted(state.live.length, 'message')} that the last sync left here are gone`,
      )
  }
  return state.near
}

type Note = (rule: 'sync-state-conflict' | 'sync-state-other-validity', detail: string) => void

function compareWithGiven(state: SyncState, given: GivenUids, note: Note): void {
  const { nearValidity, maxNear } = state
  if (nearValidity !== null && nearValidity !== 0 && nearValidity !== given.validity) {
    note('sync-state-other-validity', `it is for UIDVALIDITY ${nearValidity}, .uidvalidity says ${given.validity}`)
    return
  }
  const highest = state.near.at(-1) ?? 0
  if (highest > given.highest)
    note('sync-state-conflict', `it pairs UID ${highest}, and ${given.highest} is the highest that was given out`)
  else if (maxNear !== null && maxNear > given.highest)
    note(
      'sync-state-conflict',
      `it has seen UID ${maxNear} (MaxPushedUid), and ${given.highest} is the highest that was given out`,
    )
}

const firstOf = (uids: Float64Array): Float64Array => uids.subarray(0, TOLD)

/** null: there is none, or it cannot be read, which is noted. */
function readState(path: string, notes: ObservationNotes): SyncState | null {
  const damages: string[] = []
  const reading = new StateReading(damages)
  try {
    for (const line of linesOf(path)) reading.take(line)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    damages.push(whyOf(error))
  }
  const state = reading.finish()
  for (const damage of damages) notes.note('sync-state-damaged', fileLocator(STATE), damage)
  return state
}

/** Reads the lines of a state: a header, an empty line, then a pair of UIDs a line. */
class StateReading {
  readonly #damages: string[]
  readonly #header = new Map<string, number>()
  readonly #far = new NumberColumn()
  readonly #near = new NumberColumn()
  readonly #live = new NumberColumn()
  #isInHeader = true
  #lines = 0

  constructor(damages: string[]) {
    this.#damages = damages
  }

  take({ text, number, isEnded }: FileLine): void {
    this.#lines++
    if (!isEnded) this.#tell(number, 'the last line is cut off', text)
    else if (!this.#isInHeader) this.#takePair(text, number)
    else if (text === '') this.#isInHeader = false
    else this.#takeHeader(text, number)
  }

  /** Versions before 1.1 have one line `1:2 3:4:5` for a header. */
  #takeHeader(text: string, number: number): void {
    const [, name, value] = /^([A-Za-z]\w*) (\d+)$/.exec(text) ?? []
    const [, , , nearValidity, , maxNear] = /^(\d+):(\d+) (\d+):(\d+):(\d+)$/.exec(text) ?? []
    if (name !== undefined) this.#header.set(name, Number(value))
    else if (number === 1 && nearValidity !== undefined) {
      this.#header.set('NearUidValidity', Number(nearValidity)).set('MaxPushedUid', Number(maxNear))
      this.#isInHeader = false
    } else this.#tell(number, 'no entry of a header', text)
  }

  /** `<` and `>` mark placeholders, `^` what was left out, `~` (once `X`) what expired. -1 is an old way to say: none. */
  #takePair(text: string, number: number): void {
    const [, far, near, marks = ''] = /^(-?\d{1,10}) (-?\d{1,10})(?: (\S{0,15}))?$/.exec(text) ?? []
    if (far === undefined) {
      this.#tell(number, 'no pair of UIDs', text)
      return
    }
    const [farUid, nearUid] = [uidOf(far), uidOf(near ?? '')]
    if (farUid > 0) this.#far.push(farUid)
    if (nearUid > 0) this.#near.push(nearUid)
    if (farUid > 0 && nearUid > 0 && !/^[<>]?[\^~X]/.test(marks)) this.#live.push(nearUid)
  }

  #tell(number: number, why: string, text: string): void {
    if (this.#damages.length < TOLD) this.#damages.push(`line ${number}: ${why}: "${shown(text)}"`)
  }

  finish(): SyncState {
    if (this.#isInHeader && this.#lines > 0) this.#damages.push('its header does not end')
    const numberOf = (...names: string[]): number | null =>
      names.map((name) => this.#header.get(name)).find((value) => value !== undefined) ?? null
    return {
      nearValidity: numberOf('NearUidValidity', 'SlaveUidValidity'),
      maxNear: numberOf('MaxPushedUid'),
      far: this.#far.sorted(),
      near: this.#near.sorted(),
      live: this.#live.sorted(),
    }
  }
}

function uidOf(digits: string): number {
  const uid = Number(digits)
  return uid <= 0 || uid >= 0xffff_ffff ? 0 : uid
}

/** A journal that is left beside the state is that of a run which did not end. */
function examineJournal(directory: string, now: EpochSeconds, notes: ObservationNotes): void {
  const stats = statIfAny(`${directory}/${JOURNAL}`)
  if (stats === null || stats.size === 0) return
  const age = now - stats.mtimeMs / 1_000
  if (age < RUNNING) return
  notes.note(
    'sync-interrupted',
    fileLocator(JOURNAL),
    `a run wrote ${counted(stats.size, 'octet')} of journal and did not end, ${counted(Math.floor(age / RUNNING), 'hour')} ago`,
  )
  const last = lastLineOf(`${directory}/${JOURNAL}`)
  if (last !== null && !last.isEnded)
    notes.note(
      'sync-state-damaged',
      fileLocator(JOURNAL),
      `line ${last.number}: the last line is cut off: "${shown(last.text)}"`,
    )
}

function lastLineOf(path: string): FileLine | null {
  let last: FileLine | null = null
  try {
    for (const line of linesOf(path)) last = line
  } catch (error) {
    codeOf(error)
  }
  return last
}

function statIfAny(path: string): { readonly size: number; readonly mtimeMs: number } | null {
  try {
    return statSync(openablePath(path), { throwIfNoEntry: false }) ?? null
  } catch (error) {
    codeOf(error)
    return null
  }
}

const isThere = (path: string): boolean => statIfAny(path) !== null
