import { wireDigest } from '../message/wire.js'
import type { FolderRef } from '../plan/step.js'
import type { Outgoing, WritableFolder } from '../stores/writable.js'
import { placeIn } from './planned-change.js'
import { Quarantine } from './quarantine.js'
import type { NumberedDelete } from './second-look.js'
import type { UnderWay } from './under-way.js'
import { perform } from './work.js'

const GONE = 'the copy that was to stay went with it (are two names of one place among the stores?)'

/**
 * Takes deletions back: their copies that were to stay have gone with them. The run stops.
 */
export async function putBack(
  way: UnderWay,
  folder: WritableFolder,
  at: FolderRef,
  deleted: readonly NumberedDelete[],
): Promise<void> {
  way.stop(`${at.folder}: ${GONE}`)
  const quarantine = new Quarantine(way.request.run.quarantine)
  for (let from = 0; from < deleted.length; from += folder.writing.atOnce.messages) {
    const steps = deleted.slice(from, from + folder.writing.atOnce.messages)
    const messages = steps.map(({ step: { id, flags, received } }): Outgoing => {
      const bytes = quarantine.read(id)
      return { token: id, bytes, wire: wireDigest(bytes), flags, received }
    })
    const about = { purpose: 'restore', store: at.store, steps } as const
    const { number, outcomes } = await perform(way, folder, { kind: 'append', messages }, about)
    const numbered = outcomes.map((outcome, nth) => ({
      n: steps[nth]?.n ?? 0,
      outcome: outcome.outcome,
      ...placeIn(outcome),
    }))
    way.finish(about, number, numbered)
    for (const [nth, { outcome }] of outcomes.entries()) {
      const each = steps[nth]
      const end = outcome === 'done' ? 'it was put back' : 'it lies in the quarantine and could not be put back'
      if (each !== undefined) way.leave(each, 'failed', 'PLAN_STALE', `${GONE}; ${end}`)
    }
  }
}
