import { walkCopyFacts } from '../apply/copy-facts.js'
import type { Run } from '../apply/run.js'
import type { Comparison } from '../audit/compare/comparison.js'
import type { IndexedCopy } from '../index/copy-index.js'
import { homeOf } from '../index/joined-index.js'
import { Notebook } from '../index/notebook.js'
import type { Leftovers } from '../plan/migrate-dedupe.js'
import type { CopyRef } from '../plan/step.js'
import { placeOf } from '../plan/store-facts.js'
import type { Render } from '../report/formats.js'
import { type ProofRow, proofReport, sumProof } from '../report/proof-report.js'
import type { StoreLine } from '../report/report.js'
import { interruption } from './interruption.js'
import { writeManifest } from './manifest.js'
import type { MigrationParts } from './plan-migration.js'
import { type NotedEnd, proofRow, saidOfFact, saidOfThere } from './proof-rows.js'
import { saveFile } from './save-targets.js'

export interface ProofChoices {
  readonly files: readonly { readonly path: string; readonly render: Render }[]
  /** Whether a local target gets a list for `sha256sum -c`. */
  readonly manifest: boolean
  readonly note: (text: string) => void
}

/** What becomes of each message of a migration: noted when it is planned, and proven when it is done. */
export class MigrationProof implements Disposable {
  readonly #parts: MigrationParts
  readonly #choices: ProofChoices
  readonly #ends = new Notebook()

  constructor(parts: MigrationParts, choices: ProofChoices) {
    this.#parts = parts
    this.#choices = choices
  }

  /** Notes what is there already and what stays behind, and why; nothing, where no certificate was asked for. */
  record(comparison: Comparison, whyNot: (copy: IndexedCopy) => string | null, left: Leftovers | null): void {
    if (this.#choices.files.length === 0) return
    for (const { master, slave, kind, reason, evidence } of comparison.pairs()) {
      for (const [nth, copy] of master.entries()) {
        const there = slave[kind === 'copies' ? nth : Math.min(nth, slave.length - 1)]
        if (there !== undefined) this.#note(copy, saidOfThere(there, kind, reason, evidence))
      }
    }
    for (const { scanned } of this.#parts.sources)
      for (const copy of scanned.index.copies()) {
        const why = whyNot(copy)
        if (why !== null) this.#note(copy, { verdict: 'left-out', detail: why, at: null })
        else if (left !== null) this.#noteLeft(copy, left)
      }
  }

  /** Proves what was done, and what was there before. @param run - null: there was nothing to do */
  async conclude(run: Run | null): Promise<void> {
    if (interruption.aborted) return
    const { files, manifest, note } = this.#choices
    if (files.length > 0) await this.#certify(run)
    const { spec } = this.#parts.target.store
    if (!manifest || spec.type === 'imap') return
    const file = await writeManifest(spec.path, run !== null)
    if (file !== null) note(`checksums of what lies in the target: ${file} (sha256sum -c)`)
  }

  async #certify(run: Run | null): Promise<void> {
    const { files, note } = this.#choices
    if (run !== null) for (const fact of walkCopyFacts(run)) this.#noteAt(fact.step.from, saidOfFact(fact))
    const summary = sumProof(this.#rows())
    const generatedAt = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
    const details = { run: run?.name ?? null }
    const data = { generatedAt, stores: this.#lines(), summary, problems: [], details, rows: () => this.#rows() }
    for (const { path, render } of files) {
      await saveFile(path, render(proofReport, data))
      note(`${proofReport.heading(summary, [])} Proof: ${path}`)
    }
  }

  *#rows(): Iterable<ProofRow> {
    for (const { scanned } of this.#parts.sources) {
      const { index } = scanned
      for (const copy of index.copies()) {
        const text = this.#ends.get(keyOf(placeOf(copy)))
        const end: NotedEnd | null = text === null ? null : JSON.parse(text)
        yield proofRow({ ...copy, wire: copy.wire ?? index.wire(copy) }, end, this.#parts.target.store.spec.name)
      }
    }
  }

  #noteLeft(copy: IndexedCopy, left: Leftovers): void {
    const out = left.of(copy)
    if (out === null) return
    const { standIn, likeness } = out
    const place = `${standIn.store} ${standIn.folder} ${standIn.locator}`
    const isThere = likeness === 'there'
    const detail = isThere ? 'the same mail lies there' : `${likeness} with ${place}, which stands for it`
    const at = isThere ? standIn : null
    this.#note(copy, { verdict: isThere ? 'there-before' : 'left-out', detail, at })
  }

  #note(copy: IndexedCopy, end: NotedEnd): void {
    this.#noteAt({ ...placeOf(copy), store: homeOf(copy) }, end)
  }

  #noteAt(at: CopyRef, end: NotedEnd): void {
    this.#ends.set(keyOf(at), JSON.stringify(end))
  }

  #lines(): StoreLine[] {
    return [...this.#parts.sources, this.#parts.target].map(({ store, scanned: { index } }) => {
      const { messages, octets } = index.totals()
      return { name: store.spec.name, type: store.spec.type, folders: index.folders().length, messages, bytes: octets }
    })
  }

  [Symbol.dispose](): void {
    this.#ends[Symbol.dispose]()
  }
}

const keyOf = ({ store, folder, locator }: CopyRef): string => JSON.stringify([store, folder, locator])
