import type { Comparison, Difference } from '../audit/compare/comparison.js'
import type { IndexedCopy } from '../index/copy-index.js'
import type { StoreIndex } from '../index/store-index.js'
import type { Sides } from '../plan/one-way.js'

/** A message of a source, and the one of the target that stands for it. */
interface Partners {
  readonly difference: Difference
  readonly copy: IndexedCopy
  readonly there: IndexedCopy
}

/** Copies of mails that are there more than once, which are read together for their digests. */
const AT_ONCE = 500

/**
 * Says of each message of the sources which one of the target stands for it. Where a mail is there more than once, those that
 * are the same octets are partners, and the others in their order.
 */
export async function* partnersIn(comparison: Comparison, sides: Sides): AsyncGenerator<Partners> {
  let open: Difference[] = []
  let copies = 0
  for (const difference of comparison.pairs()) {
    const { master, slave } = difference
    if (master.length === 0 || slave.length === 0) continue
    if (master.length === 1 && slave.length === 1) {
      yield* pairUp(difference, sides)
      continue
    }
    open.push(difference)
    copies += master.length + slave.length
    if (copies < AT_ONCE) continue
    yield* readAndPair(open, sides)
    open = []
    copies = 0
  }
  yield* readAndPair(open, sides)
}

async function* readAndPair(differences: readonly Difference[], sides: Sides): AsyncGenerator<Partners> {
  await sides.master.needWires(differences.flatMap(({ master }) => master))
  await sides.slave.needWires(differences.flatMap(({ slave }) => slave))
  for (const difference of differences) yield* pairUp(difference, sides)
}

function* pairUp(difference: Difference, sides: Sides): Iterable<Partners> {
  const { kind, master, slave } = difference
  const free = [...slave]
  const left: IndexedCopy[] = []
  for (const copy of master) {
    const wire = wireOf(copy, sides.master)
    const at = free.findIndex((other) => wire !== null && wireOf(other, sides.slave) === wire)
    const [there] = at < 0 ? [] : free.splice(at, 1)
    if (there === undefined) left.push(copy)
    else yield { difference, copy, there }
  }
  // What is there less often is still to come, but for mail that lies in another folder or in another version.
  const last = kind === 'moved' || kind === 'changed' ? slave.at(-1) : undefined
  for (const copy of left) {
    const there = free.shift() ?? last
    if (there !== undefined) yield { difference, copy, there }
  }
}

const wireOf = (copy: IndexedCopy, index: StoreIndex) => copy.wire ?? index.wire(copy)
