import type { ImapFlow, ImapResponse } from 'imapflow'
import { compareFolderNames } from '../folder-name.js'
import { specialUseOf } from '../special-use.js'
import { type FolderName, SPECIAL_USES, type SpecialUse, type Trouble } from '../store.js'
import type { ImapAccount } from './account.js'
import { atom, execute, numberOf, textOf, textsOf, type Word } from './command.js'
import { decodePath, type Namespace, nameOf, namespaceOf } from './names.js'
import type { ImapSession } from './session.js'
import type { FolderState } from './state.js'
import { NOTHING_HEARD, readTrouble } from './trouble.js'

/** A folder that can be opened. */
export interface ListedFolder {
  readonly name: FolderName
  /** As LIST gave it, decoded. */
  readonly path: string
  readonly specialUse: SpecialUse | null
  /** What LIST-STATUS told of it. */
  readonly status: FolderState | null
}

export interface FolderListing {
  readonly folders: readonly ListedFolder[]
  readonly troubles: readonly Trouble[]
}

/** A line of LIST. */
interface Listed {
  /** As it stands on the wire. */
  readonly wire: string
  readonly separator: string
  readonly attributes: readonly string[]
}

/** Lists the folders of the namespaces that the account is asked for, INBOX first, then by name. */
export async function listFolders(session: ImapSession): Promise<FolderListing> {
  return session.use(async (client) => {
    const status = new Map<string, FolderState>()
    const namespaces = namespacesOf(client, session.account)
    const lines = await listAll(client, wantedNamespaces(session.account, namespaces), status)
    return makeListing(lines, session.account, namespaces, status, isUnicode(client))
  })
}

/** The names that the user subscribed to, in the namespaces that the account is asked for, whether there are such folders or not. */
export async function listSubscriptions(session: ImapSession): Promise<readonly FolderName[]> {
  return session.use(async (client) => {
    const namespaces = namespacesOf(client, session.account)
    const names = new Set<FolderName>()
    for (const { prefix } of [{ prefix: '' }, ...wantedNamespaces(session.account, namespaces)]) {
      for (const { wire, separator, attributes } of await subscribed(client, `${prefix}*`)) {
        // LSUB gives with it what only holds others that are subscribed to (RFC 3501 §6.3.9).
        if (attributes.some((attribute) => /^\\noselect$/i.test(attribute))) continue
        const path = wire.toUpperCase() === 'INBOX' ? 'INBOX' : decodePath(wire, isUnicode(client))
        const namespace = namespaceOf(path ?? wire, separator, namespaces)
        if (path !== null && path !== '' && isWanted(session.account, namespace.kind))
          names.add(nameOf(path, separator, namespace))
      }
    }
    return [...names].sort(compareFolderNames)
  })
}

async function subscribed(client: ImapFlow, pattern: string): Promise<readonly Listed[]> {
  const lines: Listed[] = []
  const take = ({ attributes: [attributes, separator, name] = [] }: ImapResponse): undefined => {
    lines.push({ wire: textOf(name) ?? '', separator: textOf(separator) ?? '', attributes: textsOf(attributes) })
  }
  // IMAP4rev2 has no LSUB.
  if (client.enabled.has('IMAP4REV2'))
    await execute(client, 'LIST', [[atom('SUBSCRIBED')], '', pattern], { LIST: take })
  else await execute(client, 'LSUB', ['', pattern], { LSUB: take })
  return lines
}

/** Whether folder names are UTF-8 on this connection. */
export const isUnicode = (client: ImapFlow): boolean =>
  client.enabled.has('UTF8=ACCEPT') || client.enabled.has('IMAP4REV2')

export function namespacesOf(client: ImapFlow, { prefix }: ImapAccount): readonly Namespace[] {
  const { personal = [], other = [], shared = [] } = client.namespaces || {}
  const own = prefix === null ? (personal || []).map((one) => one.prefix) : [prefix]
  return [
    ...own.map((text): Namespace => ({ kind: 'personal', prefix: text })),
    ...(other || []).map((one): Namespace => ({ kind: 'other', prefix: one.prefix })),
    ...(shared || []).map((one): Namespace => ({ kind: 'shared', prefix: one.prefix })),
  ]
}

const isWanted = ({ namespace }: ImapAccount, kind: Namespace['kind']): boolean =>
  namespace === 'all' || namespace === kind

const wantedNamespaces = (account: ImapAccount, namespaces: readonly Namespace[]): readonly Namespace[] =>
  namespaces.filter(({ kind }) => kind !== 'personal' && isWanted(account, kind))

/** `LIST "" *` shows all namespaces on most servers; those of others that are asked for are listed besides. */
async function listAll(
  client: ImapFlow,
  besides: readonly Namespace[],
  status: Map<string, FolderState>,
): Promise<readonly Listed[]> {
  const lines = new Map<string, Listed>()
  for (const prefix of ['', ...besides.map((namespace) => namespace.prefix)]) {
    if (prefix === '' && lines.size > 0) continue
    for (const line of await list(client, `${prefix}*`, status)) lines.set(line.wire, line)
  }
  return [...lines.values()]
}

async function list(client: ImapFlow, pattern: string, status: Map<string, FolderState>): Promise<readonly Listed[]> {
  const returned = returnOptions(client)
  if (returned.length === 0) return listWith(client, pattern, [], status)
  try {
    return await listWith(client, pattern, [atom('RETURN'), returned], status)
  } catch (error) {
    if (readTrouble(error, NOTHING_HEARD, 'work')?.kind !== 'refused') throw error
    status.clear()
    return listWith(client, pattern, [], status)
  }
}

function returnOptions(client: ImapFlow): readonly Word[] {
  const has = (capability: string): boolean => client.capabilities.has(capability)
  const isRev2 = client.enabled.has('IMAP4REV2')
  const options: Word[] = []
  if (has('SPECIAL-USE') && (has('LIST-EXTENDED') || isRev2)) options.push(atom('SPECIAL-USE'))
  if (has('LIST-STATUS') || isRev2) options.push(atom('STATUS'), statusItems(client))
  return options
}

/** Of the folder that is open STATUS may tell how it stood when the server last looked at it (Dovecot; RFC 9051 §6.3.11): it is to look now. */
export async function refreshOpen(client: ImapFlow): Promise<void> {
  if (client.mailbox) await execute(client, 'NOOP', [])
}

/** What STATUS is asked for. */
export function statusItems(client: ImapFlow): readonly Word[] {
  const items = ['MESSAGES', 'UIDNEXT', 'UIDVALIDITY']
  if (client.enabled.has('CONDSTORE')) items.push('HIGHESTMODSEQ')
  if (client.capabilities.has('OBJECTID')) items.push('MAILBOXID')
  return items.map(atom)
}

async function listWith(
  client: ImapFlow,
  pattern: string,
  options: readonly Word[],
  status: Map<string, FolderState>,
): Promise<readonly Listed[]> {
  const lines: Listed[] = []
  if (options.length > 0) await refreshOpen(client)
  await execute(client, 'LIST', ['', pattern, ...options], {
    LIST: ({ attributes: [attributes, separator, name] = [] }) => {
      lines.push({ wire: textOf(name) ?? '', separator: textOf(separator) ?? '', attributes: textsOf(attributes) })
      return undefined
    },
    STATUS: (answer) => {
      status.set(textOf(answer.attributes?.[0]) ?? '', readStatus(answer))
      return undefined
    },
  })
  return lines
}

/** Reads `* STATUS name (MESSAGES 2 UIDNEXT 5)`. */
export function readStatus({ attributes = [] }: ImapResponse): FolderState {
  const told = new Map<string, (typeof attributes)[number]>()
  const list = attributes[1]
  if (Array.isArray(list)) {
    for (let at = 0; at + 1 < list.length; at += 2)
      told.set(textOf(list[at])?.toUpperCase() ?? '', list[at + 1] ?? null)
  }
  const modseq = textOf(told.get('HIGHESTMODSEQ'))
  return {
    uidValidity: textOf(told.get('UIDVALIDITY')),
    uidNext: numberOf(told.get('UIDNEXT')),
    exists: numberOf(told.get('MESSAGES')),
    modseq: modseq !== null && /^[1-9]\d{0,18}$/.test(modseq) ? BigInt(modseq) : null,
    mailboxId: textsOf(told.get('MAILBOXID'))[0] ?? null,
  }
}

function makeListing(
  lines: readonly Listed[],
  account: ImapAccount,
  namespaces: readonly Namespace[],
  status: ReadonlyMap<string, FolderState>,
  isUnicodePath: boolean,
): FolderListing {
  const folders = new Map<FolderName, ListedFolder>()
  const troubles: Trouble[] = []
  for (const { wire, separator, attributes } of lines) {
    if (isNoFolder(attributes)) continue
    const path = wire.toUpperCase() === 'INBOX' ? 'INBOX' : decodePath(wire, isUnicodePath)
    const namespace = namespaceOf(path ?? wire, separator, namespaces)
    if (!isWanted(account, namespace.kind)) continue
    const name = nameOf(path ?? wire, separator, namespace)
    const why = whyClosed(wire, path, folders.get(name))
    if (why === null && path !== null) {
      const specialUse = specialUseIn(attributes) ?? specialUseOf(name)
      folders.set(name, { name, path, specialUse, status: status.get(wire) ?? null })
    } else if (why !== null) troubles.push({ code: 'UNREADABLE', folder: name, locator: null, message: why })
  }
  return { folders: [...folders.values()].sort((a, b) => compareFolderNames(a.name, b.name)), troubles }
}

/** A name that only holds others, and one that is subscribed and no longer there. */
const isNoFolder = (attributes: readonly string[]): boolean =>
  attributes.some((attribute) => /^\\(?:noselect|nonexistent)$/i.test(attribute))

/** Why a listed folder cannot be asked for; null: it can. */
function whyClosed(wire: string, path: string | null, other: ListedFolder | undefined): string | null {
  if (wire === '') return 'the server lists it with no name'
  if (path === null) return `its name on the server (${wire}) is no modified UTF-7, and cannot be asked for`
  if (/[\0\r\n\ufffd]/.test(path)) return 'its name on the server has octets that cannot be asked for'
  return other === undefined || other.path === path
    ? null
    : `the server lists another folder of this name (${other.path})`
}

/** The special use that the server tells (RFC 6154). */
function specialUseIn(attributes: readonly string[]): SpecialUse | null {
  for (const attribute of attributes) {
    const name = attribute.toLowerCase()
    const found = SPECIAL_USES.find((use) => use.toLowerCase() === name)
    if (found !== undefined) return found
  }
  return null
}
