import type { ImapFlow } from 'imapflow'
import { atom, execute, numberOf, sequence, textOf, type Word } from './command.js'
import { NOTHING_HEARD, readTrouble } from './trouble.js'
import { readSet, UidCollector } from './uid-set.js'

/**
 * The UIDs of the open folder, ascending.
 *
 * @param set - looks at these alone; null: at all
 * @returns null where the server has no SEARCH that works
 */
export async function searchUids(client: ImapFlow, set: string | null): Promise<Uint32Array | null> {
  const hasExtended = client.capabilities.has('ESEARCH') || client.enabled.has('IMAP4REV2')
  const key: Word[] = set === null ? [atom('ALL')] : [atom('UID'), sequence(set)]
  const attributes = hasExtended ? [atom('RETURN'), [atom('ALL')], ...key] : key
  const found = new UidCollector()
  let isUnderstood = true
  try {
    await execute(client, 'UID SEARCH', attributes, {
      SEARCH: ({ numbers, attributes: words }) => {
        for (const uid of numbers ?? []) found.add(uid)
        for (const word of numbers === undefined ? (words ?? []) : []) {
          const uid = numberOf(word)
          if (uid !== null) found.add(uid)
        }
        return undefined
      },
      ESEARCH: ({ attributes: words = [] }) => {
        const at = words.findIndex((word) => textOf(word)?.toUpperCase() === 'ALL')
        const text = at < 0 ? null : textOf(words[at + 1])
        const uids = text === null ? null : readSet(text)
        isUnderstood &&= uids !== null || at < 0
        for (const uid of uids ?? []) found.add(uid)
        return undefined
      },
    })
  } catch (error) {
    if (readTrouble(error, NOTHING_HEARD, 'work')?.kind !== 'refused') throw error
    return null
  }
  return isUnderstood ? found.sorted() : null
}
