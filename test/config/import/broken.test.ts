import { describe, expect, it } from 'vitest'
import { importConfig } from '../../../src/config/import/import-config.js'
import { ConfigError } from '../../../src/errors.js'

function mistakesOf(text: string): string {
  try {
    importConfig(text, { file: 'rc', user: null })
    return ''
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return error instanceof Error ? error.message : ''
  }
}

const STORES = 'MaildirStore a\nPath ~/a/\n\nMaildirStore b\nPath ~/b/\n\n'

describe('a file that its own program would refuse is answered with its line and what is allowed', () => {
  it.each([
    // mbsync
    [
      'MaildirStore a\nPath ~/a/\nBogus 1\n',
      /^rc:3: "Bogus" is not known in MaildirStore a; there may stand .*subfolders/,
    ],
    ['MaildirStore a\nPath ~/a/\n\nInbox ~/i\n', /^rc:4: .*an empty line ended MaildirStore a \(line 1\)/],
    ['MaildirStore a\nPath ~/a/\nMaildirStore b\n', /^rc:3: MaildirStore begins a section, .*empty line/],
    ['MaildirStore a\nPath "~/a/\n', /^rc:2: a " is opened/],
    [`${STORES}Channel c\nFar :a:\nNear :x:\n`, /^rc:9: no store "x" is defined above this line; there are: a or b/],
    [`${STORES}Channel c\nFar a:\nNear :b:\n`, /^rc:8: Far is written :STORE: or :STORE:FOLDER/],
    [`${STORES}Channel c\nFar :a:\n`, /^rc:7: Channel c has no Near/],
    [`${STORES}Channel c\nFar :a:\nNear :b:\nSync PullNew Pull\n`, /^rc:10: Sync may be None, Full/],
    [`${STORES}Channel c\nFar :a:\nNear :b:\nExpunge Maybe\n`, /^rc:10: Expunge may be none, far/],
    [`${STORES}Expunge Both\n`, /^rc:7: Expunge for all channels stands before the first section/],
    [
      'IMAPStore a\nHost h\nUser u\nPort x\nSSLType IMAPX\n',
      /^rc:4: Port is a whole number.*\nrc:5: SSLType may be none, starttls or imaps/,
    ],
    ['IMAPStore a\nAccount x\n', /^rc:2: no IMAPAccount "x"/],
    [`${STORES}MaildirStore a\nPath ~/c/\n`, /^rc:7: MaildirStore a is defined twice/],
    ['Group g x\n', /^rc:1: no Channel "x"/],
    // mailsync
    ['store a { pat x }\nstore a { pat y }\n', /^rc:2: the name a is used twice/],
    ['store a {\n\tpat x\n\tbogus y\n}\n', /^rc:3: "bogus" is not known in store a; there may stand server, ref/],
    ['store a{ pat x }\n', /^rc:1: /],
    ['store a {\n\tpat x\n', /^rc:2: the file ends where } should stand/],
    ['store a { pat x }\nchannel c a b { msinfo m }\n', /^rc:2: channel c: no store is called "b"; there are: a/],
    ['store a { pat x }\nSTORE b { pat y }\n', /^rc:2: "STORE" stands where store or channel should/],
    // offlineimap
    ['[general]\naccounts = x\n', /^rc:2: there is no \[Account x\]/],
    ['[general]\nnonsense\n', /^rc:2: this is neither key = value/],
    ['[general]\na = 1\n[general]\n', /^rc:3: \[general\] stands twice/],
    ['[general]\nui = a\nUI = b\n', /^rc:3: UI stands twice in \[general\]/],
    ['[general]\nui = %(x)s\n', /^rc:2: ui: %\(x\)s stands for nothing/],
    ['[Repository r]\ntype = POP3\n', /^rc:2: type may be Maildir, GmailMaildir, IMAP or Gmail, not "POP3"/],
    [
      '[Repository r]\ntype = IMAP\nreadonly = perhaps\nremoteport = x\n',
      /^rc:3: readonly is yes or no.*\nrc:4: remoteport/,
    ],
    [
      '[Account a]\nlocalrepository = r\n',
      /^rc:1: \[Account a\] has no remoterepository\nrc:2: there is no \[Repository r\]/,
    ],
    // none of them
    ['', /^rc:1: nothing stands in it: allowed are store NAME/],
    ['# only\n\nstores:\n  a: { type: mh, path: x }\n', /^rc:3: this begins the configuration of none of the three/],
    ['\0\u0001\u0002', /^rc:1: /],
  ])('%j', (text, message) => expect(mistakesOf(text)).toMatch(message))

  it('never with a password in it', () => {
    expect(mistakesOf('store a {\n\tpat x\n\tpasswd my secret\n}\n')).toMatch(
      /^rc:3: what stands behind a passwd is not/,
    )
    expect(mistakesOf('secret\n')).not.toContain('secret')
    expect(mistakesOf('[general]\naccounts =\nsecret words\n')).not.toContain('secret')
    expect(mistakesOf('IMAPStore a\nHost h\nPass "my secret\n')).not.toContain('secret')
  })
})
