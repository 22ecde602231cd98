import { openTarget } from '../apply/target.js'
import { MbauditError } from '../errors.js'
import type { FolderRef, Step } from '../plan/step.js'
import type { FolderName, StoreSpec } from '../stores/store.js'
import type { WritableStore } from '../stores/writable.js'
import { isToBeMade } from './act-stores.js'

/** Why a folder cannot keep a flag; empty: it can. */
export type WhyNoFlag = (folder: FolderName, flag: string) => string

/**
 * Which flags of a plan its target could not keep: what only a folder that is open for writing tells (PERMANENTFLAGS, how many
 * keywords a Maildir has letters for). Else they would be planned again each time.
 *
 * @param folders - those that are there
 * @returns null: it keeps all of them
 */
export async function unkeptFlags(
  steps: Iterable<Step>,
  spec: StoreSpec,
  folders: ReadonlySet<FolderName>,
): Promise<WhyNoFlag | null> {
  if (folders.size === 0 || isToBeMade(spec)) return null
  const asked = flagsByFolder(steps, spec.name, folders)
  if (asked.size === 0) return null
  await using target = await openTarget(spec, false)
  const reasons = new Map<string, string>()
  for (const [folder, flags] of asked) {
    for (const [flag, why] of await reasonsIn(target, folder, flags)) reasons.set(keyOf(folder, flag), why)
  }
  return reasons.size === 0 ? null : (folder, flag) => reasons.get(keyOf(folder, flag)) ?? ''
}

const keyOf = (folder: FolderName, flag: string): string => `${flag} ${folder}`

function flagsByFolder(steps: Iterable<Step>, store: string, folders: ReadonlySet<FolderName>) {
  const asked = new Map<FolderName, Set<string>>()
  for (const step of steps) {
    const set = flagsSetBy(step)
    if (set === null || set.store !== store || set.flags.length === 0 || !folders.has(set.folder)) continue
    const known = asked.get(set.folder) ?? new Set()
    asked.set(set.folder, known)
    for (const flag of set.flags) known.add(flag)
  }
  return asked
}

function flagsSetBy(step: Step): (FolderRef & { readonly flags: readonly string[] }) | null {
  if (step.op === 'copy') return { ...step.to, flags: step.flags }
  if (step.op === 'move') return { store: step.at.store, folder: step.to, flags: step.flags?.add ?? [] }
  return step.op === 'flags' ? { ...step.at, flags: step.add } : null
}

/** A folder that cannot be opened for writing says nothing here: its steps fail, and tell why. */
async function reasonsIn(target: WritableStore, name: FolderName, flags: ReadonlySet<string>) {
  try {
    await using folder = await target.openForWriting(name)
    return [...flags].map((flag) => [flag, folder.writing.whyNoFlag(flag)] as const).filter(([, why]) => why !== '')
  } catch (error) {
    if (!(error instanceof MbauditError)) throw error
    return []
  }
}
