import type { ImapFlow, ImapResponse } from 'imapflow'
import { type Executing, executing } from './command.js'

/** The end of one of several commands. */
export interface Ended {
  readonly status: string
  /** What APPENDUID (RFC 4315) told, after its name; null: nothing. */
  readonly appendUid: ImapResponse['attributes'] | null
}

/**
 * Sends several commands one after the other without waiting for their ends; `rest` has all but the first one's first line.
 * A NOOP behind them is waited for.
 *
 * imapflow itself does not wait only with literals of up to 4 KB (LITERAL+, RFC 7888).
 *
 * @param first - all that stands after the tag on the first line; it and `rest` come without a line ending, which is added
 * @param count - of the commands
 * @returns how each ended
 * @throws as `execute`, but for NO and BAD
 */
export async function executeInLine(
  client: ImapFlow,
  first: string,
  rest: Buffer,
  count: number,
): Promise<readonly Ended[]> {
  const ends: { status: string; appendUid: Ended['appendUid'] }[] = []
  const onResponse = ({ response }: { readonly response: string }): void => {
    ends.push({ status: response.toUpperCase(), appendUid: null })
  }
  const restore = listenForUids(client, (told) => {
    const last = ends.at(-1)
    if (last !== undefined) last.appendUid = told
  })
  client.on('response', onResponse)
  try {
    const begun = begin(client, first, rest)
    const fence = executing(client).exec('NOOP', [], { untagged: {} })
    await begun.then(
      ({ next }) => next(),
      (error: unknown) => {
        if (!isAnswer(error)) throw error
      },
    )
    const { next } = await fence
    next()
  } finally {
    client.off('response', onResponse)
    restore()
  }
  if (ends.length !== count + 1) throw new OutOfStepError(`${ends.length} answers to ${count + 1} commands`)
  return ends.slice(0, count)
}

/** It cannot be told which answer is whose: as if the connection were lost. */
class OutOfStepError extends Error {
  readonly code = 'UnexpectedTag'
}

const isAnswer = (error: unknown): boolean =>
  error instanceof Error && ['NO', 'BAD'].includes(String(Reflect.get(error, 'responseStatus')))

function begin(client: ImapFlow, first: string, rest: Buffer): ReturnType<Executing['exec']> {
  const wire = executing(client)
  const onSend = (): void => {
    try {
      wire.write(rest)
    } catch {
      // The command is half sent: its end never comes by itself.
      client.close()
    }
  }
  return wire.exec(first, [], { untagged: {}, onSend })
}

/** imapflow tells of a command's end that is not its own by an event without the response code, which goes to its table of these. */
function listenForUids(client: ImapFlow, take: (told: ImapResponse['attributes']) => void): () => void {
  const handlers: unknown = Reflect.get(client, 'sectionHandlers')
  if (typeof handlers !== 'object' || handlers === null) throw new TypeError('this version of imapflow tells no codes')
  Reflect.set(handlers, 'APPENDUID', async (told: ImapResponse['attributes']) => take(told))
  return () => void Reflect.deleteProperty(handlers, 'APPENDUID')
}
