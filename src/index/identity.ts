import type { MessageFacts } from '../message/message.js'
import type { IndexedCopy } from './copy-index.js'

/**
 * By what two copies count as one mail: the Message-ID; with no ID the content; with neither ID nor Date the wire digest.
 * IDs begin with `<` and sort before the others.
 *
 * @returns null while the content that it needs is not known
 */
export function identityOf(copy: IndexedCopy): string | null {
  return identityKey(copy, copy.content)
}

export function identityKey(facts: Pick<MessageFacts, 'id' | 'date' | 'wire'>, content: string | null): string | null {
  if (facts.id !== null) return facts.id
  if (facts.date === null) return facts.wire === null ? null : `wire:${facts.wire}`
  return content === null ? null : identityOfContent(content)
}

export const identityOfContent = (content: string): string => `content:${content}`

/** Whether an identity stands for a message with no ID. */
export const isWithoutId = (key: string | null): boolean => key === null || !key.startsWith('<')
