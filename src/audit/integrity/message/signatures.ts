import type { BodyHashVerdict } from '../../../message/dkim.js'
import type { HeaderField } from '../../../message/header-section.js'
import type { MessageView } from '../message-view.js'
import type { MessageRule, Sighting } from '../rule.js'
import { NOTHING, quoted } from './sightings.js'

const SOURCE = 'RFC 6376 §3.7, RFC 8617 §4.1.2'

export const bodyAltered: MessageRule = {
  name: 'body-altered',
  scope: 'message',
  severity: 'warning',
  summary: 'The body is not the one that was signed (DKIM, ARC), and no later signature accounts for it.',
  source: SOURCE,
  origin: 'A store, a server, a migration or a filter changed the text; or a list did, and did not sign it again.',
  risk: 'Something is no longer as it was sent: a quoted `From `, other line endings, a cut end, or more.',
  remedy: 'Compare it with another copy or backup. Many of them after a migration mean that the migration alters mail.',
  detect: (mail) => (alterationOf(mail) === 'unaccounted' ? altered(mail) : NOTHING),
}

export const footerAdded: MessageRule = {
  name: 'footer-added',
  scope: 'message',
  severity: 'note',
  summary: 'The body is as it was signed, but for what was put behind or around it.',
  source: SOURCE,
  origin: 'Mailing lists and virus scanners that add a footer to every mail.',
  risk: 'None for what was signed: the rest of the body is proven to be whole.',
  remedy: 'Nothing.',
  detect: (mail) => (alterationOf(mail) === 'footer' ? altered(mail) : NOTHING),
}

export const alteredByList: MessageRule = {
  name: 'altered-by-list',
  scope: 'message',
  severity: 'note',
  summary: 'The body is not the one that was signed; the mail came through a list afterwards, which likely altered it.',
  source: SOURCE,
  origin:
    'Mailing lists that rewrite a mail (footers inside its parts, attachments taken out) and do not sign it again.',
  risk: 'What the store itself may have altered cannot be told from what the list did.',
  remedy: 'Nothing. Mail that came another way, and still holds, tells more of the store.',
  detect: (mail) => (alterationOf(mail) === 'list' ? altered(mail) : NOTHING),
}

export const alteredOnTheWay: MessageRule = {
  name: 'altered-on-the-way',
  scope: 'message',
  severity: 'note',
  summary: 'One signature over the body no longer holds, but another one does: it was altered before that was made.',
  source: SOURCE,
  origin: 'Mailing lists and forwarders that change a mail and sign it anew.',
  risk: 'None from this store: the body is proven to be as the last signer sent it.',
  remedy: 'Nothing.',
  detect: (mail) => (alterationOf(mail) === 'on-the-way' ? altered(mail) : NOTHING),
}

type Alteration = 'unaccounted' | 'footer' | 'list' | 'on-the-way'

function alterationOf(mail: MessageView): Alteration | null {
  const { bodyHashes } = mail
  if (!bodyHashes.some(isAltered)) return null
  if (bodyHashes.some(isWhollyIntact)) return 'on-the-way'
  if (bodyHashes.some(({ cause }) => cause === 'footer')) return 'footer'
  return bodyHashes.every(({ cause }) => cause === 'unknown' || cause === null) && isByList(mail)
    ? 'list'
    : 'unaccounted'
}

/** Put in by lists (RFC 2919, RFC 2369, and the ways before them). */
const LIST_FIELDS: ReadonlySet<string> = new Set(
  'list-id list-post list-unsubscribe mailing-list x-mailing-list x-beenthere'.split(' '),
)

/** Whether a field of a list was put in after the message was signed: no signature covers it (`h=`). */
function isByList({ fields }: MessageView): boolean {
  const signatures = fields.filter(({ name }) => name === 'dkim-signature' || name === 'arc-message-signature')
  const covered = new Set(signatures.flatMap(coveredFields))
  return fields.some(({ name }) => LIST_FIELDS.has(name) && !covered.has(name))
}

function coveredFields({ value }: HeaderField): string[] {
  const list = /(?:^|;)\s*h\s*=([^;]*)/.exec(value)?.[1] ?? ''
  return list.split(':').map((name) => name.trim().toLowerCase())
}

const isAltered = ({ verdict }: BodyHashVerdict): boolean => verdict === 'altered'
const isWhollyIntact = ({ verdict, unsignedOctets }: BodyHashVerdict): boolean =>
  verdict === 'intact' && unsignedOctets === 0

/** One sighting for all signatures of which the same is to be said. */
function altered(mail: MessageView): readonly Sighting[] {
  return sightingsOf(mail, mail.bodyHashes.filter(isAltered))
}

function sightingsOf(mail: MessageView, hashes: readonly BodyHashVerdict[]): readonly Sighting[] {
  const signers = new Map<string, Set<string>>()
  for (const hash of hashes) {
    const signer = hash.instance === null ? quoted(hash.domain) : `${quoted(hash.domain)} (ARC ${hash.instance})`
    signers.set(hash.detail, (signers.get(hash.detail) ?? new Set()).add(signer))
  }
  return [...signers].map(([detail, by]) => ({
    offset: mail.section.bodyStart,
    detail: `${detail} Signed by ${[...by].slice(0, 3).join(', ')}`,
  }))
}

export const unsignedBodyOctets: MessageRule = {
  name: 'unsigned-body-octets',
  scope: 'message',
  severity: 'note',
  summary: 'A signature covers the beginning of the body only (`l=`), and there is more of it.',
  source: 'RFC 6376 §3.5, §8.2',
  origin: 'Signers that allow for footers; text that a list put behind the signed one.',
  risk: 'What is not signed may have been put there by anyone.',
  remedy: 'Do not trust the end of the mail for the name of the signer.',
  detect: (mail) => {
    const partly = mail.bodyHashes.filter(({ unsignedOctets }) => unsignedOctets > 0)
    return partly.length === 0 || mail.bodyHashes.some(isWhollyIntact) ? NOTHING : sightingsOf(mail, partly)
  },
}
