import type { ImapFlow } from 'imapflow'
import { EXIT, MbauditError } from '../../errors.js'
import type { FolderName } from '../store.js'
import { atom, execute, sequence } from './command.js'
import { isUnicode, readStatus } from './folders.js'
import { readItems } from './items.js'
import type { Standing } from './mark.js'
import { encodedPath } from './names.js'
import { type OpenOptions, openFolder } from './open-folder.js'
import type { ImapSession, Lent } from './session.js'
import { FolderRenumberedError, type FolderState, stateOf } from './state.js'

/** A folder that is written to. */
export interface WrittenPlace {
  readonly session: ImapSession
  /** As LIST gave it, decoded. */
  readonly path: string
  readonly store: string
  readonly shownAs: FolderName
}

/** Does a piece of work on a connection that has the folder open, if one has. */
export function atPlace<T>(
  { session, path, shownAs }: WrittenPlace,
  work: (client: ImapFlow, lent: Lent) => Promise<T>,
): Promise<T> {
  return session.use(work, { folder: path, shownAs })
}

/** Opens the folder, and sees to it that UIDs mean what they meant. @throws FolderRenumberedError */
export async function openSame(
  client: ImapFlow,
  { path, store, shownAs }: WrittenPlace,
  uidValidity: string | null,
  options: OpenOptions,
): Promise<FolderState> {
  const state = stateOf(await openFolder(client, path, options))
  if (state.uidValidity !== uidValidity) throw new FolderRenumberedError(store, shownAs)
  return state
}

/** How a folder stands that was just opened. */
export interface Look extends Standing {
  readonly exists: number
}

/** Looks at a folder anew. */
export async function lookAt(client: ImapFlow, path: string, options: OpenOptions = {}): Promise<Look> {
  const state = stateOf(await openFolder(client, path, { ...options, mayBeOpen: false }))
  const { uidValidity, exists } = state
  const uidNext = state.uidNext ?? (await askUidNext(client, path)) ?? (await greatestUid(client, exists ?? 0)) + 1
  return { uidValidity, uidNext, exists: exists ?? 0 }
}

/** UIDNEXT as STATUS tells it, where SELECT does not (Courier). */
async function askUidNext(client: ImapFlow, path: string): Promise<number | null> {
  let told: number | null = null
  await execute(client, 'STATUS', [encodedPath(path, isUnicode(client)), [atom('UIDNEXT')]], {
    STATUS: (answer) => {
      told = readStatus(answer).uidNext
      return undefined
    },
  })
  return told
}

async function greatestUid(client: ImapFlow, exists: number): Promise<number> {
  let greatest = 0
  if (exists === 0) return greatest
  await execute(client, 'FETCH', [sequence('*'), [atom('UID')]], {
    FETCH: (answer) => {
      greatest = Math.max(greatest, readItems(answer)?.uid ?? 0)
      return undefined
    },
  })
  return greatest
}

/** Where the commands of a broken session were short. */
export const NOTHING_SENT = { octets: 0, at: 0 }

/** Between two looks that say the same. */
const SHORTEST = 2_000
const LONGEST = 60_000
/** Octets that even a slow line carries in a millisecond: what a dead session had sent may still be under way. */
const SLOW_LINE = 125
const MOST_LOOKS = 30

/**
 * Waits until nothing comes into a folder any more: a session whose connection broke may still work off what it was told.
 *
 * @param sent - what was sent last before the connection broke, and when
 */
export async function untilStill(
  client: ImapFlow,
  { session, path, store, shownAs }: WrittenPlace,
  sent: { readonly octets: number; readonly at: number },
): Promise<Look> {
  let before = await lookAt(client, path)
  for (let nth = 0; nth < MOST_LOOKS; nth++) {
    const underWay = sent.octets / SLOW_LINE - (session.now() - sent.at)
    await wait(client, session, Math.min(LONGEST, Math.max(SHORTEST, underWay)))
    const now = await lookAt(client, path)
    const isStill = now.uidNext === before.uidNext && now.exists === before.exists
    if (isStill && now.uidValidity === before.uidValidity) return now
    before = now
  }
  throw new MbauditError(
    'FOLDER_CHANGED',
    EXIT.partial,
    `${shownAs}: mail comes in all the time, so that it cannot be told what a broken session has stored`,
    'Run the command again when less is going on.',
    { store, folder: shownAs },
  )
}

/** Says something now and then, so that the connection is not taken for dead. */
async function wait(client: ImapFlow, session: ImapSession, time: number): Promise<void> {
  const most = Math.max(1, session.account.timeouts.silence / 2)
  for (let left = time; left > 0; left -= most) {
    await session.pause(Math.min(left, most))
    await execute(client, 'NOOP', [])
  }
}
