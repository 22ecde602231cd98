import type { ImapAttribute, ImapFlow, ImapResponse } from 'imapflow'
import { FACT_FIELDS } from '../../message/facts.js'
import { type Atom, atom, numberOf, octetsOf, textOf, textsOf, type Word } from './command.js'
import { noItems } from './fetch-answer.js'

/** What an untagged FETCH says of one message; null where it does not say it. */
export interface FetchedItems {
  uid: number
  flags: readonly string[] | null
  size: number | null
  internalDate: string | null
  /** RFC 8474. */
  emailId: string | null
  /** X-GM-MSGID. */
  gmailId: string | null
  /** The header fields that were asked for. */
  fields: Buffer | null
  /** The message, or the part of it from its beginning that was asked for. */
  message: Buffer | null
}

/** `BODY.PEEK[HEADER.FIELDS (…)]` of the fields that facts are read from. */
const FIELDS: Atom = {
  type: 'ATOM',
  value: 'BODY.PEEK',
  section: [atom('HEADER.FIELDS'), FACT_FIELDS.map((name) => atom(name.toUpperCase()))],
}
const MESSAGE: Atom = { type: 'ATOM', value: 'BODY.PEEK', section: [] }

/** What tells a message from others without its text. */
export function stateItems(client: ImapFlow): Word[] {
  const items = ['UID', 'FLAGS', 'INTERNALDATE', 'RFC822.SIZE']
  if (client.capabilities.has('OBJECTID')) items.push('EMAILID')
  if (client.capabilities.has('X-GM-EXT-1')) items.push('X-GM-MSGID')
  return items.map(atom)
}

export const headerItems = (client: ImapFlow): Word[] => [...stateItems(client), FIELDS]

/** As `headerItems`, with the message's first octets as they lie there instead of the header as the server understands it. */
export const firstOctetsItems = (client: ImapFlow, octets: number): Word[] => [
  ...stateItems(client),
  { ...MESSAGE, partial: [0, octets] },
]

/** As `headerItems`, with the whole message instead of its header. */
export const wholeItems = (client: ImapFlow): Word[] => [...stateItems(client), MESSAGE]
export const messageItems = (): Word[] => [atom('UID'), atom('INTERNALDATE'), MESSAGE]
export const flagItems = (): Word[] => [atom('UID'), atom('FLAGS')]
export const listItems = (): Word[] => ['UID', 'FLAGS', 'RFC822.SIZE', 'INTERNALDATE'].map(atom)

/** Reads an untagged FETCH; null: it names no message by its UID (RFC 9051 §7.5.2: an unsolicited one). */
export function readItems(answer: ImapResponse): FetchedItems | null {
  const list = answer.attributes?.[1]
  if (!Array.isArray(list)) return null
  const items = noItems()
  for (let at = 0; at + 1 < list.length; at += 2) readItem(items, list[at], list[at + 1])
  return items.uid > 0 ? items : null
}

function readItem(items: FetchedItems, key: ImapAttribute | undefined, value: ImapAttribute | undefined): void {
  const name = typeof key?.value === 'string' ? key.value.toUpperCase() : ''
  switch (name) {
    case 'UID':
      items.uid = numberOf(value) ?? 0
      return
    case 'FLAGS':
      items.flags = Array.isArray(value) ? textsOf(value) : null
      return
    case 'RFC822.SIZE':
      items.size = numberOf(value)
      return
    case 'INTERNALDATE':
      items.internalDate = textOf(value)
      return
    case 'EMAILID':
      items.emailId = textsOf(value)[0] ?? null
      return
    case 'X-GM-MSGID':
      items.gmailId = textOf(value)
      return
    case 'BODY':
      if (key?.section?.length === 0) items.message = octetsOf(value)
      else if (sectionName(key) === 'HEADER.FIELDS') items.fields = octetsOf(value)
      return
    default:
      return
  }
}

function sectionName(key: ImapAttribute | undefined): string | null {
  return textOf(key?.section?.[0])?.toUpperCase() ?? null
}
