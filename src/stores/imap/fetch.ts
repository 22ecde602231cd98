import type { ImapFlow, MailboxObject } from 'imapflow'
import type { FolderName } from '../store.js'
import { execute, guard, sequence, type Word } from './command.js'
import { type TakeItems, tapFetches } from './fetch-tap.js'
import { type FetchedItems, readItems } from './items.js'
import type { ImapSession, Lent } from './session.js'
import { type FolderState, stateOf } from './state.js'

/** Nobody waits for the answers any more. */
export class StoppedError extends Error {}

/** A folder on the server, as all that is read from it names it. */
export interface FolderPlace {
  readonly session: ImapSession
  /** As LIST gave it, decoded. */
  readonly path: string
  readonly shownAs: FolderName
  /** @throws FolderRenumberedError where the folder has other UIDs than before */
  check(state: FolderState): void
}

/** What is asked of messages, and where the answers go. */
export interface Asking {
  items(client: ImapFlow): readonly Word[]
  /** Whether an answer says all that was asked for; others are unsolicited, or the server could not do it. */
  isWhole(items: FetchedItems): boolean
  /** Takes one answer; false: not now, it is to be asked for again. */
  take(items: FetchedItems): boolean
  /** Resolves when there is room for more. */
  room(): Promise<void> | undefined
  /** Answers that are made ahead are taken up to a measure, and the rest when their turn comes. */
  readonly turn?: { readonly isFull: boolean; come(): Promise<void> }
  readonly isStopped: boolean
}

/** How a message is settled that does not come. */
export interface Lacking {
  /** The server no longer has it. */
  gone(uid: number): void
  /** The server has it and does not give it. */
  failed(uid: number, why: string): void
}

/** Sends one UID FETCH; each UID that `isAsked` is taken once. */
export async function fetchOnce(
  client: ImapFlow,
  lent: Lent,
  set: string,
  asking: Asking,
  isAsked: (uid: number) => boolean,
  onTaken: (uid: number) => void = () => undefined,
  modifiers: readonly Word[] = [],
): Promise<void> {
  const spent = { messages: 0, octets: 0 }
  const pay = async (): Promise<void> => {
    const { messages, octets } = spent
    spent.messages = 0
    spent.octets = 0
    await lent.spend(messages, octets)
  }
  const take: TakeItems = (items) => {
    if (asking.isStopped) return void client.close()
    if (!isAsked(items.uid) || !asking.isWhole(items) || !asking.take(items)) return
    onTaken(items.uid)
    lent.progress()
    spent.messages++
    spent.octets += (items.message ?? items.fields)?.length ?? 0
    if (spent.messages < SPENT_AT_ONCE && spent.octets < OCTETS_AT_ONCE) return asking.room()
    return pay().then(() => asking.room())
  }
  await executeFetch(client, [sequence(set), asking.items(client), ...modifiers], take).catch((error: unknown) => {
    throw asking.isStopped ? new StoppedError('no longer wanted') : error
  })
  if (asking.isStopped) throw new StoppedError('no longer wanted')
  await pay()
}

/** Runs the command; answers come past the client where they can, and through it where they cannot. */
async function executeFetch(client: ImapFlow, attributes: readonly Word[], take: TakeItems): Promise<void> {
  const failures: unknown[] = []
  const end = tapFetches(client, guard(take, failures))
  try {
    await execute(client, 'UID FETCH', attributes, {
      FETCH: (answer) => {
        const items = readItems(answer)
        return items === null ? undefined : take(items)
      },
    })
  } finally {
    end?.()
  }
  if (failures.length > 0) throw failures[0]
}

const SPENT_AT_ONCE = 100
const OCTETS_AT_ONCE = 1 << 18

/** Does a piece of work in a folder that is as it was. */
export function inPlace<T>(
  place: FolderPlace,
  mayBeOpen: boolean,
  work: (client: ImapFlow, opened: MailboxObject, lent: Lent) => Promise<T>,
): Promise<T> {
  const { path, shownAs } = place
  const run = (client: ImapFlow, opened: MailboxObject, lent: Lent): Promise<T> => {
    place.check(stateOf(opened))
    return work(client, opened, lent)
  }
  return place.session.inFolder(path, run, { mayBeOpen, shownAs })
}
