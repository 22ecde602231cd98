import type { Observation } from '../observation.js'
import { octetsOf } from '../octet-name.js'
import type { Foreign } from '../store.js'
import { ageText } from './examine-locks.js'
import { counted, type MboxNotes } from './examine-notes.js'
import { shownName, statOf } from './path-stats.js'

/** Thunderbird writes a summary a while after its mailbox; one that lags further behind was not made from it. */
const LAG = 3_600

/**
 * Tells of a summary file that is older than its mailbox, and so shows another state of it.
 *
 * @param path - of the mailbox, octets
 */
export function examineSummary(path: string, notes: MboxNotes): void {
  const mailbox = statOf(path)
  const summary = statOf(`${path}.msf`)
  if (mailbox === null || summary === null) return
  const lag = Math.floor((mailbox.mtimeMs - summary.mtimeMs) / 1000)
  if (lag <= LAG) return
  notes.tell('mailbox-leftover', null, `${shownName(path)}.msf is ${ageText(lag)} older than its mailbox: likely stale`)
}

/** Files in a tree that compacting left behind, and summaries of mailboxes that are not there. */
export function* examineForeign(foreign: readonly Foreign[]): Generator<Observation> {
  for (const { path } of foreign) {
    const octets = octetsOf(path)
    const stats = statOf(octets)
    const name = shownName(octets)
    if (stats?.isFile() !== true) continue
    if (/^nstmp/i.test(name)) yield leftover(`${path}: what compacting left behind, ${counted(stats.size, 'octet')}`)
    else if (/\.msf$/i.test(name) && isOrphan(octets))
      yield leftover(`${path}: the summary of a mailbox that is not there`)
  }
}

const leftover = (detail: string): Observation => ({
  rule: 'mailbox-leftover',
  folder: null,
  locator: null,
  offset: null,
  detail,
})

/** Of folders on a server there need be no mailbox. */
const OF_SERVER = /\/(?:ImapMail|News)\//

const isOrphan = (octets: string): boolean => !OF_SERVER.test(octets) && statOf(octets.replace(/\.msf$/i, '')) === null
