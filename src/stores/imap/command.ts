import type { ImapAttribute, ImapFlow, ImapResponse } from 'imapflow'

/** A word of a command: a text is quoted where it must be, a list is put in parentheses. */
export type Word = string | Atom | Literal | readonly Word[]
/** `isLiteral8`: it has NUL octets (RFC 3516). */
export interface Literal {
  readonly type: 'LITERAL'
  readonly value: Buffer
  readonly isLiteral8: boolean
}
export interface Atom {
  readonly type: 'ATOM' | 'SEQUENCE'
  readonly value: string
  readonly section?: readonly Word[]
  readonly partial?: readonly number[]
}

/** What to do with an untagged answer (`* 12 FETCH …`); reading stops until it is done. */
export type Untagged = Readonly<Record<string, (answer: ImapResponse) => Promise<void> | undefined>>

export interface Executing {
  exec(
    command: string,
    attributes: readonly Word[],
    options: {
      readonly untagged: Untagged
      readonly onSend?: () => void
      /** The server asks for what follows. */
      readonly onPlusTag?: () => void
    },
  ): Promise<{ readonly response: ImapResponse; next(): void }>
  write(octets: Buffer): void
}

export const atom = (value: string): Atom => ({ type: 'ATOM', value })
export const sequence = (value: string): Atom => ({ type: 'SEQUENCE', value })

/**
 * Sends a command and waits for its end. What a handler throws is thrown here, once the command has ended: the client itself
 * would only note it in its log.
 *
 * @throws what the client does where the server says NO or BAD (`responseStatus`) or the connection is lost
 */
export async function execute(
  client: ImapFlow,
  command: string,
  attributes: readonly Word[],
  untagged: Untagged = {},
): Promise<ImapResponse> {
  const failures: unknown[] = []
  const guarded = Object.entries(untagged).map(([name, handle]) => [name, guard(handle, failures)])
  const { response, next } = await executing(client).exec(command, attributes, {
    untagged: Object.fromEntries(guarded),
  })
  next()
  if (failures.length > 0) throw failures[0]
  return response
}

export function executing(client: ImapFlow): Executing {
  if (isExecuting(client)) return client
  throw new TypeError('this version of imapflow runs no commands of others')
}

function isExecuting(client: object): client is ImapFlow & Executing {
  return ['exec', 'write'].every((name) => typeof Reflect.get(client, name) === 'function')
}

/** What `handle` throws is gathered, and then nothing more is handed to it. */
export function guard<Answer>(
  handle: (answer: Answer) => Promise<void> | undefined,
  failures: unknown[],
): (answer: Answer) => Promise<void> | undefined {
  return (answer) => {
    if (failures.length > 0) return undefined
    try {
      return handle(answer)?.catch((error: unknown) => void failures.push(error))
    } catch (error) {
      failures.push(error)
      return undefined
    }
  }
}

/** The text of a word of an answer; null for NIL and lists. */
export function textOf(attribute: ImapAttribute | undefined): string | null {
  const value = attribute?.value
  if (typeof value === 'string') return value
  return Buffer.isBuffer(value) ? value.toString() : null
}

/** The octets of a word of an answer. A quoted text was read as UTF-8, and is ASCII but with UTF8=ACCEPT. */
export function octetsOf(attribute: ImapAttribute | undefined): Buffer | null {
  const value = attribute?.value
  if (Buffer.isBuffer(value)) return value
  return typeof value === 'string' ? Buffer.from(value) : null
}

/** A number of an answer; null where it is none. */
export function numberOf(attribute: ImapAttribute | undefined): number | null {
  const text = textOf(attribute)
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null
}

/** The texts of a list of an answer. */
export function textsOf(attribute: ImapAttribute | undefined): string[] {
  if (!Array.isArray(attribute)) return []
  const texts: string[] = []
  for (const one of attribute) {
    const text = textOf(one)
    if (text !== null) texts.push(text)
  }
  return texts
}
