import { describe, expect, it } from 'vitest'
import { foldersOfStateName, readMbsyncState } from '../../../src/plan/state-import/mbsync-state.js'
import { readMsinfo } from '../../../src/plan/state-import/msinfo.js'
import {
  folderMark,
  readLocalStatus,
  readStatusRows,
  uidInName,
  withUidMap,
} from '../../../src/plan/state-import/offlineimap-state.js'

describe("mbsync's state", () => {
  // As mbsync 1.4.4 wrote it, with MaxMessages.
  const HEADER =
    'FarUidValidity 1795189350\nNearUidValidity 1795189351\nMaxPulledUid 5\nMaxPushedUid 4\nMaxExpiredFarUid 1\n\n'

  it('gives the pairs that are two whole messages', () => {
    const read = readMbsyncState(`${HEADER}2 1 FS\n3 2 S\n4 3 ~S\n5 0 S\n0 6 \n7 7 <S\n8 8 ^\n9 9 DPRT\n10 10\n`)
    expect(read.state).toEqual({
      farValidity: '1795189350',
      nearValidity: '1795189351',
      pairs: [
        { far: 2, near: 1, flags: ['\\Flagged', '\\Seen'] },
        { far: 3, near: 2, flags: ['\\Seen'] },
        { far: 9, near: 9, flags: ['$Forwarded', '\\Answered', '\\Draft'] },
        { far: 10, near: 10, flags: [] },
      ],
    })
  })
  it('reads what versions with master and slave wrote', () => {
    const read = readMbsyncState('MasterUidValidity 7\nSlaveUidValidity 8\nMaxPulledUid 1\n\n1 1 S\n')
    expect(read.state).toMatchObject({ farValidity: '7', nearValidity: '8' })
  })
  it.each([
    ['cut off', `${HEADER}2 1 FS\n3 `, 8],
    ['no header', '1 1 S\n', 2],
    ['an unknown header', 'FarUidValidity 1\nSomethingNew 4\n\n1 1 S\n', 2],
    ['no pair', `${HEADER}2 1 FS\nx 2\n`, 8],
    ['a UID twice', `${HEADER}2 1 FS\n3 1 S\n`, 0],
    ['a UID twice, once expired', `${HEADER}2 1 FS\n2 4 ~S\n`, 0],
    ['an empty file', '', 1],
  ])('is not believed with %s', (_, text, line) => {
    expect(readMbsyncState(text)).toMatchObject({ state: null, damage: { line } })
  })
  it('is named after its folders', () => {
    expect(foldersOfStateName(':far:INBOX_:near:work!2024')).toEqual({ far: 'INBOX', near: 'work/2024' })
    expect(foldersOfStateName(':far:INBOX_:near:INBOX.lock')).toBeNull()
    expect(foldersOfStateName('other')).toBeNull()
  })
})

describe("OfflineIMAP's state", () => {
  const magic = (format: number) => `OFFLINEIMAP LocalStatus CACHE DATA - DO NOT MODIFY - FORMAT ${format}\n`
  const wanted = [
    { far: 12, near: 12, flags: ['\\Flagged', '\\Seen'] },
    { far: 13, near: 13, flags: [] },
  ]

  it('is read in both flat formats and from rows of SQLite', () => {
    expect(readLocalStatus(`${magic(1)}12:FS\n13:\n`, '9').state).toEqual({
      farValidity: '9',
      nearValidity: null,
      pairs: wanted,
    })
    expect(readLocalStatus(`${magic(2)}12|FS|1700000000|a, b\n13|T|0|\n`, '9').state?.pairs).toEqual(wanted)
    const rows = [
      { id: 12, flags: 'SF' },
      { id: 13, flags: null },
      { id: -5, flags: 'S' },
    ]
    expect(readStatusRows(rows, '9').state?.pairs).toEqual(wanted)
  })
  it.each([
    ['of another format', `${magic(3)}12|FS\n`, 1],
    ['empty', '', 1],
    ['cut off', `${magic(1)}12:FS\n13`, 3],
    ['with a damaged line', `${magic(2)}12|FS|x|\n`, 2],
    ['with a UID twice', `${magic(1)}12:FS\n12:S\n`, 0],
  ])('is not believed when %s', (_, text, line) => {
    expect(readLocalStatus(text, '9')).toMatchObject({ state: null, damage: { line } })
  })
  it('finds its UIDs in names of files, unless they came from another folder', () => {
    const mark = folderMark('INBOX')
    expect(mark).toBe('7e33429f656f1e6e9d79b29c3f82c57e')
    expect(uidInName(`1446590057_0.4711.host,U=812,FMD5=${mark}`, new Set([mark]))).toBe(812)
    expect(uidInName(`1446590057_0.4711.host,U=812,FMD5=${mark}:2,S`, new Set([mark]))).toBe(812)
    expect(uidInName(`1446590057_0.4711.host,U=812,FMD5=${mark}`, new Set([folderMark('Work')]))).toBeNull()
    expect(uidInName('1795189350.28565_1.vm,U=1', null)).toBe(1)
    expect(uidInName('1795189350.28565_1.vm,S=12', null)).toBeNull()
    expect(uidInName('1795189350.28565_1.vm,U=0', null)).toBeNull()
  })
  it('maps UIDs between two servers', () => {
    const folder = { farValidity: '9', nearValidity: null, pairs: wanted }
    expect(withUidMap(folder, '100:12\n', '4').state).toEqual({
      farValidity: '9',
      nearValidity: '4',
      pairs: [{ far: 12, near: 100, flags: ['\\Flagged', '\\Seen'] }],
    })
    expect(withUidMap(folder, '100:12\n100:13\n', '4').damage).not.toBeNull()
    expect(withUidMap(folder, '100:12\nx\n', '4').damage?.line).toBe(2)
  })
})

describe("mailsync's msinfo", () => {
  const message = (subject: string, body: string) =>
    `From nobody Mon Jan  1 10:00:00 2024\nFrom: mailsync\nSubject: ${subject}\nStatus: RO\n\n${body}\n`
  const INFO = `${message('other', 'INBOX\n<x@x>\n')}${message('home', 'INBOX\n<a@x>\n<b@x>\nLists/c\n<c@x>\n<>\n')}`

  it('gives the IDs of a channel by folder', () => {
    const known = readMsinfo(INFO, 'home').state
    expect([...(known ?? [])]).toEqual([
      ['INBOX', ['<a@x>', '<b@x>']],
      ['Lists/c', ['<c@x>']],
    ])
    expect([...(readMsinfo(INFO.replaceAll('\n', '\r\n'), 'home').state ?? [])]).toEqual([...(known ?? [])])
  })
  it('is not believed where it is of another channel, or names no IDs', () => {
    expect(readMsinfo(INFO, 'gone').damage?.message).toContain('"gone"')
    expect(readMsinfo(message('home', 'INBOX\n<>, md5: 00ff\n'), 'home').damage).not.toBeNull()
    expect(readMsinfo(message('home', '<a@x>\n'), 'home').damage).not.toBeNull()
    expect(readMsinfo('', 'home').damage).not.toBeNull()
  })
})
