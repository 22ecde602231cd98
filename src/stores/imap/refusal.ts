import type { ImapFlow } from 'imapflow'
import { EXIT, FolderGoneError, MbauditError } from '../../errors.js'
import type { WrittenPlace } from './look.js'
import { clean } from './tries.js'
import { NOTHING_HEARD, readTrouble, type Trouble } from './trouble.js'

/** There is no room left on the server. */
export class QuotaExceededError extends MbauditError {
  constructor({ store, shownAs }: WrittenPlace, words: string, usage: string | null) {
    const used = usage === null ? '' : ` (${usage})`
    super(
      'QUOTA_EXCEEDED',
      EXIT.partial,
      `there is no room left on the server: "${words}"${used}`,
      'Make room, or have the quota raised; the same command goes on from there.',
      { store, folder: shownAs },
    )
  }
}

/** The server lets nobody write here, or not us, or takes nothing at all. */
export class FolderRefusedError extends MbauditError {
  constructor({ store, shownAs }: Pick<WrittenPlace, 'store' | 'shownAs'>, words: string) {
    const hint = 'Look at the rights on the folder, or ask who runs the server.'
    super('REFUSED', EXIT.partial, `the server refuses: "${words}"`, hint, { store, folder: shownAs })
  }
}

const ROOM = /quota|mailbox (is )?full|not enough (disk )?space|no space left|over (the )?(storage )?limit/i
/** How long it took (Dovecot), which is other each time. */
const TAKEN = / \([\d. +]+ secs\)\.?$/
const WHOLE_FOLDER = new Set(['NOPERM', 'READ-ONLY', 'EXPIRED', 'CONTACTADMIN', 'CORRUPTION'])
const GONE = new Set(['TRYCREATE', 'NONEXISTENT'])

/**
 * What a command's NO or BAD says; null: the connection failed, or the server asks for patience, and the error goes on.
 *
 * @param isOne - whether it was of one message: then that there is no room ends it all
 * @throws where the refusal is not of this message alone
 */
export async function refusalOf(
  client: ImapFlow,
  place: WrittenPlace,
  error: unknown,
  isOne: boolean,
): Promise<Trouble | null> {
  const trouble = readTrouble(error, NOTHING_HEARD, 'work')
  if (trouble === null || (trouble.kind !== 'refused' && trouble.kind !== 'missing') || !trouble.isServersWord)
    return null
  const { responseCode, text } = trouble
  const words = clean(text).replace(TAKEN, '')
  const isQuota = responseCode === 'OVERQUOTA' || (responseCode !== 'TOOBIG' && ROOM.test(text))
  if (isQuota && isOne) throw new QuotaExceededError(place, words, await usageOf(client, place.path))
  if (responseCode !== null && GONE.has(responseCode)) throw new FolderGoneError(place.store, place.shownAs)
  if (responseCode !== null && WHOLE_FOLDER.has(responseCode)) throw new FolderRefusedError(place, words)
  return { ...trouble, text: responseCode === null ? words : `[${responseCode}] ${words}` }
}

/** Whether an answer came, of whatever kind: then the command has ended, and is not under way any more. */
export function isAnswered(error: unknown): boolean {
  const trouble = readTrouble(error, NOTHING_HEARD, 'work')
  return trouble?.isServersWord === true && trouble.kind !== 'lost'
}

/** How full the account is, as it tells. */
async function usageOf(client: ImapFlow, path: string): Promise<string | null> {
  if (!client.capabilities.has('QUOTA')) return null
  try {
    const quota = await client.getQuota(path)
    const storage = quota === false || quota === undefined || !('storage' in quota) ? undefined : quota.storage
    if (!storage?.limit) return null
    return `${megabytes(storage.usage ?? 0)} of ${megabytes(storage.limit)} MB are used`
  } catch {
    return null
  }
}

const megabytes = (octets: number): string => (octets / 1_000_000).toFixed(1)
