import { join } from 'node:path'
import { MbauditError } from '../errors.js'
import { summariseBodyHashes } from '../message/dkim-summary.js'
import type { EpochSeconds } from '../message/message.js'
import { wireDigest } from '../message/wire.js'
import type { Expected } from '../plan/step.js'
import type { ReadCopy } from '../stores/store.js'
import type { Outcome, WritableFolder } from '../stores/writable.js'
import { describeAlteration } from './alteration.js'
import type { Given } from './given.js'
import type { StepOutcome } from './journal-entry.js'
import { placeIn } from './planned-change.js'
import { makePrivateDirectory, writePrivateFile } from './private-files.js'
import type { Run } from './run.js'

/** A message that was given to a store. */
export interface Sent {
  /** The number of its step. */
  readonly n: number
  readonly given: Given
  /** The date that it was to get. */
  readonly received: EpochSeconds | null
  /** What the step says of it. */
  readonly expect: Pick<Expected, 'wire'>
}

/**
 * Reads what was stored, and compares; what cannot be read back is not verified.
 *
 * @param looksAtSignatures - whether it is told what DKIM signatures say before and after
 */
export async function readBack(
  folder: WritableFolder,
  sent: readonly Sent[],
  outcomes: readonly Outcome[],
  note: (text: string) => void,
  looksAtSignatures = false,
): Promise<readonly StepOutcome[]> {
  const placed = outcomes.flatMap((outcome, nth) =>
    outcome.outcome === 'done' && outcome.locator !== null ? [{ nth, at: outcome.locator }] : [],
  )
  const found = new Map<number, Found>()
  let next = 0
  try {
    for await (const copy of folder.read(placed.map(({ at }) => at))) {
      const nth = placed[next++]?.nth ?? -1
      const one = sent[nth]
      if (copy.bytes !== null && one !== undefined) found.set(nth, await compare(one, copy, looksAtSignatures))
    }
  } catch (error) {
    if (!(error instanceof MbauditError)) throw error
    note(`${folder.name}: what was stored could not be read back (${error.message})`)
  }
  return outcomes.map((outcome, nth) => ({
    n: sent[nth]?.n ?? 0,
    outcome: outcome.outcome,
    ...placeIn(outcome),
    ...found.get(nth),
  }))
}

type Found = Pick<StepOutcome, 'verified' | 'altered' | 'received' | 'wire' | 'dkim'>

/** What a copy in the store is, beside what was given. */
async function compare(
  { given, received, expect }: Sent,
  { bytes, received: kept = null }: ReadCopy & { readonly bytes: Buffer },
  looksAtSignatures: boolean,
): Promise<Found> {
  // Equal octets have equal digests.
  const isEqual = given.isHeldAs(bytes)
  const wire = isEqual ? given.wire : wireDigest(bytes)
  const before = looksAtSignatures ? given.signatures : null
  return {
    ...(wire === given.wire ? { verified: true } : await altered(given, bytes)),
    ...(received === null || kept === null || kept === received ? {} : { received: [received, kept] }),
    ...(wire === expect.wire ? {} : { wire }),
    ...(before === null ? {} : { dkim: [before, isEqual ? before : summariseBodyHashes(bytes)] }),
  }
}

async function altered(given: Given, kept: Buffer): Promise<Pick<StepOutcome, 'altered'>> {
  const octets = await given.octets()
  return { altered: octets === null ? UNKNOWN : describeAlteration(octets, kept) }
}

/** The message that was given is gone from its source by now. */
const UNKNOWN = 'it is not the message that was given'

/** Keeps a message that the store will not have in the folder of the run, with the store's words. @returns where; null: it was not refused, or there is no room */
export function keepRefused(run: Run, given: Given, outcome: Outcome): string | null {
  if (outcome.outcome !== 'refused') return null
  const { token } = outcome
  const directory = join(run.path, 'refused')
  const path = join(directory, `${token}.eml`)
  try {
    makePrivateDirectory(directory)
    writePrivateFile(path, [given.held])
    writePrivateFile(`${path}.txt`, [`${outcome.words}\n`])
    return path
  } catch (error) {
    // No room: it lies in its source as ever.
    if (error instanceof Error && 'syscall' in error) return null
    throw error
  }
}
