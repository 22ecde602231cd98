import { epochSeconds } from '../../src/message/message.js'
import { openStore } from '../../src/stores/drivers.js'
import type { Examine } from '../../src/stores/examiners.js'
import type { Observation } from '../../src/stores/observation.js'
import type { LocalStoreType } from '../../src/stores/store.js'

/** When examinations in tests take place: 1 July 2024. */
export const NOW = epochSeconds(1_719_792_000)

/** All that an examination of a store tells. */
export async function examineStore(
  examine: Examine,
  type: LocalStoreType,
  path: string,
  options: Readonly<Record<string, string>> = {},
): Promise<readonly Observation[]> {
  const spec = { name: path, type, path, options }
  await using _store = await openStore(spec)
  const told: Observation[] = []
  const signal = new AbortController().signal
  for await (const batch of examine({ spec }, { wanted: () => true, now: NOW, signal })) told.push(...batch)
  return told
}
