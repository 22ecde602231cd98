import {
  charsetNotStated,
  undeclared8bit,
  unknownCharset,
  wrongCharset,
} from '../../../../src/audit/integrity/message/charsets.js'
import { describeRule } from './rule-examples.js'

const text = (charset: string, encoding: string, body: string): string =>
  `Content-Type: text/plain${charset}\nContent-Transfer-Encoding: ${encoding}\n\n${body}\n`
const UTF8 = '; charset=utf-8'
const WHOLE = text(UTF8, '8bit', 'caf\xc3\xa9')

describeRule(
  undeclared8bit,
  { 'UTF-8': WHOLE, ASCII: text('', '7bit', 'cafe'), 'a header': 'Subject: caf\xe9\n\nHi\n' },
  {
    '7bit': [text(UTF8, '7bit', 'caf¦\xc3\xa9'), 'in a part of type "text/plain": "\u00e9"'],
    'nothing declared': ['From: a\n\ncaf¦\xe9\n', 'in a part of type "text/plain": "\\xE9"'],
    'a part': [
      'Content-Type: multipart/mixed; boundary=x\n\n--x\n\nHi\n--x\nContent-Type: image/png\n\n¦\x89PNG\n--x--\n',
      'in a part of type "image/png": "\\x89PNG"',
    ],
  },
)

describeRule(
  charsetNotStated,
  {
    'UTF-8': WHOLE,
    ASCII: text('', '8bit', 'cafe'),
    HTML: 'Content-Type: text/html\n\n<meta charset=utf-8>\xc3\xa9\n',
    'an image': 'Content-Type: image/png\n\n\x89PNG\n',
  },
  {
    'UTF-8 in fact': [text('', '8bit', 'caf¦\xc3\xa9'), 'no character set is stated; the text is valid UTF-8'],
    'in base64': [
      text('', 'base64', 'Y2Fm6Q==').replace('\n\n', '\n\n¦'),
      'no character set is stated; the text is not UTF-8',
    ],
  },
)

describeRule(
  wrongCharset,
  {
    'UTF-8': WHOLE,
    'UTF-8 in quoted-printable': text(UTF8, 'quoted-printable', 'caf=C3=A9 =3D'),
    'Latin-1': text('; charset=iso-8859-1', '8bit', 'caf\xe9'),
    ASCII: text('; charset=us-ascii', '7bit', 'cafe'),
    'none stated': text('', '8bit', 'caf\xe9'),
  },
  {
    'no UTF-8': [text(UTF8, '8bit', '\xc3\xa9 caf¦\xe9'), 'said to be UTF-8, which it is not'],
    'no UTF-8 in quoted-printable': [
      text(UTF8, 'quoted-printable', 'caf=E9').replace('\n\n', '\n\n¦'),
      'said to be UTF-8, which it is not',
    ],
    'no ASCII': [
      text('; charset="US-ASCII"', '8bit', 'caf¦\xc3\xa9'),
      'said to be ASCII, and holds octets over 127 (valid UTF-8)',
    ],
  },
)

describeRule(
  unknownCharset,
  {
    'UTF-8': WHOLE,
    'a vendor name of a known one': text('; charset=cp932', '8bit', '\x83\x65'),
    'said to be unknown': text('; charset=unknown-8bit', '8bit', 'caf\xe9'),
    'ASCII in it': text('; charset=x-made-up', '8bit', 'cafe'),
  },
  { 'a made up name': [text('; charset=x-made-up', '8bit', 'caf¦\xe9'), 'the character set "x-made-up" is not known'] },
)
