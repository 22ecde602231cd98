import { walkCopyFacts } from '../apply/copy-facts.js'
import type { Run, Runs } from '../apply/run.js'
import { readHistory, STEP } from '../apply/run-history.js'
import type { Problem } from '../errors.js'
import type { IndexedCopy } from '../index/copy-index.js'
import { homeOf } from '../index/joined-index.js'
import { Notebook } from '../index/notebook.js'
import type { Leftovers } from '../plan/migrate-dedupe.js'
import type { CopyRef, CopyStep } from '../plan/step.js'
import { placeOf } from '../plan/store-facts.js'
import type { Render } from '../report/formats.js'
import { type ProofRow, proofReport, sumProof } from '../report/proof-report.js'
import type { StoreLine } from '../report/report.js'
import { countOf } from '../report/wording.js'
import { folderName } from '../stores/store.js'
import { interruption } from './interruption.js'
import { writeManifest } from './manifest.js'
import type { LaidOut, MigrationParts } from './migration-sides.js'
import { partnersIn } from './proof-partners.js'
import { readClaims } from './proof-reading.js'
import {
  claimOf,
  type NotedClaim,
  type NotedEnd,
  proofRow,
  saidOfFact,
  saidOfReading,
  unreadRow,
} from './proof-rows.js'
import { saveFile } from './save-targets.js'
import type { OpenScan } from './scan-stores.js'

export interface ProofChoices {
  readonly files: readonly { readonly path: string; readonly render: Render }[]
  /** Whether a local target gets a list for `sha256sum -c`. */
  readonly manifest: boolean
  readonly note: (text: string) => void
  readonly runs: Runs
  /** A run that was stopped, and goes on. */
  readonly resume: Run | null
}

/**
 * What becomes of each message of a migration. What the target has before is noted when the stores are laid beside each other,
 * and read when all is done; what is copied was read back by the run. What an earlier go has left is in the target like all else.
 */
export class MigrationProof implements Disposable {
  readonly #parts: MigrationParts
  readonly #choices: ProofChoices
  readonly #ends = new Notebook()
  readonly #claims = new Notebook()
  /** How far the run was that goes on. */
  readonly #before: Uint8Array | null

  constructor(parts: MigrationParts, choices: ProofChoices) {
    this.#parts = parts
    this.#choices = choices
    this.#before = choices.resume === null ? null : readHistory(choices.resume).states
  }

  /** Notes what is there already and what stays behind, and why; nothing, where no certificate was asked for. */
  async record({ sides, comparison, whyNot, left }: LaidOut): Promise<void> {
    if (this.#choices.files.length === 0) return
    for await (const { difference, copy, there } of partnersIn(comparison, sides))
      this.#claim(refOf(copy), claimOf(there, difference))
    for (const { scanned } of this.#parts.sources)
      for (const copy of scanned.index.copies()) {
        const why = whyNot(copy)
        if (why !== null) this.#note(refOf(copy), { verdict: 'left-out', detail: why, at: null })
        else if (left !== null) this.#noteLeft(copy, left)
      }
  }

  /** Proves what was done, and what was there before. @param run - null: there was nothing to do */
  async conclude(run: Run | null): Promise<void> {
    if (interruption.aborted) return
    const { files, manifest, note, runs } = this.#choices
    if (files.length > 0) await this.#certify(run)
    const { spec, identity } = this.#parts.target.store
    if (!manifest || spec.type === 'imap') return
    const since = run === null ? lastRunOn(identity, runs) : Number.POSITIVE_INFINITY
    try {
      const file = await writeManifest(spec.path, since)
      if (file !== null) note(`checksums of what lies in the target: ${file} (sha256sum -c)`)
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error)) throw error
      note(`no checksums of what lies in the target: ${error.message}`)
    }
  }

  async #certify(run: Run | null): Promise<void> {
    const { files, note } = this.#choices
    if (run !== null) this.#noteFacts(run)
    for (const source of this.#parts.sources) await this.#readClaimed(source)
    const problems = this.#problems()
    const summary = sumProof(this.#rows())
    const generatedAt = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
    const details = { run: run?.name ?? null }
    const data = { generatedAt, stores: this.#lines(), summary, problems, details, rows: () => this.#rows() }
    for (const { path, render } of files) {
      await saveFile(path, render(proofReport, data))
      note(`${proofReport.heading(summary, [])} Proof: ${path}`)
    }
    const others = summary.alteredByServer + summary.thereBefore
    if (others > 0) note(`${countOf(others, 'message')} in the target not as in the source; the proof says in what`)
  }

  #noteFacts(run: Run): void {
    for (const fact of walkCopyFacts(run)) {
      const { from } = fact.step
      if (this.#before?.[fact.n] === STEP.done) this.#noteEarlier(fact.step, fact.at)
      // What was not copied since the target had got it meanwhile is there.
      else if (fact.state === 'done' || !this.#isThere(from)) this.#note(from, saidOfFact(fact))
    }
  }

  /** Copied before the run was stopped: it counts as far as it is found in the target. */
  #noteEarlier({ from, to }: CopyStep, at: string | null): void {
    const found = at === null ? null : this.#parts.target.scanned.index.copyAt(folderName(to.folder), at)
    if (found !== null) {
      const { folder, locator } = found.copy
      this.#claim(from, { folder, locator, detail: '', other: null })
    } else if (!this.#isThere(from))
      this.#note(from, {
        verdict: 'failed',
        detail: 'stored before the run was stopped, and gone since then',
        at: null,
      })
  }

  #isThere(from: CopyRef): boolean {
    const claim = this.#claimed(from)
    return claim !== null && claim.other === null
  }

  /** Has what the target is said to have read there, and laid beside the source. */
  async #readClaimed({ scanned: { index } }: OpenScan): Promise<void> {
    const target = this.#parts.target.scanned.index
    for await (const [{ copy, claim }, reading] of readClaims(this.#claimsOf(index.copies()), index, target))
      this.#note(refOf(copy), saidOfReading(claim, reading))
  }

  *#claimsOf(copies: Iterable<IndexedCopy>) {
    const target = this.#parts.target.scanned.index
    for (const copy of copies) {
      const from = refOf(copy)
      const claim = this.#ends.has(keyOf(from)) ? null : this.#claimed(from)
      if (claim === null) continue
      const there = target.copyAt(folderName(claim.folder), claim.locator)?.copy
      if (there === undefined) this.#note(from, saidOfReading(claim, { found: 'unreadable' }))
      else yield { copy, claim, there }
    }
  }

  *#rows(): Iterable<ProofRow> {
    for (const { scanned } of this.#parts.sources) {
      const { index, problems } = scanned
      for (const copy of index.copies()) {
        const text = this.#ends.get(keyOf(refOf(copy)))
        const end: NotedEnd | null = text === null ? null : JSON.parse(text)
        yield proofRow({ ...copy, wire: copy.wire ?? index.wire(copy) }, end, this.#parts.target.store.spec.name)
      }
      for (const problem of problems) if (isUnread(problem, scanned)) yield unreadRow(problem)
    }
  }

  #problems(): readonly Problem[] {
    return [...this.#parts.sources, this.#parts.target].flatMap(({ scanned }) => scanned.problems)
  }

  #noteLeft(copy: IndexedCopy, left: Leftovers): void {
    const out = left.of(copy)
    if (out === null) return
    const { standIn, likeness } = out
    const { store, folder, locator } = standIn
    if (likeness === 'there')
      this.#claim(refOf(copy), { folder, locator, detail: 'the same mail lies there', other: null })
    else {
      const detail = `${likeness} with ${store} ${folder} ${locator}, which stands for it`
      this.#note(refOf(copy), { verdict: 'left-out', detail, at: null })
    }
  }

  #note(at: CopyRef, end: NotedEnd): void {
    this.#ends.set(keyOf(at), JSON.stringify(end))
  }

  #claim(at: CopyRef, claim: NotedClaim): void {
    this.#claims.set(keyOf(at), JSON.stringify(claim))
  }

  #claimed(at: CopyRef): NotedClaim | null {
    return JSON.parse(this.#claims.get(keyOf(at)) ?? 'null')
  }

  #lines(): StoreLine[] {
    return [...this.#parts.sources, this.#parts.target].map(({ store, scanned: { index } }) => {
      const { messages, octets } = index.totals()
      return { name: store.spec.name, type: store.spec.type, folders: index.folders().length, messages, bytes: octets }
    })
  }

  [Symbol.dispose](): void {
    this.#ends[Symbol.dispose]()
    this.#claims[Symbol.dispose]()
  }
}

const refOf = (copy: IndexedCopy): CopyRef => ({ ...placeOf(copy), store: homeOf(copy) })

const keyOf = ({ store, folder, locator }: CopyRef): string => JSON.stringify([store, folder, locator])

/** A message that the index knows was read by the scan: what went wrong later is told in its own row. */
const isUnread = ({ folder, locator }: Problem, { index }: OpenScan['scanned']): boolean =>
  folder !== null && locator !== null && index.copyAt(folderName(folder), locator) === null

/** When a run was last begun that changed a store, as far as is known; milliseconds since 1970. */
function lastRunOn(identity: string, runs: Runs): number {
  const began = runs
    .list()
    .filter(({ header }) => header?.stores.some((store) => store.role === 'target' && store.identity === identity))
  return Math.max(0, ...began.map(({ begun }) => Date.parse(begun)))
}
