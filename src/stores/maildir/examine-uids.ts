import { type FileRead, FileReader } from '../file-reader.js'
import { NumberColumn } from '../name-hashes.js'
import type { ObservationNotes } from '../observation-notes.js'
import type { Locator } from '../store.js'

/** What mbsync and OfflineIMAP write into a unique name: `,U=5`, and OfflineIMAP `,FMD5=…`, the hash of a folder's name. */
const UID = /,U=(\d{1,10})(?:,FMD5=([0-9a-f]{32}))?(?![0-9])/

/** Places beyond this are left out: with the UID they go into one number below 2^53. */
const PLACES = 2 ** 21
/** Of more different hashes than this in one folder, the later ones are left out. */
const HASHES = 1_000
/** So many pairs of files with one UID are compared; each costs reading two files. */
const COMPARED = 100

/** What a folder's listing tells of one of its files. */
export interface FileAt {
  locatorAt(place: number): Locator
  pathAt(place: number): string
}

/** The UIDs in the names of one folder. */
export class UidLook {
  /** UID and place in the listing, as UID * PLACES + place. */
  readonly #uids = new NumberColumn()
  /** How often each folder hash stands in a name. */
  readonly #hashes = new Map<string, number>()
  /** The hash that stands at a place, where it is not the first one met. */
  readonly #hashAt = new Map<number, string>()
  #firstHash: string | null = null

  /** @returns the UID in the name; 0: there is none */
  examine(place: number, unique: string): number {
    if (!unique.includes(',U=') || place >= PLACES) return 0
    const [, digits = '0', stated = ''] = UID.exec(unique) ?? []
    const uid = Number(digits)
    if (uid === 0 || uid > 0xffff_ffff) return 0
    const hash = this.#hashes.size < HASHES || this.#hashes.has(stated) ? stated : ''
    this.#firstHash ??= hash
    this.#hashes.set(hash, (this.#hashes.get(hash) ?? 0) + 1)
    if (hash !== this.#firstHash) this.#hashAt.set(place, hash)
    this.#uids.push(uid * PLACES + place)
    return uid
  }

  get count(): number {
    return this.#uids.length
  }

  /** The hash that more than half of the names have; null: there is none such, or none has one. */
  folderHash(): string | null {
    const [hash, count = 0] = [...this.#hashes].sort((a, b) => b[1] - a[1])[0] ?? []
    return hash !== undefined && hash !== '' && count * 2 > this.#uids.length ? hash : null
  }

  /** Sorted, without those that stand with another folder's hash. */
  ownUids(): Float64Array {
    const own = this.folderHash() ?? this.#firstHash
    const uids = this.#uids.sorted()
    return uids.filter((each) => this.#hashOf(each % PLACES) === own).map((each) => Math.floor(each / PLACES))
  }

  #hashOf(place: number): string {
    return this.#hashAt.get(place) ?? this.#firstHash ?? ''
  }

  /** @param highest - the highest UID that was given out, as `.uidvalidity` says; null where it says nothing */
  finish(highest: number | null, files: FileAt, notes: ObservationNotes): void {
    const own = this.folderHash()
    let before = -1
    const comparer = new FileComparer(COMPARED)
    for (const each of this.#uids.sorted()) {
      const [uid, place] = [Math.floor(each / PLACES), each % PLACES]
      const hash = this.#hashOf(place)
      if (own !== null && hash !== own) {
        notes.note(
          'uid-of-other-folder',
          files.locatorAt(place),
          `UID ${uid} stands with the hash of another folder's name, ${hash.slice(0, 8)}…`,
        )
        continue
      }
      if (before >= 0 && Math.floor(before / PLACES) === uid && this.#hashOf(before % PLACES) === hash)
        notes.note(
          'uid-in-name-twice',
          files.locatorAt(place),
          `UID ${uid} is that of another file too; ${comparer.compare(files.pathAt(before % PLACES), files.pathAt(place))}`,
        )
      if (highest !== null && uid > highest)
        notes.note(
          'uid-in-name-too-high',
          files.locatorAt(place),
          `UID ${uid} was never given out: ${highest} is the highest in .uidvalidity`,
        )
      before = each
    }
  }
}

/** Says whether files hold the same octets; only so many pairs are read. */
export class FileComparer {
  readonly #reader = new FileReader()
  #left: number

  constructor(most: number) {
    this.#left = most
  }

  compare(one: string, other: string): string {
    if (this.#left-- <= 0) return 'the two were not compared'
    const first = octetsOf(this.#reader.read(one))
    const copy = first === null ? null : Buffer.from(first)
    const second = octetsOf(this.#reader.read(other))
    if (copy === null || second === null) return 'one of them cannot be read'
    return copy.equals(second)
      ? 'both hold the same octets: likely a crash left one behind'
      : 'they are two different messages'
  }
}

const octetsOf = (file: FileRead): Buffer | null => (file.kind === 'read' ? file.octets : null)
