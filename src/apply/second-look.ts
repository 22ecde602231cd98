import { MbauditError } from '../errors.js'
import { readFacts } from '../message/facts.js'
import type { DeleteStep } from '../plan/step.js'
import type { Folder } from '../stores/store.js'
import { type SafeCopy, safeCopyOf } from './deleting.js'
import { wireOfExpected } from './places.js'
import type { NumberedStep } from './plan-copy.js'
import type { UnderWay } from './under-way.js'

/** A deletion that was made, and the copy that made it safe. */
interface Rested {
  readonly deleted: NumberedDelete
  readonly on: SafeCopy
}

export interface NumberedDelete extends NumberedStep {
  readonly step: DeleteStep
}

/** Looks at the copies again that deletions rested on. @returns the deletions whose copy is gone, or cannot be read */
export async function findUnsafe(
  way: UnderWay,
  deleted: readonly NumberedDelete[],
): Promise<readonly NumberedDelete[]> {
  const folders = new Map<string, Rested[]>()
  for (const each of deleted) {
    const on = safeCopyOf(way, each.step)
    if (on === null) continue
    const key = JSON.stringify([on.store, on.folder])
    folders.set(key, [...(folders.get(key) ?? []), { deleted: each, on }])
  }
  const unsafe: NumberedDelete[] = []
  for (const rested of folders.values()) unsafe.push(...(await findGone(way, rested)))
  return unsafe
}

async function findGone(way: UnderWay, rested: readonly Rested[]): Promise<readonly NumberedDelete[]> {
  const [first] = rested
  if (first === undefined) return []
  try {
    await using folder = await openStore(way, first.on.store).then((store) => store.open(first.on.folder))
    if (folder.abilities.stableLocators) return await findUnread(folder, rested)
  } catch (error) {
    if (!(error instanceof MbauditError)) throw error
    return rested.map(({ deleted }) => deleted)
  }
  await way.places.lookAgain([first.on.store])
  return rested.filter(({ on }) => !isIndexed(way, on)).map(({ deleted }) => deleted)
}

/** A target that was made by this run is read by what writes to it. */
async function openStore(way: UnderWay, name: string) {
  const { open, store } = way.places.store(name)
  return open === null ? store : way.target(name)
}

async function findUnread(folder: Folder, rested: readonly Rested[]): Promise<readonly NumberedDelete[]> {
  const gone: NumberedDelete[] = []
  let nth = 0
  for await (const { bytes } of folder.read(rested.map(({ on }) => on.locator))) {
    const { deleted, on } = rested[nth++] ?? {}
    if (deleted === undefined || on === undefined) continue
    if (bytes === null || !isMail(bytes, on)) gone.push(deleted)
  }
  return gone
}

const isMail = (message: Buffer, { expect, id }: SafeCopy): boolean =>
  expect === null ? readFacts(message).id === id : wireOfExpected(message, expect) !== null

/** Where locators change while a folder is written, the copy is any of the same mail in that folder. */
function isIndexed({ places }: UnderWay, { store, folder, expect, id }: SafeCopy): boolean {
  const index = places.index(store)
  const identity = expect?.identity ?? id
  if (identity === null) return true
  return index.copiesOf(identity, 'id').some((copy) => {
    const wire = index.wire(copy)
    return copy.folder === folder && (expect === null || expect.wire === null || wire === null || wire === expect.wire)
  })
}
