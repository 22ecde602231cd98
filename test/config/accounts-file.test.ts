import { describe, expect, it } from 'vitest'
import { readAccountsFile } from '../../src/config/accounts-file.js'

const HEADER = 'source,sourceUser,sourcePassword,target,targetUser,targetPassword\n'

describe('a list of accounts', () => {
  it('is a CSV with a header', () => {
    const { rows, mistakes } = readAccountsFile(
      `\ufeff${HEADER}# old ones\r\nimap.example.org,alice@example.org,env:OLD,imaps://imap.example.com:994/,alice,file:/etc/mail/a\n\n"/backup/b, c",,,"mbox:x""y",,\n`,
    )
    expect(mistakes).toEqual([])
    expect(rows).toEqual([
      {
        line: 3,
        account: 'alice@example.org',
        source: { store: 'imaps://alice%40example.org@imap.example.org/', password: { env: 'OLD' } },
        target: { store: 'imaps://alice@imap.example.com:994/', password: { file: '/etc/mail/a' } },
      },
      {
        line: 5,
        account: '/backup/b, c',
        source: { store: '/backup/b, c', password: null },
        target: { store: 'mbox:x"y', password: null },
      },
    ])
  })

  it('may have its columns in any order, and only some of them', () => {
    const { rows } = readAccountsFile('sourcePassword,SOURCE\ncommand:pass show a;b,imaps://a@h/\n')
    expect(rows).toEqual([
      {
        line: 2,
        account: 'imaps://a@h/',
        source: { store: 'imaps://a@h/', password: { command: 'pass show a;b' } },
        target: null,
      },
    ])
  })

  it('says what an account is called; else it is the user of the source', () => {
    const { rows } = readAccountsFile('account,source,sourceUser\nAlice,h,a@b\n,h,b@b\n,mbox:x,\n')
    expect(rows.map(({ account }) => account)).toEqual(['Alice', 'b@b', 'mbox:x'])
  })

  it('is what users of imapsync keep', () => {
    const { rows, mistakes } = readAccountsFile(
      'old.example.org;alice;s3;new.example.org;alice2;s,4;\nold.example.org:993;bob;x;;;\n',
    )
    expect(mistakes).toEqual([])
    expect(rows.map(({ source, target }) => [source.store, target?.store, target?.password])).toEqual([
      ['imaps://alice@old.example.org/', 'imaps://alice2@new.example.org/', { plain: 's,4' }],
      ['imaps://bob@old.example.org:993/', undefined, undefined],
    ])
  })

  it('has lines that cannot be understood, and the others hold', () => {
    const { rows, mistakes } = readAccountsFile(
      `${HEADER}a,b\nh,alice,hunter2,,,\n,alice,env:X,,,\nimaps://x@h/,,,,,\n`,
    )
    expect(rows.map(({ line }) => line)).toEqual([5])
    expect(mistakes.map(({ line }) => line)).toEqual([2, 3, 4])
    expect(mistakes[0]?.message).toMatch(/2 cells where the header has 6; expected: source/)
    expect(JSON.stringify(mistakes)).not.toContain('hunter2')
    expect(readAccountsFile('just some words\n').mistakes).toMatchObject([{ line: 1 }])
  })
})
