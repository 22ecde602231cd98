import { damagedAttachment, strippedAttachment } from '../../../../src/audit/integrity/message/attachments.js'
import { describeRule } from './rule-examples.js'

function attached(name: string, file: string): string {
  const base64 = Buffer.from(file, 'latin1').toString('base64')
  return `Content-Type: application/octet-stream\nContent-Disposition: attachment; filename="${name}"\nContent-Transfer-Encoding: base64\n\n${base64}\n`
}
const PREVIEW = '\xff\xe1\x00\x08\xff\xd8\xff\xd9AB'

describeRule(
  damagedAttachment,
  {
    'a ZIP file': attached('a.zip', 'PK\x03\x04abcPK\x05\x06defg'),
    'a PDF file': attached('a.pdf', '%PDF-1.4\nabc\n%%EOF\n'),
    'a JPEG image': attached('a.jpg', `\xff\xd8${PREVIEW}\xff\xda\x00\x02abc\xff\xd9`),
    'a PNG image': attached('a.png', '\x89PNG\r\n\x1a\nabcIEND'),
    'another file': attached('a.bin', 'abc'),
    'an empty text': 'From: a\n\n',
  },
  {
    'an empty file': [`¦${attached('a.bin', '')}`, '"a.bin" is empty'],
    'a cut ZIP file': [`¦${attached('a.zip', 'PK\x03\x04abc')}`, '"a.zip" is a ZIP file without its end record'],
    'a cut PDF file': [`¦${attached('a.pdf', '%PDF-1.4\nabc\n')}`, '"a.pdf" is a PDF file without %%EOF'],
    'a cut PNG image': [
      `¦${attached('a.png', '\x89PNG\r\n\x1a\nabc')}`,
      '"a.png" is a PNG image without its last chunk',
    ],
    'a cut JPEG image with a preview': [
      `¦${attached('a.jpg', `\xff\xd8${PREVIEW}\xff\xda\x00\x02abc`)}`,
      '"a.jpg" is a JPEG image without its end marker',
    ],
    'a JPEG image cut in its header': [`¦${attached('a.jpg', '\xff\xd8\xff\xe1\xff')}`, /JPEG/],
  },
)

describeRule(
  strippedAttachment,
  { 'an attachment': attached('a.bin', 'abc') },
  {
    'a deleted one': [
      'Content-Type: multipart/mixed; boundary=x\n\n--x\n\nHi\n--x\n¦Content-Type: text/x-moz-deleted; name="Deleted: a.pdf"\n\ngone\n--x--\n',
      '"Deleted: a.pdf"',
    ],
    'a detached one': [
      `Content-Type: multipart/mixed; boundary=x\n\n--x\n¦X-Mozilla-Altered: AttachmentDetached; date="Tue"\n${attached('a.pdf', '')}--x--\n`,
      '"a.pdf": "AttachmentDetached; date="Tue""',
    ],
  },
)
