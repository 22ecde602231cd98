import { firstField } from '../../../message/header-section.js'
import type { MessageView } from '../message-view.js'
import type { MessageRule } from '../rule.js'
import { NOTHING, quoted } from './sightings.js'
import { boundsRemark, isWhiteSpace } from './structure.js'

/** Of X-Mozilla-Status: only a part of the mail was fetched (Mozilla's nsMsgMessageFlags.idl). */
const PARTIAL = 0x0400

export const bodyMissing: MessageRule = {
  name: 'body-missing',
  scope: 'message',
  severity: 'error',
  summary: 'The body is empty, though the header proves that there was one.',
  source: 'RFC 5322 §3.5, RFC 2046 §5.1, RFC 6376 §3.7',
  origin: 'A download or migration that fetched headers only, or that broke off behind the header.',
  risk: 'The mail itself is lost in this copy.',
  remedy: 'Fetch it again, or take it from another copy or backup, before a sync carries this one further.',
  detect: (mail) => {
    const { octets, section } = mail
    if (mail.fields.length === 0 || !isWhiteSpace(mail, section.bodyStart, octets.length)) return NOTHING
    const proof = proofOfBody(mail)
    return proof === null
      ? NOTHING
      : [{ offset: section.bodyStart, detail: `the body is empty: ${proof}${boundsRemark(mail)}` }]
  },
}

function proofOfBody(mail: MessageView): string | null {
  const { octets, section, fields, parts } = mail
  const stated = Number(/^\d{1,15}$/.exec(firstField(fields, 'content-length') ?? '')?.[0] ?? 0)
  // Line endings may have been counted twice, and an empty line or two may be gone.
  if (stated > 2 * (octets.length - section.bodyStart) + 4) return `Content-Length says ${stated} octets`
  const lines = Number(/^\d{1,9}$/.exec(firstField(fields, 'lines') ?? '')?.[0] ?? 0)
  if (lines > octets.length - section.bodyStart + 2) return `Lines says ${lines} lines`
  const [multipart] = parts.multiparts
  if (multipart?.depth === 0 && multipart.boundary !== '') return `${quoted(multipart.kind.type)} has no part`
  const signed = mail.bodyHashes.find(({ verdict }) => verdict === 'altered')
  return signed ? `a body was signed by ${quoted(signed.domain)}` : null
}

export const partlyDownloaded: MessageRule = {
  name: 'partly-downloaded',
  scope: 'message',
  severity: 'warning',
  summary: 'Thunderbird notes that it fetched only the beginning of this message.',
  source: 'Mozilla: nsMsgMessageFlags.idl, Partial',
  origin: 'An account that was set to fetch headers only, or mail up to a certain size.',
  risk: 'The rest of the mail is on the server, or nowhere if it was deleted there.',
  remedy: 'Open it in Thunderbird and have the rest fetched, while the server still has it.',
  detect: (mail) => {
    const [field] = mail.fieldsNamed('x-mozilla-status')
    const flags = Number.parseInt(field?.value ?? '0', 16) || 0
    return field && (flags & PARTIAL) !== 0
      ? [{ offset: field.start, detail: `X-Mozilla-Status is ${quoted(field.value)}` }]
      : NOTHING
  },
}
