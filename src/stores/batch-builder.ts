import type { ErrorCode } from '../errors.js'
import type { FolderName, Foreign, Locator, ScanBatch, ScannedCopy, ScanVerdict, Trouble } from './store.js'

const READ_AT_ONCE = 500
const OCTETS_AT_ONCE = 1 << 24
const KEPT_AT_ONCE = 5_000

/**
 * Gathers what a scan finds into batches. As long as nothing but unchanged known copies was met, their rows are held back,
 * so that a folder found unchanged is told as `unchanged`.
 */
export class BatchBuilder {
  readonly #folder: FolderName
  #read: ScannedCopy[] = []
  #kept: number[] = []
  #reflagged: { row: number; flags: readonly string[] }[] = []
  #foreign: Foreign[] = []
  #troubles: Trouble[] = []
  #octets = 0
  #looked = 0
  #hasNews = false
  #failure: (ScanVerdict & { readonly outcome: 'failed' }) | null = null

  constructor(folder: FolderName) {
    this.#folder = folder
  }

  addRead(copy: ScannedCopy, octets: number): void {
    this.#read.push(copy)
    this.#octets += octets
    this.#hasNews = true
  }

  addKept(row: number, octets: number, changedFlags: readonly string[] | null): void {
    this.#kept.push(row)
    this.#octets += octets
    this.#looked++
    if (changedFlags === null) return
    this.#reflagged.push({ row, flags: changedFlags })
    this.#hasNews = true
  }

  noteGone(): void {
    this.#hasNews = true
  }

  addForeign(foreign: readonly Foreign[]): void {
    for (const one of foreign) this.#foreign.push(one)
  }

  addTrouble(code: ErrorCode, locator: Locator, message: string): void {
    this.#troubles.push({ code, folder: this.#folder, locator, message })
    const what = code === 'FOLDER_CHANGED' ? 'the folder changed while it was read' : 'a message could not be read'
    this.addFailure({ outcome: 'failed', code, message: what })
  }

  /** The first failure is the one that the verdict tells. */
  addFailure(failure: ScanVerdict & { readonly outcome: 'failed' }): void {
    this.#failure ??= failure
    this.#hasNews = true
  }

  get isFull(): boolean {
    return this.#read.length >= READ_AT_ONCE || this.#octets >= OCTETS_AT_ONCE || this.#looked >= KEPT_AT_ONCE
  }

  /** What was gathered since the last batch. */
  take(): ScanBatch {
    return this.#make(null)
  }

  last(verdict: ScanVerdict): ScanBatch {
    return this.#make(verdict)
  }

  /**
   * @param hasBefore - whether an earlier scan of the folder was complete
   * @param generation - what locators hold under; null: they are stable by themselves
   */
  verdict(hasBefore: boolean, state: string, generation: string | null = null): ScanVerdict {
    if (this.#failure !== null) return this.#failure
    return hasBefore && !this.#hasNews ? { outcome: 'unchanged' } : { outcome: 'complete', state, generation }
  }

  #make(verdict: ScanVerdict | null): ScanBatch {
    const holdsBack = !this.#hasNews && (verdict === null || verdict.outcome === 'unchanged')
    const batch: ScanBatch = {
      read: this.#read,
      kept: holdsBack ? [] : this.#kept,
      reflagged: this.#reflagged,
      foreign: this.#foreign,
      troubles: this.#troubles,
      octets: this.#octets,
      verdict,
    }
    this.#read = []
    if (!holdsBack) this.#kept = []
    this.#reflagged = []
    this.#foreign = []
    this.#troubles = []
    this.#octets = 0
    this.#looked = 0
    return batch
  }
}
