/** A defect of each kind that one message can have: what puts it into a mail, by the rule that is to find it. */
import { add, base64, drop, laterDate, lines, multipart, set, sign, withType } from './clean-mail.js'

const plain = (mail, body, type = 'text/plain; charset=us-ascii', encoding = '7bit') =>
  withType(mail, type, encoding, body)
const inText = (mail, sign) => plain(mail, `Dear all,${sign}see you there\n${lines(mail.serial, 3)}`)
const first = (mail, ...fields) => ({ ...mail, fields: [...fields, ...mail.fields] })
const altered = (mail) => ({ ...mail, body: mail.body.replace(/[a-z]{3}/, 'xyz') })
const signed = (mail) => sign(plain(mail, lines(mail.serial, 9)))
const zipped =
  'Content-Type: application/zip; name="scores.zip"\nContent-Disposition: attachment\nContent-Transfer-Encoding: base64\n\n'
const nested = (depth) =>
  depth === 0
    ? 'Content-Type: text/plain\n\nat last\n'
    : `Content-Type: multipart/mixed; boundary="in${depth}x"\n\n--in${depth}x\n${nested(depth - 1)}--in${depth}x--\n`

export const MESSAGE_DAMAGE = {
  'no-message-id': (mail) => drop(mail, 'Message-ID'),
  'empty-message-id': (mail) => set(mail, 'Message-ID', '<>'),
  'malformed-message-id': (mail) => set(mail, 'Message-ID', `<${mail.serial} rehearsal@example.org>`),
  'several-message-ids': (mail) => add(mail, `Message-ID: <${mail.serial}.again@example.org>`),
  'several-ids-in-one-field': (mail) => set(mail, 'Message-ID', `<${mail.serial}.a@example.org> <b@example.org>`),
  'no-date': (mail) => drop(mail, 'Date'),
  'unparsable-date': (mail) => set(mail, 'Date', 'next monday'),
  'implausible-date': (mail) => set(mail, 'Date', 'Thu, 1 Jan 1970 00:00:00 +0000'),
  'date-in-future': (mail) => set(mail, 'Date', laterDate(mail.serial, 30)),
  'date-differs-from-received': (mail) => set(mail, 'Date', laterDate(mail.serial, -30)),
  'no-header': (mail) => ({ ...mail, fields: [], body: `Dear all,\n${lines(mail.serial, 3)}` }),
  'no-header-end': (mail) => ({ ...plain(mail, `Dear all,\n${lines(mail.serial, 3)}`), gap: '' }),
  'malformed-header-line': (mail) => add(mail, 'this is no field'),
  'no-from': (mail) => drop(mail, 'From'),
  'raw-8bit-header': (mail) => set(mail, 'Subject', 'Caf\xe9'),
  'huge-header': (mail) => add(mail, ...Array.from({ length: 1001 }, (_, n) => `X-Trace: ${n}`)),
  'repeated-field': (mail) => add(mail, 'Subject: Another one'),
  'repeated-lesser-field': (mail) => add(mail, 'MIME-Version: 1.0'),
  'repeated-store-field': (mail) => add(mail, 'X-Account-Key: account1', 'X-Account-Key: account1'),
  'bare-cr': (mail) => inText(mail, '\r'),
  'mixed-line-endings-in-message': (mail) => inText(mail, '\r\n'),
  'line-too-long': (mail) => inText(mail, ` ${'again '.repeat(200)}\n`),
  'nul-octet': (mail) => inText(mail, '\0\n'),
  'multipart-without-boundary': (mail) => plain(mail, lines(mail.serial, 4), 'multipart/mixed'),
  'boundary-never-seen': (mail) => plain(mail, lines(mail.serial, 4), 'multipart/mixed; boundary="lost"'),
  'multipart-not-terminated': (mail) => {
    const whole = multipart(mail, [])
    return { ...whole, body: whole.body.replace(/--=_\d+--\n$/, '') }
  },
  'nested-multipart-not-terminated': (mail) => multipart(mail, [nested(2).replace('--in1x--\n', '')]),
  'boundary-reused': (mail) => multipart(mail, [`Content-Type: multipart/mixed; boundary="=_${mail.serial}"\n\n`]),
  'deep-nesting': (mail) => multipart(mail, [nested(30)]),
  'damaged-base64': (mail) => plain(mail, base64(lines(mail.serial, 9)).replace(/^.{9}/, '$&!!'), undefined, 'base64'),
  'damaged-quoted-printable': (mail) => plain(mail, `one =XY two\n`, undefined, 'quoted-printable'),
  'unknown-transfer-encoding': (mail) => plain(mail, lines(mail.serial, 4), undefined, 'x-rot13'),
  'encoded-multipart': (mail) => set(multipart(mail, []), 'Content-Transfer-Encoding', 'base64'),
  'undeclared-8bit': (mail) => plain(mail, 'Gr\xc3\xbc\xc3\x9fe\n', 'text/plain; charset=utf-8', '7bit'),
  'charset-not-stated': (mail) => plain(mail, 'Gr\xc3\xbc\xc3\x9fe\n', 'text/plain', '8bit'),
  'wrong-charset': (mail) => plain(mail, 'Gr\xfc\xdfe\n', 'text/plain; charset=utf-8', '8bit'),
  'unknown-charset': (mail) => plain(mail, 'Gr\xfc\xdfe\n', 'text/plain; charset=x-choir', '8bit'),
  'body-missing': (mail) => ({ ...multipart(mail, []), body: '' }),
  'partly-downloaded': (mail) => add(mail, 'X-Mozilla-Status: 0401'),
  'damaged-attachment': (mail) => multipart(mail, [`${zipped}${base64('PK\x03\x04 and no more')}`]),
  'stripped-attachment': (mail) =>
    multipart(mail, [
      'Content-Type: text/x-moz-deleted; name="scores.pdf"\nX-Mozilla-Altered: AttachmentDeleted; date="Mon Jan 3 2011"\n\ndeleted\n',
    ]),
  'body-altered': (mail) => altered(signed(mail)),
  'footer-added': (mail) => ({ ...signed(mail), body: `${lines(mail.serial, 9)}-- \nThe choir list\n` }),
  'altered-by-list': (mail) => add(altered(signed(mail)), 'List-Id: <choir.example.net>'),
  'altered-on-the-way': (mail) => sign(altered(signed(mail)), 'example.net'),
  'unsigned-body-octets': (mail) => sign(plain(mail, lines(mail.serial, 9)), 'example.org', 20),
  'sync-tool-fields': (mail) => first(mail, 'X-TUID: aBcDeFgHiJkL'),
  'reused-message-id': (mail) => set(mail, 'Message-ID', `<${mail.serial - 1}.rehearsal@example.org>`),
}

/** The store cannot hold a message like this one: without a header, what follows a separator is no message. */
export const NOT_IN_MBOX = ['no-header']
