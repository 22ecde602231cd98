import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/errors.js'
import { parseAccountName } from '../../src/stores/account-name.js'
import { folderFilter } from '../../src/stores/folder-globs.js'
import { folderName } from '../../src/stores/store.js'

describe('a URL of an account', () => {
  it.each([
    ['imaps://alice@imap.example.org/', 'imap.example.org', null, 'tls', 'alice'],
    ['imaps://alice@imap.example.org', 'imap.example.org', null, 'tls', 'alice'],
    ['IMAPS://alice%40example.org@imap.example.org:994/', 'imap.example.org', 994, 'tls', 'alice@example.org'],
    ['imaps://alice@example.org@imap.example.org', 'imap.example.org', null, 'tls', 'alice@example.org'],
    ['imap://alice@imap.example.org', 'imap.example.org', null, 'starttls', 'alice'],
    ['imap://alice@imap.example.org?tls=none', 'imap.example.org', null, 'none', 'alice'],
    ['imap://alice@127.0.0.1:1143/', '127.0.0.1', 1143, 'none', 'alice'],
    ['imap://alice@[::1]:1143/', '::1', 1143, 'none', 'alice'],
    ['imap://alice@localhost/?tls=starttls', 'localhost', null, 'starttls', 'alice'],
    ['imaps://alice;AUTH=*@h/', 'h', null, 'tls', 'alice'],
    ['imaps://alice*admin@h/', 'h', null, 'tls', 'alice*admin'],
  ])('%s', (text, host, port, security, user) => {
    expect(parseAccountName(text)).toMatchObject({ host, port, security, user, loginUser: null, folders: [] })
  })

  it.each([
    ['imaps://imap.example.org/', /no user/],
    ['imaps://@imap.example.org/', /no user/],
    ['imaps://alice@/', /no server/],
    ['imaps:alice', /no server|no user/],
    ['imaps://alice@host:99999/', /no port 99999/],
    ['imaps://alice@host:imap/', /no server/],
    ['imaps://alice@host/?tls=none', /no option/],
    ['imap://alice@host/?tls=perhaps', /no option/],
    ['imap://al%ice@host/', /hexadecimal/],
  ])('%s is refused', (text, message) => {
    expect(() => parseAccountName(text)).toThrowError(UsageError)
    expect(() => parseAccountName(text)).toThrowError(message)
  })

  it('with a password in it is refused, and the password is not repeated', () => {
    for (const text of ['imaps://alice:sec%40ret@host/', 'imap://alice:sec@ret@host/x']) {
      expect(() => parseAccountName(text)).toThrowError(/holds a password/)
      expect(() => parseAccountName(text)).not.toThrowError(/sec|ret/)
    }
  })

  it('may name a folder, with what lies below it', () => {
    const wanted = (text: string) => folderFilter(parseAccountName(text)?.folders ?? [], [])
    const lists = wanted('imaps://a@h/Lists/K%C3%A4se')
    expect([lists(folderName('Lists/Käse')), lists(folderName('Lists/Käse/x')), lists(folderName('Lists'))]).toEqual([
      true,
      true,
      false,
    ])
    expect(wanted('imaps://a@h/inbox')(folderName('INBOX'))).toBe(true)
    expect(wanted('imaps://a@h/a%2Fb')(folderName('a\\/b'))).toBe(true)
    expect(wanted('imaps://a@h/a*b')(folderName('a*b'))).toBe(true)
    expect(wanted('imaps://a@h/a*b')(folderName('axb'))).toBe(false)
  })
})

describe('a c-client name', () => {
  it.each([
    ['{h:143/imap/ssl/novalidate-cert/user=x}INBOX', { port: 143, security: 'tls', user: 'x', unverified: true }],
    ['{h/user=x}', { port: null, security: 'starttls', user: 'x', unverified: false, folders: [] }],
    ['{h/notls/user="x/y"}', { security: 'none', user: 'x/y' }],
    ['{h/tls/user=x/debug/norsh}', { security: 'starttls' }],
    ['{localhost/user=x}', { security: 'none' }],
    ['{h/imap/user=x/authuser=root}', { user: 'x', loginUser: 'root' }],
    ['{h/service=imap/user=x}', { host: 'h' }],
  ])('%s', (text, expected) => {
    expect(parseAccountName(text)).toMatchObject(expected)
  })

  it.each([
    ['{h/imap}INBOX', /no user/],
    ['{h/anonymous/user=x}', /\/anonymous is not known/],
    ['{h/pop3/user=x}', /no IMAP account/],
  ])('%s is refused', (text, message) => {
    expect(() => parseAccountName(text)).toThrowError(message)
  })

  it('names the mailbox as the server does', () => {
    const wanted = (text: string) => folderFilter(parseAccountName(text)?.folders ?? [], [])
    const matches = (text: string, name: string) => wanted(text)(folderName(name))
    expect(matches('{h/user=x}INBOX', 'INBOX')).toBe(true)
    expect(matches('{h/user=x}INBOX', 'INBOX/a')).toBe(false)
    expect(matches('{h/user=x}INBOX.Lists', 'Lists')).toBe(true)
    expect(matches('{h/user=x}Lists.a', 'Lists/a')).toBe(true)
    expect(matches('{h/user=x}K&AOQ-se/%', 'Käse/a')).toBe(true)
    expect(matches('{h/user=x}Lists/*', 'Lists/a/b')).toBe(true)
  })
})

it('what names files is none', () => {
  for (const text of ['mbox:a', '~/Mail', 'imapdump.mbox', '{}', './{a}b', 'maildir:{h}', '{/user=x}INBOX']) {
    expect(parseAccountName(text)).toBeNull()
  }
})
