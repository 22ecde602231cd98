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
    expect(await readConfig('# nothing\n', 'x')).toEqual({ stores: {}, channels: {}, groups: {}, rules: [] }))
})

const STORES = ['a', 'b', 'c', 'd'].map((name) => `  ${name}: { type: mh, path: ${name} }\n`).join('')
const withChannels = (...lines: readonly string[]) =>
  `stores:\n${STORES}channels:\n${lines.map((line) => `  ${line}\n`).join('')}`

describe('a wrong channel is answered with its place and what is allowed', () => {
  it.each([
    ['c1: { between: [a, b], mode: one-way }', /:7:\d+: "mode" must be archive, mirror or two-way/],
    ['c1: { between: [a], mode: two-way }', /:7:18: "between"/],
    ['c1: { master: a, slave: b, mode: two-way }', /:7:/],
    ['c1: { master: a, slave: b, mode: mirror, maxDelete: many }', /:7:\d+: "maxDelete" is written N, N% or none/],
    ['c1: { between: [a, x], mode: two-way }', /:7:22: no store is called "x"; there are: a, b, c, d/],
    ['c1: { master: a, slave: a, mode: archive }', /:7:27: "a" is on both sides; a channel is between two stores/],
    ['a: { master: a, slave: b, mode: archive }', /:7:3: "a" is the name of a store already/],
  ])('%s', async (line, expected) => expect((await mistakes(withChannels(line)))[0]).toMatch(expected))

  it('two names of one place are one store', async () => {
    const text =
      'stores:\n  a: { type: mh, path: x }\n  b: { type: mh, path: x }\nchannels:\n  c: { between: [a, b], mode: two-way }\n'
    expect(await mistakes(text)).toEqual([expect.stringMatching(/:5:21: "a" and "b" are one place/)])
  })
  it('a group names channels', async () => {
    const text = withChannels('c1: { master: a, slave: b, mode: archive }')
    expect(await mistakes(`${text}groups:\n  night: [c1]\n`)).toEqual([])
    expect(await mistakes(`${text}groups:\n  night: [c1, a]\n`)).toEqual([
      expect.stringMatching(/:9:15: no channel is called "a"; there are: c1/),
    ])
    expect(await mistakes(`${text}groups:\n  c1: [c1]\n`)).toEqual([
      expect.stringMatching(/:9:3: "c1" is the name of a channel already/),
    ])
  })
})

describe('channels in a circle', () => {
  const two = (name: string, a: string, b: string, more = '') =>
    `${name}: { between: [${a}, ${b}], mode: two-way${more} }`
  const one = (name: string, a: string, b: string, more = '') =>
    `${name}: { master: ${a}, slave: ${b}, mode: mirror${more} }`
  it.each([
    [[one('x', 'a', 'b'), one('y', 'b', 'a')], 8, 'x, y'],
    [[two('x', 'a', 'b'), two('y', 'b', 'c'), two('z', 'c', 'a')], 9, 'x, y, z'],
    [[one('v', 'd', 'a'), one('x', 'a', 'b'), one('y', 'b', 'c'), one('z', 'c', 'a')], 10, 'x, y, z'],
    [[two('x', 'a', 'b'), one('y', 'a', 'b')], 8, 'x, y'],
    [[two('x', 'a', 'b', ', folders: ["**"]'), two('y', 'a', 'b', ', folders: [Work]')], 8, 'x, y'],
  ])('are refused, and named: %j', async (lines, line, names) => {
    const [first, ...others] = await mistakes(withChannels(...lines))
    expect(first).toContain(`mbaudit.yaml:${line}:3: channels ${names} make a circle (`)
    expect(others).toEqual([])
  })
  it.each([
    [[one('x', 'a', 'b'), one('y', 'c', 'b')], 7, 'x would delete on b what channel y'],
    [[two('x', 'c', 'd'), one('y', 'a', 'c')], 8, 'y would delete on c what channel x'],
  ])('or where a mirror deletes what another brings: %j', async (lines, line, told) => {
    const [first] = await mistakes(withChannels(...lines))
    expect(first).toContain(`mbaudit.yaml:${line}:3: channel ${told}`)
  })
  it.each([
    [[two('x', 'a', 'b'), two('y', 'b', 'c'), two('z', 'b', 'd')]],
    [[one('x', 'a', 'b'), one('y', 'a', 'c'), two('z', 'b', 'd', ', folders: [Own]').replace('b, d', 'a, d')]],
    [[one('x', 'a', 'b', ', folders: [INBOX]'), one('y', 'c', 'b', ', folders: [Work]')]],
    [[two('x', 'a', 'b', ', folders: [INBOX]'), one('y', 'a', 'b', ', folders: ["Lists/**"]')]],
  ])('others are none: %j', async (lines) => expect(await mistakes(withChannels(...lines))).toEqual([]))
})

describe('a mistake is answered with its place and what is allowed', () => {
  it.each([
    ['stores:\n  a: { type: maildr, path: x }\n', /^mbaudit\.yaml:2:14: .*maildir, mbox, mh, eml or imap/],
    ['stores:\n  a:\n    type: maildir\n', /^mbaudit\.yaml:3:5: "path" is missing/],
    ['stores:\n  a: { path: x }\n', /^mbaudit\.yaml:2:6: "type" must be maildir/],
    [
      'stores:\n  a: { type: mh, path: x, wat: 1 }\n',
      /^mbaudit\.yaml:2:27: "wat" is not known here; known are type, path, folders, notFolders$/,
    ],
    ['stroes: {}\n', /^mbaudit\.yaml:1:1: "stroes" .*; known are stores, channels, groups, rules$/],
    [
      'stores:\n  a: { type: mh, path: x }\nchannels:\n  c: { between: [a], mode: two-way }\n',
      /^mbaudit\.yaml:4:17: "between" names two stores$/,
    ],
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
