import { describe, expect, it } from 'vitest'
import { examineMaildir } from '../../src/stores/maildir/examine.js'
import { MAIL, MailTree } from '../support/mail-tree.js'

const at = (n: number): number => 1_700_000_000 + n
const mailOf = (n: number): string => `From: ana@example.org\nMessage-ID: <${n}@example.org>\n\nHello.\n`
/** A file as mbsync names it. */
const named = (n: number, uid = n): string => `cur/${at(n)}.M1P2.host,U=${uid}:2,S`

/** A folder that mbsync synced: messages with UIDs 1 to `count`. */
function synced(count = 30, pairs = range(1, count).map((uid) => `${uid} ${uid} S`)): MailTree {
  const tree = new MailTree().maildir()
  for (const n of range(1, count)) tree.put(named(n), mailOf(n))
  return tree.put('.uidvalidity', `1700000000\n${count}\n`).put('.mbsyncstate', stateOf(pairs, count))
}

const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, n) => first + n)

function stateOf(pairs: readonly string[], max: number, validity = 1_700_000_000): string {
  const header = ['FarUidValidity 5', `NearUidValidity ${validity}`, `MaxPulledUid ${max}`, `MaxPushedUid ${max}`]
  return `${header.join('\n')}\n\n${pairs.map((pair) => `${pair}\n`).join('')}`
}

async function told(change: (tree: MailTree) => unknown, tree = synced()): Promise<string[]> {
  using changed = tree
  change(changed)
  return await changed.told(examineMaildir, 'maildir')
}

const state = (rule: string, detail: string, file = '.mbsyncstate'): string =>
  `${rule} | INBOX | file=${file} | ${detail}`

describe('UIDs in names', () => {
  it('a synced folder is healthy', async () => expect(await told(() => {})).toEqual([]))

  it('one UID on two files, of equal or of different octets', async () => {
    expect(await told((tree) => tree.put(named(31, 7), mailOf(7)))).toEqual([
      `uid-in-name-twice | INBOX | file=${at(31)}.M1P2.host,U=7 | UID 7 is that of another file too; both hold the same octets: likely a crash left one behind`,
    ])
    expect(await told((tree) => tree.put(named(31, 7), mailOf(31)))).toEqual([
      `uid-in-name-twice | INBOX | file=${at(31)}.M1P2.host,U=7 | UID 7 is that of another file too; they are two different messages`,
    ])
  })

  it('a UID beyond the highest', async () => {
    expect(await told((tree) => tree.put(named(99), mailOf(99)))).toEqual([
      `uid-in-name-too-high | INBOX | file=${at(99)}.M1P2.host,U=99 | UID 99 was never given out: 30 is the highest in .uidvalidity`,
    ])
  })

  it('a UID that OfflineIMAP gave in another folder', async () => {
    const [own, other] = ['7e33429f656f1e6e9d79b29c3f82c57e', '3d6b61841205b252339e12198b10232c']
    const name = (n: number, uid: number, hash: string) => `cur/${at(n)}_0.9.host,U=${uid},FMD5=${hash}:2,S`
    const tree = new MailTree()
      .maildir()
      .put(name(1, 1, own), mailOf(1))
      .put(name(2, 2, own), mailOf(2))
    expect(await told((made) => made.put(name(3, 2, other), mailOf(3)), tree)).toEqual([
      `uid-of-other-folder | INBOX | file=${at(3)}_0.9.host,U=2,FMD5=${other} | UID 2 stands with the hash of another folder's name, 3d6b6184…`,
    ])
  })
})

describe('.mbsyncstate and .uidvalidity', () => {
  it('another UIDVALIDITY', async () => {
    expect(await told((tree) => tree.put('.uidvalidity', '1700000001\n30\n'))).toEqual([
      state('sync-state-other-validity', 'it is for UIDVALIDITY 1700000000, .uidvalidity says 1700000001'),
    ])
  })

  it('pairs that point at several messages', async () => {
    const pairs = [...range(1, 30).map((uid) => `${uid} ${uid} S`), '31 7 ', '8 0 ']
    expect(await told(() => {}, synced(30, pairs))).toEqual([
      state('sync-state-conflict', 'UID 7 of this folder is paired with more than one message of the other side'),
      state('sync-state-conflict', 'UID 8 of the other side is paired with more than one message of this folder'),
    ])
  })

  it('a pair, or a mark, beyond the highest UID', async () => {
    const beyond = [...range(1, 30).map((uid) => `${uid} ${uid} S`), '31 44 ']
    expect(await told(() => {}, synced(30, beyond))).toEqual([
      state('sync-state-conflict', 'it pairs UID 44, and 30 is the highest that was given out'),
    ])
    expect(await told((tree) => tree.put('.mbsyncstate', stateOf(['1 1 S'], 50)), synced(1))).toEqual([
      state('sync-state-conflict', 'it has seen UID 50 (MaxPushedUid), and 1 is the highest that was given out'),
    ])
  })

  it('few messages that are gone are ordinary, many are told', async () => {
    const gone = (count: number, marks = 'S') =>
      told((tree) =>
        tree.put('.uidvalidity', '1700000000\n900\n').put(
          '.mbsyncstate',
          stateOf(
            range(1, 30 + count).map((uid) => `${uid} ${uid} ${marks}`),
            90,
          ),
        ),
      )
    expect(await gone(20)).toEqual([])
    expect(await gone(21)).toEqual([
      state('synced-mail-missing', '21 of 51 messages that the last sync left here are gone'),
    ])
    expect(await gone(21, '~S')).toEqual([])
  })

  it('UIDs that are kept in a database of their own', async () => {
    const tree = new MailTree().maildir().put(`cur/${at(1)}.M1.host:2,S`, mailOf(1))
    const pairs = range(1, 40).map((uid) => `${uid} ${uid} S`)
    expect(await told((made) => made.put('.isyncuidmap.db').put('.mbsyncstate', stateOf(pairs, 40)), tree)).toEqual([])
  })

  it.each([
    ['FarUidValidity 5\nNearUidValidity 17000', 'line 2: the last line is cut off: "NearUidValidity 17000"'],
    ['FarUidValidity 5\n', 'its header does not end'],
    ['rubbish\n\n1 1 S\n', 'line 1: no entry of a header: "rubbish"'],
    [stateOf(['1 1 S', 'x 2'], 30), 'line 7: no pair of UIDs: "x 2"'],
  ])('a damaged state: %j', async (text, detail) => {
    const [first] = await told((tree) => tree.put('.mbsyncstate', text))
    expect(first).toBe(state('sync-state-damaged', detail))
  })

  it('a state as older versions wrote it', async () => {
    const pairs = range(1, 30)
      .map((uid) => `${uid} ${uid} S\n`)
      .join('')
    expect(await told((tree) => tree.put('.mbsyncstate', `5:30 1700000000:0:30\n${pairs}`))).toEqual([])
    const old = `MasterUidValidity 5\nSlaveUidValidity 1700000000\nMaxPulledUid 30\nMaxExpiredSlaveUid 0\n\n${pairs}-1 0 \n0 -1 \n`
    expect(await told((tree) => tree.put('.mbsyncstate', old))).toEqual([])
  })

  it('a damaged .uidvalidity', async () => {
    expect(await told((tree) => tree.put('.uidvalidity', '1700\u0000\n'))).toEqual([
      state('sync-state-damaged', 'it should be two numbers: "1700␀"', '.uidvalidity'),
    ])
  })

  it('a journal that is left, and one that is being written', async () => {
    // Examined on 1 July 2024, 00:00 UTC.
    const journal = (seconds: number, text = '4\n+ 1 0\n') =>
      told((tree) => tree.put('.mbsyncstate.journal', text, seconds))
    expect(await journal(1_719_792_000 - 600)).toEqual([])
    expect(await journal(1_719_792_000 - 7_200)).toEqual([
      state('sync-interrupted', 'a run wrote 8 octets of journal and did not end, 2 hours ago', '.mbsyncstate.journal'),
    ])
    expect(await journal(1_719_792_000 - 7_200, '4\n+ 1')).toContain(
      state('sync-state-damaged', 'line 2: the last line is cut off: "+ 1"', '.mbsyncstate.journal'),
    )
  })

  it('a copy that a run left behind, and new mail', async () => {
    const withId = mailOf(7).replace('\n', '\nX-TUID: abcdefghijkl\n')
    expect(await told((tree) => tree.put(`new/${at(50)}.M1.host`, withId).put(`new/${at(51)}.M1.host`, MAIL))).toEqual([
      `sync-left-copy | INBOX | file=${at(50)}.M1.host | the same mail is here with UID 7, which the state pairs; this file it does not know`,
    ])
  })
})

describe('dovecot-uidlist', () => {
  const list = (lines: readonly string[], header = '3 V1700000000 N900 G0123456789abcdef') =>
    `${[header, ...lines].join('\n')}\n`
  const lines = range(1, 30).map((uid) => `${uid} ${uid % 2 ? '' : 'W66 '}:${at(uid)}.M1P2.host,U=${uid}`)
  const listed = (text: string, name = 'dovecot-uidlist') => told((tree) => tree.put(name, text))

  it('is healthy where it names the files', async () => {
    expect(await listed(list(lines))).toEqual([])
    expect(await listed(list(lines.map((line) => `${line}:2,S`)))).toEqual([])
    expect(await listed(list(lines, '3 V1700000000 N4'))).toEqual([])
  })

  it.each([
    [list(lines, 'rubbish'), 'its first line is no header: "rubbish"'],
    [list(lines, '3 V0 N900'), 'its first line is no header: "3 V0 N900"'],
    [list([...lines, '30 :x']), 'line 32: the UID stands twice: "30 :x"'],
    [list([...lines, '7 :x']), 'line 32: the UID is below 30, which stands before it: "7 :x"'],
    [list([...lines, 'x']), 'line 32: no UID with a file name: "x"'],
    [list(lines).slice(0, -1), `line 31: no UID with a file name: "30 W66 :${at(30)}.M1P2.host,U=30"`],
    [list([...lines, `31 :${at(5)}.M1P2.host,U=5`]), `${at(5)}.M1P2.host,U=5 has two UIDs, 5 and 31`],
  ])('is damaged %#', async (text, detail) =>
    expect((await listed(text)).filter((each) => !each.startsWith('uid-list-stale'))[0]).toBe(
      state('uid-list-damaged', detail, 'dovecot-uidlist'),
    ),
  )

  it('a UID that was never given out, in a list as Courier has it', async () => {
    const text = `1 1700000000 30\n${range(1, 30)
      .map((uid) => `${uid} ${at(uid)}.M1P2.host,U=${uid}\n`)
      .join('')}`
    expect(await listed(text, 'courierimapuiddb')).toEqual([
      state(
        'uid-list-damaged',
        `line 31: the UID was never given out: the next is 30: "30 ${at(30)}.M1P2.host,U=30"`,
        'courierimapuiddb',
      ),
    ])
    expect(await listed(text.replace(' 30\n', ' 31\n'), 'courierimapuiddb')).toEqual([])
  })

  it('differs a little, or names other files', async () => {
    expect(await listed(list([...lines.slice(1), '40 :gone']))).toEqual([
      state('uid-list-stale', 'it names 30 files, 1 of them not there; 1 in cur are not named', 'dovecot-uidlist'),
    ])
    expect(await listed(list(lines.map((line) => line.replace('host', 'other'))))).toEqual([
      state(
        'uid-list-of-other-files',
        'it names 30 files, 30 of them not there; 30 in cur are not named',
        'dovecot-uidlist',
      ),
    ])
  })

  it('need not name what was delivered since', async () => {
    expect(await told((tree) => tree.put('dovecot-uidlist', list(lines)).put(`new/${at(60)}.M1.host`, MAIL))).toEqual(
      [],
    )
  })
})
