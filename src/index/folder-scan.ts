import { EXIT, MbauditError } from '../errors.js'
import { flagText } from '../stores/flag-text.js'
import type { Readers } from '../stores/readers.js'
import {
  type Folder,
  type KnownCopies,
  type KnownCopy,
  locator,
  type ScanBatch,
  type ScannedCopy,
  type ScanVerdict,
  type ScanWant,
} from '../stores/store.js'
import { identityOfScanned, keepBody } from './body-facts.js'
import type { Sqlite } from './database.js'
import { addTo } from './folder-counts.js'
import { headSumOf } from './head-sum.js'
import { RowMarks } from './row-marks.js'
import {
  type FolderCount,
  PAGE,
  type ScannableFolder,
  type ScanStatements,
  type Transactions,
} from './scan-statements.js'
import { HIDDEN } from './schema.js'
import { STATEMENTS } from './statements.js'

/** What every folder's scan shares. */
export interface ScanContext {
  readonly db: Sqlite
  readonly statements: ScanStatements
  readonly transactions: Transactions
  readonly keepSubjects: boolean
  readonly readers: Readers
  readonly want: ScanWant
  /** @throws when the user asked to stop */
  readonly onBatch: (batch: ScanBatch) => void
}

export interface FolderOutcome {
  readonly read: number
  readonly kept: number
  readonly verdict: ScanVerdict
  /** Whether a row was added, removed, hidden or shown again. */
  readonly hasChanged: boolean
}

const NO_VERDICT: ScanVerdict = { outcome: 'failed', code: 'UNREADABLE', message: 'the folder was not read to its end' }

/**
 * Brings the rows of one folder up to date. Its state is forgotten with the first row that changes and written with the last
 * one, so that a scan that was killed leaves nothing that a later one believes without proof.
 */
export async function scanFolder(context: ScanContext, row: ScannableFolder, folder: Folder): Promise<FolderOutcome> {
  const scan = new FolderScan(context, row)
  try {
    for await (const batch of folder.scan(scan.known(), context.readers, context.want)) {
      scan.take(batch)
      context.onBatch(batch)
      if (batch.verdict !== null) return scan.settle(batch.verdict)
    }
    return scan.settle(NO_VERDICT)
  } catch (error) {
    return scan.settle(failureOf(error))
  }
}

/** Settles a folder that could not be opened: what was known of it is not shown. */
export function failFolder(context: ScanContext, row: ScannableFolder, error: unknown): FolderOutcome {
  return new FolderScan(context, row).settle(failureOf(error))
}

/** @throws what is no trouble of the store, and the wish to stop */
function failureOf(error: unknown): ScanVerdict {
  if (!(error instanceof MbauditError) || error.exitStatus === EXIT.interrupted) throw error
  return { outcome: 'failed', code: error.code, message: error.message }
}

type Complete = Extract<ScanVerdict, { outcome: 'complete' }>

class FolderScan {
  readonly #context: ScanContext
  readonly #row: ScannableFolder
  /** The last row of earlier scans; those of this one come after it. */
  readonly #last: number
  readonly #marks: RowMarks
  readonly #mayHaveRows: boolean
  #next: number
  #isTouched = false
  readonly #added: FolderCount = { messages: 0, octets: 0, noId: 0 }
  #removed: FolderCount = { messages: 0, octets: 0, noId: 0 }

  constructor(context: ScanContext, row: ScannableFolder) {
    this.#context = context
    this.#row = row
    this.#last = context.statements.lastRow.get()?.row ?? 0
    this.#mayHaveRows = !row.isNew && (row.state === null || row.messages > 0)
    this.#marks = new RowMarks(this.#mayHaveRows ? this.#last : 0)
    this.#next = this.#last + 1
  }

  known(): KnownCopies {
    return { state: this.#row.state, copies: () => (this.#mayHaveRows ? this.#knownCopies() : []) }
  }

  /** In pages, so that rows can be written while the store asks for more. */
  *#knownCopies(): Iterable<KnownCopy> {
    const { db, statements } = this.#context
    db.exec(STATEMENTS.placeIndex)
    let from: readonly [number, string, number] = [-1, '', 0]
    // Of a locator that is known twice, since a scan was killed, the newer row stands.
    let newest: KnownCopy | null = null
    for (;;) {
      const page = statements.knownCopies.all(this.#row.number, this.#last, ...from, PAGE)
      for (const [position, where, row, flags, stamp] of page) {
        if (newest !== null && newest.locator !== where) yield newest
        newest = { row, locator: locator(where), flags, stamp }
        from = [position, where, row]
      }
      if (page.length < PAGE) break
    }
    if (newest !== null) yield newest
  }

  take(batch: ScanBatch): void {
    for (const row of batch.kept) this.#marks.add(row)
    const count = batch.read.length + batch.reflagged.length
    if (count === 0) return
    this.#touch()
    for (const copy of batch.read) this.#add(copy)
    for (const { row, flags } of batch.reflagged) this.#context.statements.reflag.run(flagText(flags), row)
    this.#context.transactions.wrote(count)
  }

  #touch(): void {
    this.#context.transactions.begin()
    if (this.#isTouched) return
    this.#isTouched = true
    if (this.#row.state !== null) this.#context.statements.forgetState.run(this.#row.number)
  }

  #add(copy: ScannedCopy): void {
    const { facts } = copy
    const { keepSubjects, statements } = this.#context
    const key = identityOfScanned(copy)
    const [from, subject] = keepSubjects ? [facts.from, facts.subject] : ['', '']
    const row = this.#next++
    statements.addCopy.run(
      row,
      this.#row.number,
      copy.position,
      copy.locator,
      key,
      facts.wire,
      facts.size,
      facts.date,
      copy.received,
      from,
      subject,
      flagText(copy.flags),
      facts.traceFields,
      copy.boundsInDoubt ? 1 : 0,
      copy.stamp,
      copy.object,
      copy.hasOtherNames ? 1 : 0,
      copy.emailId ?? null,
      copy.body?.wire ?? null,
      headSumOf(facts.date, from, subject),
    )
    addTo(this.#added, facts.size, key)
    keepBody(statements, row, copy)
  }

  settle(verdict: ScanVerdict): FolderOutcome {
    const read = this.#added.messages
    if (verdict.outcome === 'unchanged') return { read, kept: this.#row.messages, verdict, hasChanged: false }
    const hasChanged = verdict.outcome === 'failed' ? this.#settleFailed() : this.#settleComplete(verdict)
    return { read, kept: this.#marks.count, verdict, hasChanged }
  }

  #settleComplete({ state, generation = null }: Complete): boolean {
    const isClean = this.#row.state !== null
    const isSame = isClean && this.#added.messages === 0 && this.#marks.count === this.#row.messages
    if (isSame && !this.#isTouched && state === this.#row.state) return false
    this.#touch()
    if (this.#mayHaveRows && !isSame) this.#removeUnmarked()
    if (this.#mayHaveRows && !isClean) this.#context.statements.showUnseen.run(this.#row.number)
    this.#write(state, generation, isClean || !this.#mayHaveRows ? this.#tally() : this.#recount())
    return !isSame
  }

  #removeUnmarked(): void {
    const { db, statements } = this.#context
    db.exec(STATEMENTS.placeIndex)
    if (this.#marks.count === 0) {
      statements.removeCopies.run(this.#row.number, this.#last)
      this.#removed = { messages: this.#row.messages, octets: this.#row.octets, noId: this.#row.noId }
      return
    }
    for (const [row] of this.#earlierRows()) {
      if (this.#marks.has(row)) continue
      const removed = statements.removeCopy.get(row)
      if (removed) addTo(this.#removed, removed.size, removed.key)
    }
  }

  /** What was read is what counts; what was known and not met now is left out until a scan reads the folder in full. */
  #settleFailed(): boolean {
    this.#touch()
    if (!this.#mayHaveRows) {
      this.#write(null, null, this.#tally())
      return true
    }
    this.#context.db.exec(STATEMENTS.placeIndex)
    for (const [row, hidden] of this.#earlierRows()) {
      if (this.#marks.has(row) === (hidden === HIDDEN.unseen))
        this.#context.statements.hide.run(this.#marks.has(row) ? HIDDEN.no : HIDDEN.unseen, row)
    }
    this.#write(null, null, this.#recount())
    return true
  }

  *#earlierRows(): Iterable<readonly [row: number, hidden: number]> {
    let from: readonly [number, string, number] = [-1, '', 0]
    for (;;) {
      const page = this.#context.statements.rowsOfFolder.all(this.#row.number, this.#last, ...from, PAGE)
      for (const [position, where, row, hidden] of page) {
        from = [position, where, row]
        yield [row, hidden]
      }
      if (page.length < PAGE) return
    }
  }

  #write(state: string | null, generation: string | null, { messages, octets, noId }: FolderCount): void {
    this.#context.statements.settleFolder.run(state, generation, messages, octets, noId, this.#row.number)
    this.#context.transactions.wrote(1)
  }

  /** For a folder that this scan or the last one did not read in full. */
  #recount(): FolderCount {
    return this.#context.statements.countFolder.get(this.#row.number) ?? this.#added
  }

  #tally(): FolderCount {
    const sum = (name: keyof FolderCount): number => this.#row[name] + this.#added[name] - this.#removed[name]
    return { messages: sum('messages'), octets: sum('octets'), noId: sum('noId') }
  }
}
