/** A format that holds mail and that mbaudit does not read, and what converts it. */
export interface UnsupportedFormat {
  readonly format: string
  readonly hint: string
}

interface FormatSign extends UnsupportedFormat {
  /** The file's first octets, as Latin-1. */
  readonly magic: string
  /** null: the octets alone tell. */
  readonly name: RegExp | null
}

/** The first that fits counts. Sources: the formats' own magic numbers (file(1)); Dovecot's and UW IMAP's documentation. */
const FORMATS: readonly FormatSign[] = [
  {
    format: 'Outlook data file (PST, OST)',
    magic: '!BDN',
    name: null,
    hint: 'readpst -r -o FOLDER FILE (from libpst, Debian: pst-utils) writes mbox files.',
  },
  {
    format: 'Outlook Express mailbox (DBX)',
    magic: '\xcf\xad\x12\xfe',
    name: null,
    hint: 'undbx FILE.dbx FOLDER (Debian: undbx) writes .eml files.',
  },
  {
    format: 'Outlook for Mac archive (OLM)',
    magic: 'PK',
    name: /\.olm$/i,
    hint: 'Import it into Outlook for Mac and drag its folders onto the desktop: each becomes an mbox file.',
  },
  {
    format: 'c-client mailbox (MBX)',
    magic: '*mbx*\r\n',
    name: null,
    hint: 'mailutil copy FILE "#driver.unix/NEW" (Debian: uw-mailutils) writes an mbox file.',
  },
  {
    format: 'Outlook message (MSG)',
    magic: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
    name: /\.msg$/i,
    hint: 'msgconvert FILE.msg (Debian: libemail-outlook-message-perl) writes an .eml file.',
  },
  {
    format: 'MMDF mailbox',
    magic: '\x01\x01\x01\x01',
    name: null,
    hint: 'Open it in mutt (it reads MMDF) and save all messages into an mbox file.',
  },
  {
    format: 'Emacs Rmail file (BABYL)',
    magic: 'BABYL OPTIONS:',
    name: null,
    hint: 'M-x unrmail in Emacs writes an mbox file.',
  },
]

/** A format known by a file's first octets and name (Latin-1); null: none of these. */
export function unsupportedFile(firstOctets: Buffer, name: string): UnsupportedFormat | null {
  const start = firstOctets.toString('latin1', 0, 64)
  const fits = (sign: FormatSign): boolean => start.startsWith(sign.magic) && (sign.name?.test(name) ?? true)
  const sign = FORMATS.find(fits)
  return sign === undefined ? null : { format: sign.format, hint: sign.hint }
}

const DBOX: UnsupportedFormat = {
  format: 'Dovecot dbox',
  hint: 'doveadm backup -u USER maildir:FOLDER (Dovecot itself) writes a Maildir; the files alone lack flags and bounds.',
}

const MSF: UnsupportedFormat = {
  format: 'Thunderbird index without mail (MSF)',
  hint: 'The mail is on the server alone. In Thunderbird, keep the messages of the account on this computer.',
}

/** A format known by what lies in a directory; names are Latin-1. */
export function unsupportedDirectory(names: ReadonlySet<string>): UnsupportedFormat | null {
  const has = (pattern: RegExp): boolean => [...names].some((name) => pattern.test(name))
  if (has(/^[um]\.\d+$/) && (has(/^dovecot\.index/) || names.has('dovecot.map.index'))) return DBOX
  const indexes = [...names].filter((name) => /\.msf$/i.test(name))
  const isWithoutMail = indexes.length > 0 && !indexes.some((name) => names.has(name.replace(/\.msf$/i, '')))
  return isWithoutMail ? MSF : null
}
