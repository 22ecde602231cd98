import type { IndexedCopy } from '../index/copy-index.js'
import type { CopyRef, DeleteStep, Expected } from '../plan/step.js'
import { Stale } from './places.js'
import { doomedKey, keptKey, type Stored, storedKey } from './stored.js'
import type { UnderWay } from './under-way.js'

/** The copy that makes a deletion safe, as far as it is one. */
export interface SafeCopy extends Pick<Stored, 'store' | 'folder' | 'locator' | 'id'> {
  /** null: it is what an earlier step stored, maybe altered by its server. */
  readonly expect: Expected | null
}

/** Whether a message may be deleted; if so, it counts as gone from now on, and the copy that stays for it as kept. */
export function mayDelete(way: UnderWay, step: DeleteStep): IndexedCopy | Stale {
  const { places, book } = way
  if (places.facts(step.at)?.isComplete !== true) return new Stale('its folder could not be read in full')
  const copy = places.find(step.at, step.expect)
  if (copy instanceof Stale) return copy
  if (copy.boundsInDoubt) return new Stale('where the message begins and ends is in doubt')
  if (book.has(keptKey(step.at))) return new Stale('the plan deletes another copy because this one stays')
  const unsafe = whyUnsafe(way, step, copy)
  if (unsafe !== null) return unsafe
  book.set(doomedKey(step.at), '')
  if ('keptAs' in step.safe) book.set(keptKey(step.safe.keptAs), '')
  return copy
}

function whyUnsafe(way: UnderWay, { at, safe }: DeleteStep, copy: IndexedCopy): Stale | null {
  const { places, book, quarantineError } = way
  if (quarantineError !== null) return new Stale(quarantineError.message)
  if ('lacking' in safe) return places.lacks(safe.lacking)
  if ('after' in safe) {
    const stored = readStored(book.get(storedKey(safe.after)))
    return stored?.isSound ? null : new Stale('what is to take its place was not stored and read back')
  }
  const { keptAs, expect } = safe
  const kept = findKept(way, keptAs, expect, copy)
  if (kept instanceof Stale) return new Stale(`the copy that is to stay: ${kept.why}`)
  if (doomedKey(keptAs) === doomedKey(at) || kept.object === copy.object)
    return new Stale('the copy that is to stay is this very message')
  if (book.has(doomedKey(keptAs))) return new Stale('the plan deletes the copy that is to stay')
  return null
}

/** The copy that is to stay; in a folder whose locators this run has changed, one of the same octets. */
function findKept(way: UnderWay, keptAs: CopyRef, expect: Expected, copy: IndexedCopy): IndexedCopy | Stale {
  const found = way.places.find(keptAs, expect)
  if (!(found instanceof Stale) || expect.wire === null || !way.hasShifted(keptAs)) return found
  const index = way.places.index(keptAs.store)
  const isIt = (other: IndexedCopy) =>
    other.folder === keptAs.folder && other.object !== copy.object && index.wire(other) === expect.wire
  return index.copiesOf(expect.identity, 'id').find(isIt) ?? found
}

/** The copy that a deletion rests on; null: it rests on what is lacking elsewhere. */
export function safeCopyOf({ book }: UnderWay, { safe }: DeleteStep): SafeCopy | null {
  if ('keptAs' in safe) return { ...safe.keptAs, id: safe.expect.id, expect: safe.expect }
  const stored = 'after' in safe ? readStored(book.get(storedKey(safe.after))) : null
  return stored === null ? null : { ...stored, expect: null }
}

function readStored(text: string | null): Stored | null {
  return text === null ? null : JSON.parse(text)
}
