import { openStore } from './drivers.js'
import { type FolderEntry, type FolderName, NOTHING_KNOWN, type SpecialUse, type StoreSpec } from './store.js'

/** What a store holds, in messages and octets. */
export interface StoreSizes {
  readonly folders: readonly FolderName[]
  readonly messages: number
  readonly octets: number
  /** Octets of the largest message. */
  readonly largest: number
  /** Messages above the limit that was asked about, and the octets of each folder's largest of them. */
  readonly above: ReadonlyMap<FolderName, number>
}

/** Adds messages up as they come. */
export class SizeSum {
  readonly #limit: number | null
  readonly #folders: FolderName[] = []
  readonly #above = new Map<FolderName, number>()
  #messages = 0
  #octets = 0
  #largest = 0

  /** @param limit - octets; null: none is asked about */
  constructor(limit: number | null) {
    this.#limit = limit
  }

  addFolder(folder: FolderName): void {
    this.#folders.push(folder)
  }

  add(folder: FolderName, octets: number): void {
    this.#messages++
    this.#octets += octets
    this.#largest = Math.max(this.#largest, octets)
    if (this.#limit !== null && octets > this.#limit) this.#above.set(folder, (this.#above.get(folder) ?? 0) + 1)
  }

  sizes(): StoreSizes {
    return {
      folders: this.#folders,
      messages: this.#messages,
      octets: this.#octets,
      largest: this.#largest,
      above: this.#above,
    }
  }
}

/** Folders that show mail of others are not counted again. */
const VIEWS: readonly SpecialUse[] = ['\\All', '\\Flagged', '\\Important']

export const isCounted = ({ name, specialUse }: FolderEntry, wanted: (folder: FolderName) => boolean): boolean =>
  wanted(name) && (specialUse === null || !VIEWS.includes(specialUse))

/**
 * Counts what a store holds. Of an account the sizes that the server tells are counted; files are read.
 *
 * @param limit - octets above which messages are counted apart; null: none
 */
export async function sizesOf(
  spec: StoreSpec,
  wanted: (folder: FolderName) => boolean,
  limit: number | null,
): Promise<StoreSizes> {
  const sum = new SizeSum(limit)
  if (spec.type === 'imap') {
    const { addAccountSizes } = await import('./imap/sizes.js')
    await addAccountSizes(spec, wanted, sum)
    return sum.sizes()
  }
  await using store = await openStore(spec)
  for (const entry of (await store.list()).folders) {
    if (!isCounted(entry, wanted)) continue
    sum.addFolder(entry.name)
    await using folder = await store.open(entry.name)
    for await (const { read } of folder.scan(NOTHING_KNOWN))
      for (const { facts } of read) sum.add(entry.name, facts.size)
  }
  return sum.sizes()
}
