import type { ImapFlow } from 'imapflow'
import { EXIT, MbauditError } from '../../errors.js'
import type { FolderName, SpecialUse } from '../store.js'
import { atom, execute, textOf, textsOf, type Word } from './command.js'
import { isUnicode } from './folders.js'
import { lookAt } from './look.js'
import { encodedPath } from './names.js'
import { FolderRefusedError, refusalOf } from './refusal.js'
import type { ImapSession } from './session.js'

/** A folder that is made, renamed or taken away. */
export interface FolderAt {
  readonly session: ImapSession
  readonly store: string
  readonly path: string
  readonly shownAs: FolderName
  readonly separator: string
}

/** Makes a folder with all above it; what is there already is left as it is. */
export function createFolder(at: FolderAt, specialUse: SpecialUse | null): Promise<void> {
  return at.session.use(async (client) => {
    const hasUse = specialUse !== null && client.capabilities.has('CREATE-SPECIAL-USE')
    if (hasUse && (await create(client, at, [[atom('USE'), [atom(specialUse)]]])) === null) return
    let words = await create(client, at, [])
    if (words === null) return
    // Some servers make nothing inside of what is not there.
    for (const above of pathsAbove(at))
      if (!(await isThere(client, above))) await create(client, { ...at, path: above }, [])
    words = (await isThere(client, at.path)) ? null : await create(client, at, [])
    if (words !== null) throw new FolderRefusedError(at, words)
  })
}

/** @returns the server's words where it refuses; null: the folder is there */
async function create(client: ImapFlow, at: FolderAt, parameters: readonly Word[]): Promise<string | null> {
  try {
    await execute(client, 'CREATE', [nameOn(client, at.path), ...parameters])
    return null
  } catch (error) {
    const refusal = await refusalOf(client, at, error, true)
    if (refusal === null) throw error
    if (refusal.responseCode === 'ALREADYEXISTS' || (await isThere(client, at.path))) return null
    return refusal.text
  }
}

function pathsAbove({ path, separator }: FolderAt): string[] {
  const levels = separator === '' ? [path] : path.split(separator)
  return levels.slice(1).map((_, at) => levels.slice(0, at + 1).join(separator))
}

/** Whether there is such a folder that can be opened. */
async function isThere(client: ImapFlow, path: string): Promise<boolean> {
  const name = nameOn(client, path)
  let isFound = false
  // Wildcards of a name stand for more than themselves: the answer is looked at.
  await execute(client, 'LIST', ['', name], {
    LIST: ({ attributes: [attributes, , found] = [] }) => {
      const isFolder = !textsOf(attributes).some((attribute) => /^\\(?:noselect|nonexistent)$/i.test(attribute))
      if (textOf(found) === name && isFolder) isFound = true
      return undefined
    },
  })
  return isFound
}

const nameOn = (client: ImapFlow, path: string): string => encodedPath(path, isUnicode(client))

/** Renames a folder with all inside it. Done already: nothing. */
export function renameFolder(at: FolderAt, to: string): Promise<void> {
  return at.session.use(async (client) => {
    if (!(await isThere(client, at.path)) && (await isThere(client, to))) return
    await closeFolder(client)
    await orRefused(client, at, execute(client, 'RENAME', [nameOn(client, at.path), nameOn(client, to)]))
  })
}

/** Takes a folder away that has no message and no folder in it. */
export function deleteEmptyFolder(at: FolderAt): Promise<void> {
  return at.session.use(async (client) => {
    if (!(await isThere(client, at.path))) return
    if (await hasFolders(client, at)) throw notEmpty(at, 'other folders are in it')
    const { exists } = await lookAt(client, at.path)
    await closeFolder(client)
    if (exists > 0) throw notEmpty(at, `${exists} messages are in it`)
    await orRefused(client, at, execute(client, 'DELETE', [nameOn(client, at.path)]))
  })
}

function notEmpty({ store, shownAs }: FolderAt, why: string): MbauditError {
  return new MbauditError('REFUSED', EXIT.partial, `the folder is not taken away: ${why}`, 'Empty it first.', {
    store,
    folder: shownAs,
  })
}

async function hasFolders(client: ImapFlow, { path, separator }: FolderAt): Promise<boolean> {
  if (separator === '') return false
  const beginning = nameOn(client, `${path}${separator}`)
  let isFound = false
  await execute(client, 'LIST', ['', `${beginning}*`], {
    LIST: ({ attributes: [, , found] = [] }) => {
      const name = textOf(found) ?? ''
      if (name.startsWith(beginning) && name !== beginning) isFound = true
      return undefined
    },
  })
  return isFound
}

export function subscribe(at: FolderAt, isSubscribed: boolean): Promise<void> {
  return at.session.use((client) =>
    orRefused(client, at, execute(client, isSubscribed ? 'SUBSCRIBE' : 'UNSUBSCRIBE', [nameOn(client, at.path)])),
  )
}

async function orRefused(client: ImapFlow, at: FolderAt, command: Promise<unknown>): Promise<void> {
  try {
    await command
  } catch (error) {
    const refusal = await refusalOf(client, at, error, true)
    throw refusal === null ? error : new FolderRefusedError(at, refusal.text)
  }
}

/** Servers refuse to rename or take away a folder that is open. */
async function closeFolder(client: ImapFlow): Promise<void> {
  if (client.mailbox) await client.mailboxClose()
}
