import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { findNoId } from '../../src/audit/no-id.js'
import { makeMemoryStore } from '../../src/stores/memory/store.js'
import { type Folder, type FolderName, type KnownCopies, locator, type Store } from '../../src/stores/store.js'
import { scan } from '../support/scanning.js'

/** The store after its folders were numbered anew: every copy has another locator, and is proven to be what it was. */
function renumbered(store: Store): Store {
  const { spec, identity } = store
  const open = async (name: FolderName): Promise<Folder> => {
    const folder = await store.open(name)
    return {
      name,
      abilities: folder.abilities,
      scan: (known) => rescan(folder, known),
      read: (locators) => folder.read([...locators].map((each) => locator(each.replace('anew-', '')))),
      measure: () => folder.measure(),
      [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
    }
  }
  return { spec, identity, open, list: () => store.list(), [Symbol.asyncDispose]: async () => {} }
}

async function* rescan(folder: Folder, known: KnownCopies) {
  const rows = new Map([...known.copies()].map((copy) => [copy.locator, copy.row]))
  for await (const batch of folder.scan({ state: null, copies: () => [] })) {
    const read = batch.read.map((copy) => {
      const sameAs = rows.get(copy.locator)
      return { ...copy, locator: locator(`anew-${copy.locator}`), ...(sameAs === undefined ? {} : { sameAs }) }
    })
    yield { ...batch, read }
  }
}

it('what was made of bodies holds for copies that are the same under another number', async () => {
  const raw = Buffer.from('Date: Mon, 1 Jan 2024 10:00:00 +0000\nFrom: a@example.org\n\nHello\n')
  const store = makeMemoryStore({ INBOX: [{ raw, flags: [], received: 0 }] }, { scansHeadersAlone: true })
  const cacheDirectory = mkdtempSync(join(tmpdir(), 'mbaudit-carried-'))
  const ask = async (asked: Store) => {
    await using scanned = await scan(asked, { cacheDirectory })
    const [row] = [...(await findNoId([scanned.index])).rows()]
    return { ...row, copy: { ...row?.copy, row: 0, locator: '' }, read: scanned.summary.read, place: row?.copy.locator }
  }
  try {
    const before = await ask(store)
    const after = await ask(renumbered(store))
    expect(after).toEqual({ ...before, place: `anew-${before.place}` })
    expect(after.copy.wire).not.toBeNull()
    expect(store.asked).toHaveLength(1)
  } finally {
    rmSync(cacheDirectory, { recursive: true, force: true })
  }
})
