import { EXIT, MbauditError } from '../errors.js'
import type { SpecialUse } from '../stores/store.js'
import type { FolderRef, Step } from './step.js'

/** `--max-delete`: `N`, `P%` or `none`; without it the rule that stops what nobody means. */
export type MaxDelete =
  | { readonly kind: 'default' }
  | { readonly kind: 'count'; readonly messages: number }
  | { readonly kind: 'percent'; readonly percent: number }
  | { readonly kind: 'none' }

export const DEFAULT_LIMIT: MaxDelete = { kind: 'default' }

/** What a limit looks at besides the steps. */
export interface LimitFacts {
  /** Every folder of every target. */
  readonly folders: readonly (FolderRef & { readonly messages: number; readonly specialUse: SpecialUse | null })[]
  /** Of a sync: what would go since the master has none of it. null: nothing follows a master here. */
  readonly master: MasterFacts | null
  /** Where both stores are targets: the other one of each. */
  readonly masterOf?: (target: FolderRef) => MasterFacts
}

export interface MasterFacts {
  readonly store: string
  readonly messages: number
  /** Whether the master has a folder for this one of the target. */
  readonly hasFolder: (target: FolderRef) => boolean
}

/** A plan deletes more than anyone is likely to mean. Nothing was changed. */
export class SafetyLimitError extends MbauditError {
  constructor(message: string, hint: string, place: FolderRef | null) {
    super('SAFETY_LIMIT', EXIT.refused, message, hint, place === null ? {} : place)
  }
}

/** The limit that `text` names; null when it names none. */
export function parseMaxDelete(text: string): MaxDelete | null {
  if (text === 'none') return { kind: 'none' }
  const [, digits, sign] = /^(\d{1,15})(%?)$/.exec(text) ?? []
  if (digits === undefined) return null
  const number = Number(digits)
  if (sign === '') return { kind: 'count', messages: number }
  return number > 100 ? null : { kind: 'percent', percent: number }
}

/** Fewer deletions than this in a folder stop nothing, unless its master is lost. */
const ALWAYS_FINE = 20
const MOST_PERCENT = 10
const EXEMPT: readonly (SpecialUse | null)[] = ['\\Trash', '\\Junk']

/** A folder that loses messages which stay nowhere else in its store. */
interface Loss extends FolderRef {
  /** Messages in it before; 0: not known. */
  readonly messages: number
  readonly deleted: number
}

/**
 * Stops a plan that deletes too much. Counted are deletions of mail that stays nowhere else in its store, Trash and Junk left
 * out.
 *
 * @throws SafetyLimitError
 */
export function checkLimits(steps: Iterable<Step>, limit: MaxDelete, facts: LimitFacts): void {
  if (limit.kind === 'none') return
  const losses = countLosses(steps, facts)
  const [first] = losses
  if (first === undefined) return
  const total = losses.reduce((sum, { deleted }) => sum + deleted, 0)
  for (const loss of losses) {
    const master = masterFor(loss, facts)
    if (master?.messages === 0) throw emptyMaster(master, total)
  }
  if (limit.kind === 'count') {
    if (total > limit.messages) throw tooMany(total, limit.messages)
    return
  }
  for (const loss of losses) checkFolder(loss, limit, facts)
}

const masterFor = (loss: Loss, { master, masterOf }: LimitFacts): MasterFacts | null => masterOf?.(loss) ?? master

function checkFolder(loss: Loss, limit: MaxDelete, facts: LimitFacts): void {
  const master = masterFor(loss, facts)
  const share = loss.messages === 0 ? 100 : (loss.deleted * 100) / loss.messages
  if (limit.kind === 'percent') {
    if (share > limit.percent) throw tooMuch(loss, `more than ${limit.percent} %`)
    return
  }
  if (master !== null && !master.hasFolder(loss)) throw lostFolder(loss, master)
  if (loss.deleted <= ALWAYS_FINE) return
  if (share >= 100) throw tooMuch(loss, 'all of it')
  if (share > MOST_PERCENT) throw tooMuch(loss, `more than ${MOST_PERCENT} %`)
}

function countLosses(steps: Iterable<Step>, { folders }: LimitFacts): readonly Loss[] {
  const known = new Map(folders.map((folder) => [keyOf(folder), folder]))
  const counted = new Map<string, Loss>()
  for (const step of steps) {
    if (step.op !== 'delete' || step.staysElsewhere) continue
    const key = keyOf(step.at)
    const folder = known.get(key)
    if (EXEMPT.includes(folder?.specialUse ?? null)) continue
    const { store, folder: name } = step.at
    const deleted = (counted.get(key)?.deleted ?? 0) + 1
    counted.set(key, { store, folder: name, messages: folder?.messages ?? 0, deleted })
  }
  return [...counted.values()]
}

const keyOf = ({ store, folder }: FolderRef): string => JSON.stringify([store, folder])

const HINT = 'Look at the plan with --dry-run. If it is what you mean, say so with --max-delete N, P% or none.'

const messages = (count: number): string => (count === 1 ? '1 message' : `${count} messages`)

function emptyMaster({ store }: MasterFacts, total: number): SafetyLimitError {
  const hint = `Look whether ${store} is the store you mean. If it is to be so, say --max-delete none.`
  return new SafetyLimitError(`${store} is empty, and ${messages(total)} would be deleted`, hint, null)
}

function lostFolder({ store, folder, deleted }: Loss, master: MasterFacts): SafetyLimitError {
  const text = `${folder} is not on ${master.store}, and ${messages(deleted)} in it would be deleted`
  return new SafetyLimitError(text, HINT, { store, folder })
}

function tooMuch({ store, folder, deleted, messages: held }: Loss, how: string): SafetyLimitError {
  return new SafetyLimitError(`${folder}: ${deleted} of ${messages(held)} would be deleted, ${how}`, HINT, {
    store,
    folder,
  })
}

function tooMany(total: number, most: number): SafetyLimitError {
  return new SafetyLimitError(`${messages(total)} would be deleted, more than the ${most} allowed`, HINT, null)
}
