import { join } from 'node:path'
import { MbauditError } from '../errors.js'
import { summariseBodyHashes } from '../message/dkim-summary.js'
import { wireDigest } from '../message/wire.js'
import type { Expected } from '../plan/step.js'
import type { Outcome, Outgoing, WritableFolder } from '../stores/writable.js'
import { describeAlteration } from './alteration.js'
import type { StepOutcome } from './journal-entry.js'
import { placeIn } from './planned-change.js'
import { makePrivateDirectory, writePrivateFile } from './private-files.js'
import type { Run } from './run.js'

/** A message that was given to a store. */
export interface Sent {
  /** The number of its step. */
  readonly n: number
  readonly message: Outgoing
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
  const found = new Map<number, Pick<StepOutcome, 'verified' | 'altered' | 'wire' | 'dkim'>>()
  let next = 0
  try {
    for await (const { bytes } of folder.read(placed.map(({ at }) => at))) {
      const nth = placed[next++]?.nth ?? -1
      const given = sent[nth]
      if (bytes === null || given === undefined) continue
      const { message, expect } = given
      // Equal octets have equal digests.
      const isEqual = bytes.equals(message.bytes)
      const wire = isEqual ? message.wire : wireDigest(bytes)
      const isSame = wire === message.wire
      const what = isSame ? { verified: true as const } : { altered: describeAlteration(message.bytes, bytes) }
      const signed = looksAtSignatures ? compareSignatures(message.bytes, isEqual ? null : bytes) : {}
      found.set(nth, { ...what, ...(wire === expect.wire ? {} : { wire }), ...signed })
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

/**
 * What DKIM signatures say of the body that was given, and of the one that lies in the store.
 *
 * @param kept - null: the same octets
 */
function compareSignatures(given: Buffer, kept: Buffer | null): Pick<StepOutcome, 'dkim'> {
  const before = summariseBodyHashes(given)
  return before === null ? {} : { dkim: [before, kept === null ? before : summariseBodyHashes(kept)] }
}

/** Keeps a message that the store will not have in the folder of the run, with the store's words. @returns where; null: it was not refused, or there is no room */
export function keepRefused(run: Run, { token, bytes }: Outgoing, outcome: Outcome): string | null {
  if (outcome.outcome !== 'refused') return null
  const directory = join(run.path, 'refused')
  const path = join(directory, `${token}.eml`)
  try {
    makePrivateDirectory(directory)
    writePrivateFile(path, [bytes])
    writePrivateFile(`${path}.txt`, [`${outcome.words}\n`])
    return path
  } catch (error) {
    // No room: it lies in its source as ever.
    if (error instanceof Error && 'syscall' in error) return null
    throw error
  }
}
