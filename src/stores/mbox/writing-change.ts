import { readFacts } from '../../message/facts.js'
import { wireDigest } from '../../message/wire.js'
import { locator } from '../store.js'
import type { Change, Outcome } from '../writable.js'
import { ReadableFile } from './file.js'
import { isInternalData } from './internal-data.js'
import type { Variant } from './quoting.js'
import type { SplitMessage } from './split-message.js'
import { SplitterAt } from './splitter-at.js'
import { flagEdits } from './writing-flag-edits.js'
import { keptFlags } from './writing-flags.js'
import type { Edit } from './writing-rewrite.js'

/** A change, and where its message stands in the file now; -1: nowhere. */
export interface PlacedChange {
  readonly change: Change
  readonly offset: number
}

export interface PlannedChanges {
  /** One for each change, in their order, as it is once the edits are made. */
  readonly outcomes: readonly Outcome[]
  /** In the order of the file. */
  readonly edits: readonly Edit[]
}

/**
 * Looks at the messages that are to change, and makes edits of those that are what they are said to be.
 *
 * @param path - octets; the file is under its locks
 * @param isSame - whether the file is as it was when places were told: else a place alone proves nothing
 */
export async function planChanges(
  path: string,
  variant: Variant | null,
  lineEnd: '\n' | '\r\n',
  changes: readonly PlacedChange[],
  isSame: boolean,
): Promise<PlannedChanges> {
  using file = new ReadableFile(path)
  const splitter = await SplitterAt.open(file, variant)
  const outcomes = new Map<string, Outcome>()
  const edits: Edit[] = []
  let behind: SplitMessage | null = null
  let shift = 0
  for (const { change, offset } of [...changes].sort((a, b) => a.offset - b.offset)) {
    const { token } = change
    const message: SplitMessage | null =
      behind?.offset === offset ? behind : ((offset < 0 ? null : await splitter?.at(offset)) ?? null)
    behind = null
    const why = whyNot(change, message, offset === splitter?.first, isSame)
    outcomes.set(token, why ?? { token, outcome: 'done', locator: change.flags && locator(`offset=${offset + shift}`) })
    if (why !== null || message === null) continue
    if (change.flags !== null) {
      const made = newFlags(message, change.flags, lineEnd)
      edits.push(...made)
      shift += growthOf(made)
    } else {
      const end: SplitMessage | null = (await splitter?.next()) ?? null
      const edit = { from: offset, to: end?.offset ?? file.state().size, insert: '' }
      edits.push(edit)
      shift += growthOf([edit])
      behind = end
    }
  }
  const all = changes.map(({ change: { token } }): Outcome => outcomes.get(token) ?? { token, outcome: 'gone' })
  return { outcomes: all, edits }
}

/** null: it is to be made. */
function whyNot(
  { token, wire, flags }: Change,
  message: SplitMessage | null,
  isFirst: boolean,
  isSame: boolean,
): Outcome | null {
  if (message === null || (isFirst && isInternalData(message.octets))) return { token, outcome: 'gone' }
  if (message.isTooLarge) return { token, outcome: 'refused', words: 'it is larger than 1 GiB' }
  const isIt = wire === null ? isSame : wireDigest(message.octets) === wire
  if (!isIt) return { token, outcome: 'changed' }
  return flags === null && message.boundsInDoubt ? { token, outcome: 'refused', words: IN_DOUBT } : null
}

const growthOf = (edits: readonly Edit[]): number =>
  edits.reduce((sum, { from, to, insert }) => sum + insert.length - (to - from), 0)

const IN_DOUBT = 'where it ends in the file is in doubt: with it, some of another message could be taken away'

function newFlags(
  message: SplitMessage,
  change: NonNullable<Change['flags']>,
  lineEnd: '\n' | '\r\n',
): readonly Edit[] {
  const octets = Buffer.from(message.octets)
  const before = readFacts(octets).headerFlags
  const after = new Set([...before, ...keptFlags(change.add)])
  for (const flag of change.remove) after.delete(flag)
  if (after.size === before.length && before.every((flag) => after.has(flag))) return []
  return flagEdits(octets, [...after].sort(), lineEnd).map(({ from, to, insert }) => ({
    from: message.start + from,
    to: message.start + to,
    insert,
  }))
}
