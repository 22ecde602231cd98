import {
  alteredByList,
  alteredOnTheWay,
  bodyAltered,
  footerAdded,
  unsignedBodyOctets,
} from '../../../../src/audit/integrity/message/signatures.js'
import { describeRule } from './rule-examples.js'
import { signed } from './signing.js'

const BODY = 'Dear choir,\n\nno rehearsal on Monday.\n'
const OTHER = 'Dear choir,\n\nno rehearsal on Friday.\n'
const FOOTER = '______\nchoir list\n'
const WHOLE = `${signed(BODY)}From: a\n\n${BODY}`
const FROM_LIST = 'List-Id: <choir.example.net>\n'

describeRule(
  bodyAltered,
  {
    'a whole body': WHOLE,
    'no signature': `From: a\n\n${BODY}`,
    'other line endings': WHOLE.replaceAll('\n', '\r\n'),
    'a footer': `${WHOLE}${FOOTER}`,
    'a later signature that holds': `${signed(OTHER, { by: 'example.net' })}${WHOLE.replaceAll('Monday', 'Friday')}`,
    'mail from a list': `${FROM_LIST}${WHOLE.replaceAll('Monday', 'Friday')}`,
    'quoting of the mbox itself': [`${signed('From here\n')}\n>From here\n`, { storeType: 'mbox' }],
    'quoting that was read as that of the mbox': [`${signed('>>From here\n')}\n>From here\n`, { storeType: 'mbox' }],
  },
  {
    'another body': [
      `${signed(BODY)}From: a\n\n¦${OTHER}`,
      'The body is not as it was signed; how it was altered cannot be told. Signed by "example.org"',
    ],
    'quoting that was left': [`${signed('From here\n')}\n¦>From here\n`, /the ">" that was put before "From "/],
    'a list that signed its fields': [
      `List-Id: <a>\n${signed(BODY).replace('h=from', 'h=list-id:from')}\n¦${OTHER}`,
      /how it was altered cannot be told/,
    ],
    'several signatures': [
      `${signed(BODY)}${signed(BODY, { by: 'example.net' })}\n¦${OTHER}`,
      /Signed by "example.org", "example.net"$/,
    ],
  },
)

describeRule(
  footerAdded,
  { 'a whole body': WHOLE, 'another body': `${signed(BODY)}\n${OTHER}` },
  {
    'a footer behind lines that an mbox quotes': [
      `${signed('From here\n')}\n¦>From here\n${FOOTER}`,
      /without its last 2 lines, added later/,
      { storeType: 'mbox' },
    ],
    'a footer': [
      `${signed(BODY)}\n¦${BODY}${FOOTER}`,
      'The body is as it was signed without its last 2 lines, added later. Signed by "example.org"',
    ],
  },
)

describeRule(
  alteredByList,
  {
    'a whole body': `${FROM_LIST}${WHOLE}`,
    'another body': `${signed(BODY)}\n${OTHER}`,
    'a footer': `${FROM_LIST}${WHOLE}${FOOTER}`,
  },
  { 'another body': [`${FROM_LIST}${signed(BODY)}\n¦${OTHER}`, /cannot be told/] },
)

describeRule(
  alteredOnTheWay,
  { 'a whole body': WHOLE, 'another body': `${signed(BODY)}\n${OTHER}` },
  {
    'a list that signed anew': [
      `${signed(OTHER, { by: 'example.net', field: 'ARC-Message-Signature' })}${signed(BODY)}\n¦${OTHER}`,
      /Signed by "example.org"$/,
    ],
  },
)

describeRule(
  unsignedBodyOctets,
  {
    'a whole body': WHOLE,
    'a length of all of it': `${signed(BODY, { tags: `c=simple/simple; l=${BODY.length + 3}` })}\n${BODY}`,
    'a second signature over all of it': `${signed(BODY, { tags: 'l=40' })}${signed(BODY + FOOTER)}\n${BODY}${FOOTER}`,
  },
  {
    'text behind the signed': [
      `${signed(BODY, { tags: `c=simple/simple; l=${BODY.length + 3}` })}\n¦${BODY}${FOOTER}`,
      /^The signed body is as it was; \d+ octets after the first 40 are not signed\. Signed by "example.org"$/,
    ],
  },
)
