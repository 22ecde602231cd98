import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config/read-config.js'

const mistakes = (text: string) =>
  readConfig(text, 'mbaudit.yaml').then(
    () => [],
    (error: Error) => error.message.split('\n'),
  )

describe('the configuration of the contract', () => {
  it('is understood', async () => {
    const { stores, channels } = await readConfig(
      `stores:
  master:  { type: imap, host: imap.example.org, user: alice, password: { command: "pass show imap" } }
  slave:   { type: imap, host: backup.example.org, user: alice, password: { env: BACKUP_PASSWORD }, prefix: "INBOX." }
  laptop:  { type: maildir, path: ~/Mail, folders: ["**"], notFolders: [Trash] }
channels:
  backup:  { master: master, slave: slave, mode: mirror, maxDelete: 5% }
  home:    { between: [master, laptop], mode: two-way }
`,
      'mbaudit.yaml',
    )
    expect([Object.keys(stores), Object.keys(channels)]).toEqual([
      ['master', 'slave', 'laptop'],
      ['backup', 'home'],
    ])
  })
  it('grades rules, and remembers where', async () => {
    const { rules } = await readConfig('# mine\nrules:\n  date-in-future: off\n  nul-octet: error\n', 'x.yaml')
    expect(rules).toEqual([
      { name: 'date-in-future', grade: 'off', place: 'x.yaml:3:3' },
      { name: 'nul-octet', grade: 'error', place: 'x.yaml:4:3' },
    ])
  })
  it('may be empty', async () =>
    expect(await readConfig('# nothing\n', 'x')).toEqual({ stores: {}, channels: {}, rules: [] }))
})

describe('a mistake is answered with its place and what is allowed', () => {
  it.each([
    ['stores:\n  a: { type: maildr, path: x }\n', /^mbaudit\.yaml:2:14: .*maildir, mbox, mh, eml or imap/],
    ['stores:\n  a:\n    type: maildir\n', /^mbaudit\.yaml:3:5: "path" is missing/],
    ['stores:\n  a: { path: x }\n', /^mbaudit\.yaml:2:6: "type" must be maildir/],
    ['stores:\n  a: { type: mh, path: x, wat: 1 }\n', /^mbaudit\.yaml:2:27: "wat" is not known here/],
    ['stroes: {}\n', /^mbaudit\.yaml:1:1: "stroes" is not known here/],
    ['stores:\n  a: { type: mbox, path: x, variant: mbx }\n', /^mbaudit\.yaml:2:38: "variant" may be mboxo, mboxrd/],
    ['stores:\n  a: { type: mh, path: 3 }\n', /^mbaudit\.yaml:2:24: "path" must be a text/],
    ['stores:\n  a: { type: mh, path: x, folders: x }\n', /^mbaudit\.yaml:2:36: "folders" must be a list/],
    ['rules:\n  nul-octet: fatal\n', /^mbaudit\.yaml:2:14: "nul-octet" may be off, error, warning or note/],
    ['rules: [nul-octet]\n', /^mbaudit\.yaml:1:8: "rules" must be a mapping/],
    ['stores: [a]\n', /^mbaudit\.yaml:1:9: "stores" must be a mapping/],
    [
      'stores:\n  a: { type: imap, host: h, user: u, password: secret }\n',
      /^mbaudit\.yaml:2:48: "password" is \{ command/,
    ],
    ['stores:\n  a: { type: imap, host: h, user: u, port: 0 }\n', /^mbaudit\.yaml:2:44: "port"/],
    ['stores:\n  a: { type: imap, host: h, user: u, oauth: token }\n', /^mbaudit\.yaml:2:45: "oauth" is \{ command/],
    ['stores:\n  a: { type: imap, host: h, user: u, tls: maybe }\n', /^mbaudit\.yaml:2:43: "tls" is implicit/],
    ['stores:\n  a: { type: imap, host: h, user: u, maxRate: fast }\n', /^mbaudit\.yaml:2:47: "maxRate" is octets/],
    ['stores:\n  a: { type: imap, host: h, user: u, proxy: h:1 }\n', /^mbaudit\.yaml:2:45: "proxy" is a URL/],
    [
      'stores: {}\nchannels:\n  c: { master: a, slave: b, mode: mirror }\n',
      /^mbaudit\.yaml:3:16: no store is called "a"/,
    ],
    ['stores:\n  a: {type: mh, path: x\n', /^mbaudit\.yaml:3:1: /],
    ['stores:\n  a: {type: mh, path: x}\n  a: {type: mh, path: y}\n', /^mbaudit\.yaml:3:3: .*unique/],
  ])('%j', async (text, expected) => expect((await mistakes(text))[0]).toMatch(expected))

  it('and each has a line of its own', async () => {
    expect((await mistakes('stores:\n  a: { type: mh }\n  b: { type: x }\nwat: 1\n')).length).toBe(3)
  })
  it('repeats no password', async () => {
    expect(
      (await mistakes('stores:\n  a: { type: imap, host: h, user: u, password: hunter2 }\n')).join(),
    ).not.toContain('hunter2')
  })
})
