import { firstField, readHeaderFields } from '../../message/header-section.js'

const SUBJECT = "DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA"

/**
 * Whether the first message of a file is the one that c-client, Dovecot and their kin keep their own notes in (UIDs,
 * keywords): it is no mail.
 */
export function isInternalData(message: Buffer): boolean {
  if (!message.includes(SUBJECT)) return false
  const fields = readHeaderFields(message)
  const isMarked = firstField(fields, 'x-imap') !== undefined || firstField(fields, 'x-imapbase') !== undefined
  return isMarked && firstField(fields, 'subject') === SUBJECT
}
