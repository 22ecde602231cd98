import { chmodSync, chownSync, linkSync, rmSync, symlinkSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openStore } from '../../src/stores/drivers.js'
import type { ExamineOptions } from '../../src/stores/examiners.js'
import { examineMaildir } from '../../src/stores/maildir/examine.js'
import { NOW } from '../support/examining.js'
import { MailTree } from '../support/mail-tree.js'

const NAME = '1700000000.M1P2.host'

/** Makes a Maildir with a healthy message in it, changes it, and gives what is told of it. */
async function told(change: (tree: MailTree) => unknown): Promise<string[]> {
  using tree = new MailTree()
  tree.maildir().put('cur/1690000000.M9P9.host:2,S')
  change(tree)
  return await tree.told(examineMaildir, 'maildir')
}

const isRoot = process.getuid?.() === 0

describe('names of files', () => {
  const oneFile = async (name: string): Promise<string[]> => told((tree) => tree.put(name))

  it.each([
    `cur/${NAME}:2,`,
    `cur/${NAME}:2,DFPRST`,
    `new/${NAME}`,
    `new/${NAME}:2,`,
    `cur/1700000000_0.99.host,U=5,FMD5=7e33429f656f1e6e9d79b29c3f82c57e:2,S`,
    `cur/${NAME},S=57,W=61:2,S`,
    `cur/1700000000.R2-3_4.ho-2,st:2,S`,
  ])('%s is healthy', async (name) => expect(await oneFile(name)).toEqual([]))

  it.each([
    [`cur/${NAME}`, `info-missing | INBOX | file=${NAME} | it lies in cur and ends without ":2,"`],
    [`new/${NAME}:2,S`, `flags-in-new | INBOX | file=${NAME} | it lies in new and has the flags "S"`],
    [`cur/${NAME}:2,SZ`, `flags-malformed | INBOX | file=${NAME} | "Z" is no flag: "SZ"`],
    [`cur/${NAME}:2,SS`, `flags-malformed | INBOX | file=${NAME} | "S" stands twice: "SS"`],
    [`cur/${NAME}:2,SR`, `flags-malformed | INBOX | file=${NAME} | the letters are not in their order: "SR"`],
    [
      `cur/${NAME}:1,S`,
      `flags-malformed | INBOX | file=${NAME}:1,S | what follows the colon is no list of flags: ":1,S"`,
    ],
    [
      `cur/${NAME}!2,S`,
      `info-separator-replaced | INBOX | file=${NAME} | "!" stands where a colon belongs, before "2,S"`,
    ],
    [
      `cur/${NAME};2,`,
      `info-separator-replaced | INBOX | file=${NAME} | ";" stands where a colon belongs, before "2,"`,
    ],
    [
      `cur/${NAME}\uf0222,S`,
      `info-separator-replaced | INBOX | file=${NAME} | "\ufffd" stands where a colon belongs, before "2,S"`,
    ],
    [
      `cur/${NAME}-2,RS`,
      `info-separator-replaced | INBOX | file=${NAME}-2,RS | it ends in "-2,RS", likely for ":2,RS"`,
    ],
    [
      `cur/${NAME}%3A2,S`,
      `info-separator-replaced | INBOX | file=${NAME}%3A2,S | it ends in "%3A2,S", likely for ":2,S"`,
    ],
    [
      'cur/notes:2,S',
      'unique-name-malformed | INBOX | file=notes | it does not begin with a number and a dot: likely no mail program gave it',
    ],
    [
      'cur/12.M1P2.host:2,S',
      'unique-name-malformed | INBOX | file=12.M1P2.host | the number that it begins with is no time of delivery: 12.M1P2.host',
    ],
    [
      'cur/2000000000.M1P2.host:2,S',
      'unique-name-malformed | INBOX | file=2000000000.M1P2.host | the number that it begins with is no time of delivery: 2000000000.M1P2.host',
    ],
  ])('%s', async (name, expected) =>
    expect(await told((tree) => tree.put(name, undefined, 1_700_000_000))).toEqual([expected]),
  )

  it('control characters in a name are shown, not printed', async () => {
    const [first = ''] = await oneFile(`new/${NAME}:2,\u001b[31m`)
    expect(first).toContain('"␛[31m"')
  })

  it('letters for keywords need their names', async () => {
    const keywords = (names: string) =>
      told((tree) => tree.put(`cur/${NAME}:2,Sab`).put('cur/1700000001.M1P2.host:2,b').put('dovecot-keywords', names))
    expect(await keywords('0 $Forwarded\n1 Choir\n')).toEqual([])
    expect(await keywords('0 $Forwarded\n')).toEqual([
      'keyword-letter-unnamed | INBOX |  | "b" stands in 2 names; dovecot-keywords does not name it',
    ])
    expect(await told((tree) => tree.put(`cur/${NAME}:2,a`))).toEqual([
      'keyword-letter-unnamed | INBOX |  | "a" stands in 1 name; there is no dovecot-keywords',
    ])
  })
})

describe('unique names', () => {
  it('two files of one name, with equal octets', async () => {
    expect(await told((tree) => tree.put(`cur/${NAME}:2,S`).put(`new/${NAME}`))).toEqual([
      `unique-name-twice | INBOX | file=${NAME}/new | another file of this name lies in cur, as ":2,S"; both hold the same octets: likely a crash left one behind`,
    ])
  })

  it('two files of one name, with different mail', async () => {
    expect(await told((tree) => tree.put(`cur/${NAME}:2,S`).put(`cur/${NAME}:2,RS`, 'From: b\n\nOther\n'))).toEqual([
      `unique-name-twice | INBOX | file=${NAME}/cur:2,S | another file of this name lies in cur, as ":2,RS"; they are two different messages`,
    ])
  })

  it('one name in several folders, each told once', async () => {
    const found = await told((tree) =>
      tree
        .maildir('.A', '.B')
        .put(`cur/${NAME}:2,S`)
        .put(`.A/cur/${NAME}:2,`)
        .put(`.B/new/${NAME}`)
        .put('.B/new/1700000005.M1.host'),
    )
    expect(found).toEqual([
      `unique-name-in-folders | A | file=${NAME} | a file of INBOX has the same unique name`,
      `unique-name-in-folders | B | file=${NAME} | a file of INBOX has the same unique name`,
    ])
  })

  it('a name twice in one folder is no name in several', async () => {
    const found = await told((tree) => tree.put(`cur/${NAME}:2,S`).put(`new/${NAME}`))
    expect(found.filter((text) => text.startsWith('unique-name-in-folders'))).toEqual([])
  })
})

describe('files', () => {
  it('hard links say where the other name is', async () => {
    const found = await told((tree) => {
      tree.maildir('.A').put(`cur/${NAME}:2,S`)
      linkSync(tree.at(`cur/${NAME}:2,S`), tree.at('.A/cur/1700000009.M1.host:2,'))
    })
    expect(found).toEqual([
      `hard-linked | INBOX | file=${NAME} | one of 2 names of one file`,
      `hard-linked | A | file=1700000009.M1.host | one of 2 names of one file; another: INBOX file=${NAME}`,
    ])
  })

  it('symbolic links, within the store and out of it', async () => {
    using other = new MailTree()
    other.put('mail.txt')
    const found = await told((tree) => {
      symlinkSync('1690000000.M9P9.host:2,S', tree.at('cur/1690000000.M2.host:2,S'))
      symlinkSync(other.at('mail.txt'), tree.at('cur/1704000000.M3.host:2,S'))
    })
    expect(found[0]).toBe('symbolic-link | INBOX | file=1690000000.M2.host | it leads to cur/1690000000.M9P9.host:2,S')
    expect(found[1]).toMatch(/^symbolic-link \| INBOX \| file=1704000000.M3.host \| it leads to .*, outside the store$/)
    expect(found).toHaveLength(2)
  })

  it('links to nothing and to themselves', async () => {
    const found = await told((tree) => {
      symlinkSync('/nowhere/at/all', tree.at('cur/1700000001.M1.host:2,'))
      symlinkSync('1700000002.M1.host:2,', tree.at('cur/1700000002.M1.host:2,'))
    })
    expect(found).toEqual([
      'broken-link | INBOX | file=1700000001.M1.host | it leads to nothing',
      'broken-link | INBOX | file=1700000002.M1.host | it leads to itself',
    ])
  })

  it('a mode that lets nobody read', async () => {
    const found = await told((tree) => chmodSync(tree.put(`cur/${NAME}:2,`).at(`cur/${NAME}:2,`), 0))
    expect(found).toEqual([
      `unreadable-file | INBOX | file=${NAME} | ${isRoot ? 'nobody' : 'we'} may ${isRoot ? '' : 'not '}read it (mode 000)`,
    ])
  })

  it('a mode that lets the owner alone read is the usual one', async () => {
    expect(await told((tree) => chmodSync(tree.put(`cur/${NAME}:2,`).at(`cur/${NAME}:2,`), 0o600))).toEqual([])
  })

  it.runIf(isRoot)('a file of another owner than the folder', async () => {
    const owned = (mode: number) =>
      told((tree) => {
        tree.put(`cur/${NAME}:2,`)
        chownSync(tree.at(`cur/${NAME}:2,`), 4321, 4321)
        chmodSync(tree.at(`cur/${NAME}:2,`), mode)
      })
    expect(await owned(0o644)).toEqual([])
    expect(await owned(0o600)).toEqual([
      `unreadable-file | INBOX | file=${NAME} | it belongs to user 4321 alone (mode 600), the folder to user 0, who likely may not read it`,
    ])
  })

  it('what is no message', async () => {
    const found = await told((tree) => tree.put('cur/.hidden').directory('new/attic').put('cur/Thumbs.db'))
    expect(found.sort()).toEqual([
      'directory-among-messages | INBOX | file=new/attic | a directory among messages',
      'foreign-file | INBOX | file=cur/.hidden | a file whose name begins with a dot',
      "foreign-file | INBOX | file=cur/Thumbs.db | another program's own file",
    ])
  })

  it('what lies in tmp for long', async () => {
    // Examined on 1 July 2024, 00:00 UTC.
    const found = await told((tree) => {
      tree.put('tmp/1719700000.M1.host', 'From: a').put('tmp/1719600000.M1.host', 'From: a').put('tmp/.gitignore', '')
      tree.put('cur/1719500000.M1.host:2,')
      linkSync(tree.at('cur/1719500000.M1.host:2,'), tree.at('tmp/1719500000.M1.host'))
    })
    expect(found.filter((text) => text.startsWith('stale')).sort()).toEqual([
      'stale-tmp-file | INBOX | file=tmp/1719500000.M1.host | of 2024-06-27; the file has another name, likely the delivered message',
      'stale-tmp-file | INBOX | file=tmp/1719600000.M1.host | of 2024-06-28; 7 octets',
    ])
  })
})

describe('times of files', () => {
  it('in the future', async () => {
    expect(await told((tree) => tree.put(`new/weird.${NAME}`, undefined, 1_800_000_000))).toContain(
      `file-time-implausible | INBOX | file=weird.${NAME} | it is of 2027-01-15, in the future`,
    )
  })

  it('later than the name says', async () => {
    const days = (count: number) =>
      told((tree) => tree.put(`cur/${NAME}:2,S`, undefined, 1_700_000_000 + count * 86_400))
    expect(await days(1.9)).toEqual([])
    expect(await days(-900)).toEqual([])
    expect(await days(10)).toEqual([
      `file-time-implausible | INBOX | file=${NAME} | the file is of 2023-11-24, its name of 2023-11-14, 10 days before`,
    ])
  })

  it('most of a folder is told as one', async () => {
    const found = await told((tree) => {
      for (let n = 1; n < 6; n++) tree.put(`cur/169000000${n}.M1.host:2,S`, undefined, 1_700_000_000)
    })
    expect(found).toEqual([
      'file-time-implausible | INBOX |  | 5 of 6 files are younger than their names say, by 115 days or more; the first is of 2023-11-14',
    ])
  })

  const oneTime = (count: number, step: number) =>
    told((tree) => {
      rmSync(tree.at('cur/1690000000.M9P9.host:2,S'))
      for (let n = 0; n < count; n++) tree.put(`cur/${1_690_000_000 + n * step}.M1.host:2,S`, undefined, 1_000_000_000)
    })

  it('one time for all of a large folder', async () => {
    expect(await oneTime(21, 86_400)).toEqual([
      'file-time-implausible | INBOX |  | all 21 files have one time, 2001-09-09; their names lie 20 days apart',
    ])
  })

  it('one time for few, or for mail that came at once, says nothing', async () => {
    expect(await oneTime(20, 86_400)).toEqual([])
    expect(await oneTime(30, 60)).toEqual([])
  })
})

describe('folders', () => {
  it('that are not whole', async () => {
    const found = await told((tree) => {
      rmSync(tree.at('tmp'), { recursive: true })
      tree.directory('.Half/new', '.Bare', '.Nocur/cur').put('.Other/readme').put('.git/config').directory('.stfolder')
    })
    expect(found).toEqual([
      'maildir-incomplete |  | file=.Bare | it has no cur, no new and no tmp',
      'maildir-incomplete |  | file=.Half | it has new and no cur: it is taken for no folder',
      'maildir-incomplete | INBOX |  | it has no tmp',
      'maildir-incomplete | Nocur |  | it has no new and no tmp',
    ])
  })

  it('whose names are no modified UTF-7', async () => {
    const found = await told((tree) =>
      tree.maildir('.bad&utf7', '.A..B', '.Latin\\xe9', '.Caf&AOk-', '.R&-D', '.Été', '. blank'),
    )
    expect(found.sort()).toEqual([
      'folder-name-malformed |  blank |  | a level of its name begins or ends with a blank: ". blank"',
      'folder-name-malformed |  | file=.A..B | a level of its name is empty: it is taken for no folder',
      'folder-name-malformed | Latin\\xe9 |  | its name is neither UTF-8 nor modified UTF-7: ".Latin\\xE9"',
      'folder-name-malformed | bad&utf7 |  | what follows the & is no modified UTF-7: ".bad&utf7"',
    ])
  })

  it('whose names are alike', async () => {
    const found = await told((tree) =>
      tree.maildir('.Sent', '.sent', '.Café', '.Cafe\u0301', '.Caf&AOk-', '.Work', '.Works'),
    )
    expect(found.sort()).toEqual([
      expect.stringMatching(/^folder-names-alike \| Caf.* \| {2}\| the (?:form of its Unicode|layout)/),
      expect.stringMatching(/^folder-names-alike \| Caf.* \| {2}\| the (?:form of its Unicode|layout)/),
      'folder-names-alike | sent |  | case alone tells it from Sent',
    ])
  })

  it('of two layouts', async () => {
    expect(await told((tree) => tree.maildir('.A', '.B', 'C'))).toEqual([
      'layouts-mixed |  |  | at the top 2 folders as ".A" and 1 folder as "C"',
    ])
    expect(await told((tree) => tree.maildir('.A', '.A/B'))).toEqual([
      'layouts-mixed |  |  | 1 folder in .A, a folder of Maildir++, such as "B"',
    ])
    expect(await told((tree) => tree.maildir('A', 'A/B', 'C'))).toEqual([])
    expect(await told((tree) => tree.maildir('A', '.A.directory/B', '.A.directory/.B.directory/C'))).toEqual([])
  })

  it('several Maildirs side by side are no mixture', async () => {
    using tree = new MailTree()
    tree.maildir('ana', 'ana/.Sent', 'bob', 'bob/.Sent')
    expect(await tree.told(examineMaildir, 'maildir')).toEqual([])
  })

  it('that lack maildirfolder where others have it', async () => {
    expect(await told((tree) => tree.maildir('.A', '.B').put('.A/maildirfolder', ''))).toEqual([
      'maildirfolder-missing | B |  | others have it, such as A',
    ])
  })

  it('that are subscribed and not there', async () => {
    const list = 'INBOX\nSent\nA.B\nINBOX.Sent\nCaf&AOk-\nGone\nshared.team\n'
    expect(await told((tree) => tree.maildir('.Sent', '.A.B', '.Café').put('subscriptions', list))).toEqual([
      'subscription-without-folder |  | file=subscriptions | "Gone" is subscribed, and there is no such folder',
    ])
    expect(await told((tree) => tree.maildir('.A.B').put('subscriptions', 'V\t2\n\nINBOX\nA\tB\nA\tC\n'))).toEqual([
      'subscription-without-folder |  | file=subscriptions | "A␉C" is subscribed, and there is no such folder',
    ])
  })

  it('of dbox, with and without index', async () => {
    const dbox = 'mailboxes/INBOX/dbox-Mails'
    expect(await told((tree) => tree.put(`${dbox}/u.1`).put(`${dbox}/dovecot.index.log`))).toEqual([])
    expect(await told((tree) => tree.put(`${dbox}/u.1`))).toEqual([
      `dbox-without-index |  | file=${dbox} | dbox messages lie in it, and likely their index is lost`,
    ])
  })

  it.skipIf(isRoot)('that may not be read', async () => {
    using tree = new MailTree()
    tree.maildir()
    chmodSync(tree.at('cur'), 0)
    expect(await tree.told(examineMaildir, 'maildir')).toEqual(['unreadable-folder | INBOX |  | permission denied'])
    chmodSync(tree.at('cur'), 0o700)
  })
})

describe('an examination', () => {
  const options = (set: Partial<ExamineOptions>) => ({
    wanted: () => true,
    now: NOW,
    signal: new AbortController().signal,
    ...set,
  })

  async function ruleNames(tree: MailTree, set: Partial<ExamineOptions>): Promise<string[]> {
    const spec = { name: 'test', type: 'maildir', path: tree.path, options: {} } as const
    await using _store = await openStore(spec)
    const names: string[] = []
    for await (const batch of examineMaildir({ spec }, options(set))) names.push(...batch.map(({ rule }) => rule))
    return names
  }

  it('leaves out folders that are not wanted', async () => {
    using tree = new MailTree()
    tree.maildir('.', '.A').put('cur/1700000000.M1.host').put('.A/cur/1700000000.M1.host:2,SS')
    expect(await ruleNames(tree, { wanted: (name) => name === 'A' })).toEqual(['flags-malformed'])
  })

  it('ends where it is told to, with the reason given', async () => {
    using tree = new MailTree()
    tree.maildir().put('cur/1700000000.M1.host')
    const reason = Object.assign(new Error('stopped'), { code: 'STOPPED' })
    await expect(ruleNames(tree, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})
