import {
  damagedBase64,
  damagedQuotedPrintable,
  encodedMultipart,
  unknownTransferEncoding,
} from '../../../../src/audit/integrity/message/transfer-encodings.js'
import { describeRule } from './rule-examples.js'

const encoded = (encoding: string, body: string): string => `From: a\nContent-Transfer-Encoding: ${encoding}\n\n${body}`
const LINE = 'RGVhciBjaG9pciwgbm8gcmVoZWFyc2FsIG9uIE1vbmRheS4K\n'

describeRule(
  damagedBase64,
  {
    'whole lines': encoded('base64', `${LINE}${LINE}`),
    'with CRLF': encoded('base64', `${LINE}${LINE}`).replaceAll('\n', '\r\n'),
    'with padding and empty lines': encoded('BASE64', `${LINE}SGk=\n\n\n`),
    'padding over two lines': encoded('base64', 'SA=\n=\n'),
    'an empty part': encoded('base64', '\n'),
    'another encoding': encoded('7bit', 'not base64!\n'),
  },
  {
    'a foreign character': [encoded('base64', `${LINE}SG¦!k\n`), 'no character of base64: "!k"'],
    'a footer': [encoded('base64', `${LINE}SGk=\n¦List: choir\n`), 'text behind the end of the base64: "List: choir"'],
    'a cut message': [
      encoded('base64', `${LINE}SGkg¦`.replace('kg', 'k')),
      /breaks off with the message, which is likely cut$/,
    ],
    'a message with bounds in doubt': [encoded('base64', 'SGk\n¦'), /in doubt\)$/, { copy: { boundsInDoubt: true } }],
    'a character too many': [
      'Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Transfer-Encoding: base64\n\nSGkgS¦\n--x--\n',
      'the encoded text ends in the middle of a group: it is likely cut, or lacks its padding',
    ],
  },
)

describeRule(
  damagedQuotedPrintable,
  {
    'escapes and soft line breaks': encoded('quoted-printable', 'caf=C3=a9 =\nau =  \nlait=\r\n.\n'),
    'another encoding': encoded('8bit', '1+1=2\n'),
  },
  {
    'an equals sign': [encoded('quoted-printable', 'caf=E9\n1+1¦=2\n'), 'a "=" that encodes nothing: "=2"'],
    'an end in an escape': [encoded('quoted-printable', 'caf¦=C'), /^the encoded text breaks off with the message/],
    'an end of a part in a soft line break': [
      'Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Transfer-Encoding: quoted-printable\n\nHi¦=\n--x--\n',
      'the encoded text ends in the middle of an escape',
    ],
    'an octet over 127': [encoded('quoted-printable', 'caf¦\xe9\n'), 'an octet over 127: "\\xE9"'],
  },
)

describeRule(
  unknownTransferEncoding,
  {
    none: 'From: a\n\nHi\n',
    'a known one': encoded('Base64', ''),
    'with a comment': encoded('7bit (plain)', ''),
    uuencode: encoded('x-uuencode', ''),
  },
  { 'a slip': [`¦${encoded('8-bit', '')}`, 'the encoding "8-bit"'] },
)

describeRule(
  encodedMultipart,
  {
    'a part in base64': encoded('base64', LINE),
    'a multipart in 8bit': `Content-Type: multipart/mixed; boundary=x\n${encoded('8bit', '--x--\n')}`,
  },
  {
    'a multipart': [
      `¦Content-Type: multipart/mixed; boundary=x\n${encoded('base64', '--x\n\nHi\n--x--\n')}`,
      '"multipart/mixed" in base64',
    ],
    'a message': [`¦Content-Type: message/rfc822\n${encoded('base64', LINE)}`, '"message/rfc822" in base64'],
  },
)
