import type { ImapFlow, MailboxObject } from 'imapflow'
import { BatchBuilder } from '../batch-builder.js'
import { flagText } from '../flag-text.js'
import type { KnownCopies, KnownCopy, ScanBatch, ScannedCopy, ScanWant } from '../store.js'
import { type CopyPlace, copyOf, locatorOf, readStamp, uidOf, wholeCopyOf } from './copy.js'
import { atWindow, disagreement } from './disagreement.js'
import { isDoubtful, readFirstOctets } from './doubt.js'
import { type Asking, fetchOnce, inPlace, type Lacking } from './fetch.js'
import type { Hand } from './hand-over.js'
import type { FetchedItems } from './items.js'
import { type Listing, listChanges, listUids, type Met } from './listing.js'
import { ProofTable } from './proof-table.js'
import { fetchEach } from './pursuit.js'
import { headerParts, isCountAgreed, type Parts, type ScannedFolder, wholeParts } from './scan-parts.js'
import type { Lent } from './session.js'
import { type FolderState, hasSameUids, isUntouched, readState, stateOf, writeState } from './state.js'
import { NOTHING_HEARD, readTrouble } from './trouble.js'
import { placeOf, UidCollector, without } from './uid-set.js'

/** Octets that a batch that waits to be taken is counted for. */
const BATCH_WEIGHT = 1 << 20
/** Reads a folder: what changed since `known` where there is such a thing, all of it else. */
export async function scanFolder(
  folder: ScannedFolder,
  known: KnownCopies,
  want: ScanWant,
  hand: Hand<ScanBatch>,
): Promise<void> {
  await new Scan(folder, want, hand).run(known)
}

class Scan {
  readonly #folder: ScannedFolder
  readonly #want: ScanWant
  readonly #hand: Hand<ScanBatch>
  readonly #batch: BatchBuilder
  /** Read already, or listed as lacking. */
  readonly #settled = new UidCollector()
  readonly #doubtful = new UidCollector()
  /** How the folder stood before anything was read of it: what changes later is found by the next scan. */
  #state: FolderState | null = null
  /** Known copies of a former UIDVALIDITY. */
  readonly #proofs = new ProofTable()

  constructor(folder: ScannedFolder, want: ScanWant, hand: Hand<ScanBatch>) {
    this.#folder = folder
    this.#want = want
    this.#hand = hand
    this.#batch = new BatchBuilder(folder.name)
  }

  async run(known: KnownCopies): Promise<void> {
    const before = readState(known.state)
    const status = await this.#folder.status()
    if (before !== null && status !== null && isUntouched(before, status)) {
      this.#folder.place.check(status)
      await this.#give(this.#batch.last({ outcome: 'unchanged' }))
      return
    }
    const listing = await this.#list(known, before)
    if (listing === 'unchanged') return void (await this.#give(this.#batch.last({ outcome: 'unchanged' })))
    if (listing === 'anew') await this.#readAll()
    else await this.#readChanges(known, listing)
    await this.#readDoubtful()
    await this.#compare(status)
    const state = this.#state === null ? '' : writeState(this.#state)
    const generation = this.#state?.uidValidity ?? null
    await this.#give(this.#batch.last(this.#batch.verdict(known.state === state, state, generation)))
  }

  /** Lists the folder where something is known of it that may still hold. */
  async #list(known: KnownCopies, before: FolderState | null): Promise<Listing | 'anew' | 'unchanged'> {
    const [first] = known.copies()
    if (first === undefined) return 'anew'
    const validity = readStamp(first.stamp)?.uidValidity ?? null
    const listing = await inPlace(this.#folder.place, false, async (client, opened, lent) => {
      const now = stateOf(opened)
      this.#state = now
      if (before !== null && isUntouched(before, now)) return 'unchanged'
      if (validity === null || validity !== now.uidValidity) return 'anew'
      if (before !== null && !hasSameUids(before, now)) return 'anew'
      return listChanges(client, lent, this.#hand, { before, now })
    })
    if (listing === 'anew') this.#keepProofs(known)
    return listing
  }

  #keepProofs(known: KnownCopies): void {
    for (const { row, stamp } of known.copies()) {
      const proof = readStamp(stamp)?.proof
      if (proof !== undefined) this.#proofs.add(proof, row)
      this.#batch.noteGone()
    }
  }

  /** Reads the whole folder in one walk, and then what that left out. */
  async #readAll(): Promise<void> {
    let isFirst = true
    const exists = await inPlace(this.#folder.place, this.#state !== null, async (client, opened, lent) => {
      const now = stateOf(opened)
      if (!isFirst) return null
      isFirst = false
      this.#state ??= now
      if (now.exists !== 0) await this.#sweep(client, lent, now)
      return now.exists
    })
    if (exists === this.#settled.size) return
    await this.#readMissing()
  }

  async #sweep(client: ImapFlow, lent: Lent, { uidNext }: FolderState): Promise<void> {
    const isAsked = (uid: number): boolean => (uidNext === null || uid < uidNext) && !this.#settled.has(uid)
    const set = uidNext === null ? '1:*' : `1:${uidNext - 1}`
    try {
      await fetchOnce(client, lent, set, this.#wantsBodies ? this.#wholes() : this.#headers(), isAsked)
    } catch (error) {
      // What it gave up at is found by asking for the rest.
      if (readTrouble(error, NOTHING_HEARD, 'work')?.kind !== 'refused') throw error
    }
  }

  async #readMissing(): Promise<void> {
    const list = (client: ImapFlow, _: MailboxObject, lent: Lent) => listUids(client, lent, this.#hand)
    const { uids, agrees } = await inPlace(this.#folder.place, false, list)
    if (!agrees) this.#batch.addFailure(disagreement('its list of messages'))
    await this.#readEach(without(uids, this.#settled.sorted()))
  }

  async #readChanges(known: KnownCopies, { uids, met, agrees }: Listing): Promise<void> {
    if (!agrees) this.#batch.addFailure(disagreement('its list of messages'))
    const isKept = new Uint8Array(uids?.length ?? 0)
    const changed = new UidCollector()
    for (const copy of known.copies()) {
      const uid = uidOf(copy.locator) ?? 0
      const at = uids === null ? 0 : placeOf(uids, uid)
      if (at < 0) this.#batch.noteGone()
      else if (!this.#isAsKnown(copy, met.get(uid))) changed.add(uid)
      else {
        isKept[at] = 1
        this.#keep(copy, met.get(uid)?.flags ?? null)
        if (this.#batch.isFull) await this.#give(this.#batch.take())
      }
    }
    await this.#readEach(uids === null ? changed.sorted() : uids.filter((_, at) => isKept[at] === 0))
  }

  /** Whether a known copy is of the folder's present UIDs, and what the server says of it agrees. */
  #isAsKnown({ stamp }: KnownCopy, met: Met | undefined): boolean {
    const read = readStamp(stamp)
    if (read === null || read.uidValidity !== this.#state?.uidValidity) return false
    return met === undefined || met.size === null || (met.size === read.size && met.received === read.received)
  }

  #keep(copy: KnownCopy, flags: readonly string[] | null): void {
    this.#batch.addKept(copy.row, 0, flags === null || flagText(flags) === copy.flags ? null : flags)
  }

  /** Looks whether EXAMINE says what STATUS says: both anew where they differ, since messages may come and go. */
  async #compare(status: FolderState | null): Promise<void> {
    const window = this.#folder.windows.find((count) => count === this.#state?.exists)
    if (window !== undefined) this.#batch.addFailure(atWindow(window))
    const { place } = this.#folder
    const agrees = await isCountAgreed(place, status, this.#state?.exists ?? null, () => this.#folder.status())
    if (!agrees) this.#batch.addFailure(disagreement('STATUS'))
  }

  #give(batch: ScanBatch): Promise<void> | undefined {
    return this.#hand.give(batch, BATCH_WEIGHT)
  }

  async #readEach(uids: Uint32Array): Promise<void> {
    const { place } = this.#folder
    let left = uids
    if (this.#wantsBodies) {
      const withheld = new UidCollector()
      const failed = (uid: number): void => void withheld.add(uid)
      await fetchEach(place, uids, this.#wholes(), { ...this.#lacking(), failed })
      left = withheld.sorted()
    }
    await fetchEach(place, left, this.#headers(), this.#lacking())
  }

  /** Of messages under new UIDs the bodies may be known: their headers tell. */
  get #wantsBodies(): boolean {
    return this.#want === 'bodies' && this.#proofs.size === 0
  }

  #headers(): Asking {
    const parts = headerParts((items, header) => {
      const copy = this.#copyOf(items, header)
      if (isDoubtful(copy.facts, header)) this.#doubtful.add(items.uid)
      else this.#batch.addRead(copy, header.length)
      this.#settled.add(items.uid)
    })
    return this.#askingFor(parts)
  }

  #wholes(): Asking {
    const parts = wholeParts((items, message) => {
      this.#batch.addRead(wholeCopyOf(items, message, this.#place()), message.length)
      this.#settled.add(items.uid)
    })
    return this.#askingFor(parts)
  }

  #askingFor(asking: Parts): Asking {
    const hand = this.#hand
    return {
      ...asking,
      room: () => (this.#batch.isFull ? this.#give(this.#batch.take()) : undefined),
      get isStopped() {
        return hand.isStopped
      },
    }
  }

  async #readDoubtful(): Promise<void> {
    const take = (items: FetchedItems, octets: Buffer): void =>
      this.#batch.addRead(this.#copyOf(items, octets), octets.length)
    const asking = (parts: Parts): Asking => this.#askingFor(parts)
    await readFirstOctets(this.#folder.place, this.#doubtful.sorted(), asking, this.#lacking(), take)
  }

  #lacking(): Lacking {
    return {
      gone: (uid) => {
        this.#settled.add(uid)
        this.#batch.noteGone()
      },
      failed: (uid, why) => {
        this.#settled.add(uid)
        this.#batch.addTrouble('UNREADABLE', locatorOf(uid), why)
      },
    }
  }

  #copyOf(items: FetchedItems, header: Buffer): ScannedCopy {
    const copy = copyOf(items, header, this.#place())
    if (this.#proofs.size === 0) return copy
    const sameAs = this.#proofs.take(readStamp(copy.stamp)?.proof ?? '')
    return sameAs === null ? copy : { ...copy, sameAs }
  }

  #place(): CopyPlace {
    const { account, identity } = this.#folder
    return { account, identity, uidValidity: this.#state?.uidValidity ?? null }
  }
}
