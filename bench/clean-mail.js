/** Mail without any defect, to put defects into. A mail is its fields and its body; its text is Latin-1, an octet a character. */
import { createHash } from 'node:crypto'

const FIRST_DATE = Date.UTC(2011, 0, 3, 8)
const STEP = 37 * 60_000
const DAY = 86_400_000
const WORDS = 'the choir meets on monday in hall two bring your sheets tea and some cake to share with us'.split(' ')

const dateAt = (serial) => FIRST_DATE + serial * STEP
const dateText = (milliseconds) => new Date(milliseconds).toUTCString().replace('GMT', '+0000')

/** Seconds since 1970 when a store received the mail. */
export const receivedAt = (serial) => Math.floor(dateAt(serial) / 1000) + 5

/** The text of a Date field so many days later than the mail's own. */
export const laterDate = (serial, days) => dateText(dateAt(serial) + days * DAY)

/** Lines that differ from mail to mail. */
export function lines(serial, count) {
  const line = (n) =>
    WORDS.map((_, i) => WORDS[(i * (serial % 7) + n * 5 + serial) % WORDS.length]).slice(0, 4 + (n % 9))
  return Array.from({ length: count }, (_, n) => `${line(n).join(' ')} ${serial}\n`).join('')
}

/** A part of a multipart, or the body of a mail, in base64. */
export const base64 = (octets) =>
  `${Buffer.from(octets)
    .toString('base64')
    .replace(/(.{76})(?=.)/g, '$1\n')}\n`

/** A multipart of a text and of further parts, each with its fields. */
export function multipart(mail, parts, subtype = 'mixed') {
  const boundary = `=_${mail.serial}`
  const text = `Content-Type: text/plain; charset=us-ascii\n\n${lines(mail.serial, 6)}`
  const body = [text, ...parts].map((part) => `--${boundary}\n${part}`).join('')
  return withType(mail, `multipart/${subtype}; boundary="${boundary}"`, '7bit', `${body}--${boundary}--\n`)
}

const attachment = (serial) =>
  `Content-Type: application/octet-stream; name="${serial}.bin"\nContent-Transfer-Encoding: base64\n\n${base64(lines(serial, 40))}`

/** Ways to write a body: plain, in eight bits, in quoted-printable, in parts. */
const BODIES = [
  (mail) => withType(mail, 'text/plain; charset=us-ascii', '7bit', lines(mail.serial, 12)),
  (mail) => withType(mail, 'text/plain; charset=utf-8', '8bit', `Gr\xc3\xbc\xc3\x9fe\n${lines(mail.serial, 8)}`),
  (mail) =>
    withType(mail, 'text/plain; charset=iso-8859-1', 'quoted-printable', `Gr=FC=DFe=\n\n${lines(mail.serial, 5)}`),
  (mail) => multipart(mail, [attachment(mail.serial)]),
]

export function cleanMail(serial) {
  const date = dateText(dateAt(serial))
  const fields = [
    `Return-Path: <ann@example.org>`,
    `Received: from mx.example.org (mx.example.org [192.0.2.${serial % 250}])\n\tby in.example.net with ESMTP id ${serial};\n\t${date}`,
    `From: Ann Bell <ann@example.org>`,
    `To: choir@example.net`,
    `Subject: Rehearsal ${serial}`,
    `Date: ${date}`,
    `Message-ID: <${serial}.rehearsal@example.org>`,
    'MIME-Version: 1.0',
  ]
  const mail = { serial, fields, body: '' }
  return BODIES[serial % BODIES.length](mail)
}

/** @param gap - what stands between header and body */
export const textOf = ({ fields, body, gap = '\n' }) => `${fields.map((field) => `${field}\n`).join('')}${gap}${body}`

const isNamed = (name) => (field) => field.toLowerCase().startsWith(`${name.toLowerCase()}:`)

export const drop = (mail, name) => ({ ...mail, fields: mail.fields.filter((field) => !isNamed(name)(field)) })
export const add = (mail, ...fields) => ({ ...mail, fields: [...mail.fields, ...fields] })
export const set = (mail, name, value) => ({
  ...mail,
  fields: mail.fields.map((field) => (isNamed(name)(field) ? `${name}: ${value}` : field)),
})

export function withType(mail, type, encoding, body) {
  const bare = drop(drop(mail, 'Content-Type'), 'Content-Transfer-Encoding')
  return { ...add(bare, `Content-Type: ${type}`, `Content-Transfer-Encoding: ${encoding}`), body }
}

/** Signs the body with its hash (RFC 6376 §3.7, simple and whole, or its first octets); the signature itself is none. */
export function sign(mail, domain = 'example.org', length = null) {
  const octets = Buffer.from(mail.body.replaceAll('\n', '\r\n'), 'latin1')
  const hash = createHash('sha256')
    .update(octets.subarray(0, length ?? octets.length))
    .digest('base64')
  const part = length === null ? '' : ` l=${length};`
  const field = `DKIM-Signature: v=1; a=rsa-sha256; c=simple/simple; d=${domain}; s=s; h=from:date:subject;${part}\n\tbh=${hash}; b=c2lnbmVk`
  return { ...mail, fields: [field, ...mail.fields] }
}
