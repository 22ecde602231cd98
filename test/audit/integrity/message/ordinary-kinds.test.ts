import { describe, expect, it } from 'vitest'
import { MESSAGE_RULES } from '../../../../src/audit/integrity/message-rules.js'
import { octetsOf, sightings } from './rule-examples.js'

const TOP =
  'From: Ann <ann@example.org>\nTo: ben@example.org\nSubject: Monday\nDate: Tue, 4 Jan 2011 16:44:27 +0100\nMessage-ID: <1@example.org>\nMIME-Version: 1.0\n'
const INNER =
  'From: Cleo <cleo@example.org>\nDate: Mon, 3 Jan 2011 10:00:00 +0100\nSubject: choir\nMessage-ID: <2@example.org>\n\nHi\n'
const BASE64 = `${`${'QUJD'.repeat(18)}\n`.repeat(200)}QUI=\n`

/** Mail as programs of today send it, with what odd it may rightly have. */
const KINDS: Record<string, string> = {
  'an encrypted mail (PGP/MIME)': `${TOP}Content-Type: multipart/encrypted; protocol="application/pgp-encrypted";\n\tboundary="xx"\n\nThis is an OpenPGP/MIME encrypted message (RFC 4880 and 3156)\n--xx\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n--xx\nContent-Type: application/octet-stream; name="encrypted.asc"\n\n-----BEGIN PGP MESSAGE-----\n\nwcFMA1234=\n=abcd\n-----END PGP MESSAGE-----\n\n--xx--\n`,
  'a signed mail (PGP/MIME)': `${TOP}Content-Type: multipart/signed; micalg=pgp-sha256;\n protocol="application/pgp-signature"; boundary="yy"\n\n--yy\nContent-Type: multipart/mixed; boundary="zz"\n\n--zz\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=C3=9Fe, soft=\n break\n\n--zz--\n\n--yy\nContent-Type: application/pgp-signature; name="signature.asc"\n\n-----BEGIN PGP SIGNATURE-----\n\nabc\n=abcd\n-----END PGP SIGNATURE-----\n\n--yy--\n`,
  'an encrypted mail (S/MIME)': `${TOP}Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename="smime.p7m"\n\n${BASE64}`,
  'a signed mail (S/MIME)': `${TOP}Content-Type: multipart/signed; protocol="application/x-pkcs7-signature"; micalg="sha-256"; boundary="----ABC"\n\nThis is an S/MIME signed message\n\n------ABC\nContent-Type: text/plain\n\nhello\n\n------ABC\nContent-Type: application/x-pkcs7-signature; name="smime.p7s"\nContent-Transfer-Encoding: base64\n\n${BASE64}\n------ABC--\n\n`,
  'an invitation': `${TOP}Content-Type: multipart/mixed; boundary="o"\n\n--o\nContent-Type: multipart/alternative; boundary="oo"\n\n--oo\nContent-Type: text/plain; charset="UTF-8"; format=flowed; delsp=yes\nContent-Transfer-Encoding: base64\n\nR3LDvMOfZQo=\n\n--oo\nContent-Type: text/calendar; charset="UTF-8"; method=REQUEST\nContent-Transfer-Encoding: 8bit\n\nBEGIN:VCALENDAR\nSUMMARY:Gr\xc3\xbc\xc3\x9fe\nEND:VCALENDAR\n\n--oo--\n--o\nContent-Type: application/ics; name="invite.ics"\nContent-Transfer-Encoding: base64\n\nQkVHSU46VkNBTEVOREFSCkVORDpWQ0FMRU5EQVIK\n--o--\n`,
  'a digest': `${TOP}Content-Type: multipart/mixed; boundary="=1=="\n\n--=1==\nContent-Type: text/plain; charset="us-ascii"\n\nTopics\n--=1==\nContent-Type: multipart/digest; boundary="=2=="\n\n--=2==\n\n${INNER}\n--=2==\nContent-Type: message/rfc822\n\n${INNER}\n--=2==--\n\n--=1==\nContent-Description: Digest Footer\n\n____\n\n--=1==--\n`,
  'a bounce': `Return-Path: <>\n${TOP}Auto-Submitted: auto-replied\nContent-Type: multipart/report; report-type=delivery-status; boundary="r"\n\nThis is a MIME-encapsulated message.\n\n--r\nContent-Description: Notification\n\nSorry\n--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; x@example.com\nAction: failed\nStatus: 5.1.1\n\n--r\nContent-Type: text/rfc822-headers\nContent-Transfer-Encoding: 8bit\n\nFrom: ben@example.org\nSubject: hi\nMessage-ID: <3@example.org>\n\n--r--\n`,
  'a forwarded mail': `${TOP}Content-Type: multipart/mixed; boundary="a"\n\n--a\n\nhi\n--a\nContent-Type: message/rfc822\n\n${INNER.replace('\n\nHi', '\nContent-Type: multipart/mixed; boundary="a b"\n\n--a b\n\nHi\n--a b--')}\n--a--\n`,
  'a large attachment': `${TOP}Content-Type: multipart/mixed; boundary="a"\n\n--a\n\nhi\n--a\nContent-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=a.pdf\n\n${BASE64}--a--\n`,
  'a mail without a text': `${TOP}\n`,
}

describe.each(Object.entries(KINDS))('%s', (_kind, text) => {
  it.each(MESSAGE_RULES.filter(({ isOptional }) => isOptional !== true))('has nothing of $name', (rule) => {
    expect(sightings(rule, octetsOf(text))).toEqual([])
    expect(sightings(rule, octetsOf(text.replaceAll('\n', '\r\n')))).toEqual([])
  })
})

describe('a mail in UTF-8 throughout (RFC 6532)', () => {
  const text = `${TOP.replace('Monday', 'Gr\xc3\xbc\xc3\x9fe')}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nGr\xc3\xbc\xc3\x9fe\n`
  it('has 8-bit octets in its header, and nothing else', () => {
    const found = MESSAGE_RULES.filter((rule) => sightings(rule, octetsOf(text)).length > 0)
    expect(found.map(({ name }) => name)).toEqual(['raw-8bit-header'])
  })
})
