import { MbauditError } from '../errors.js'
import { type CheckedStep, checkedStep } from './checkup.js'
import { openStore } from './drivers.js'
import type { LocalStoreSpec } from './store.js'

/** Goes through a store in files: what lies at its place, and whether its folders can be listed. @param now - milliseconds */
export async function* checkLocalStore(spec: LocalStoreSpec, now: () => number): AsyncIterable<CheckedStep> {
  yield checkedStep('place', 0, { found: `${spec.type} at ${spec.path}`, facts: { type: spec.type, path: spec.path } })
  const began = now()
  try {
    await using store = await openStore(spec)
    const { folders, foreign, troubles } = await store.list()
    const facts = { folders: folders.length, foreign: foreign.length, unreadable: troubles.length }
    yield checkedStep('folders', now() - began, {
      found: `folders: ${folders.length}; files that are no mail: ${foreign.length}; not readable: ${troubles.length}`,
      outcome: troubles.length > 0 ? 'warning' : 'ok',
      advice: troubles.length > 0 ? 'Run it as a user who may read all of the store.' : null,
      notes: troubles.map(({ message }) => message),
      facts,
    })
  } catch (error) {
    if (!(error instanceof MbauditError)) throw error
    yield checkedStep('open', now() - began, { found: error.message, advice: error.hint, code: error.code })
  }
}
