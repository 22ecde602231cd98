import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { folderMark } from '../../src/plan/state-import/offlineimap-state.js'
import { forEachTest } from '../support/for-each-test.js'
import { mail } from '../support/maildir-mail.js'
import { makeTwoWayPlace } from '../support/two-way-place.js'

const place = forEachTest(() => makeTwoWayPlace())

/** A folder of a Maildir as mbsync or OfflineIMAP keeps it: numbers of messages by UID. */
function folder(path: string, uids: Readonly<Record<number, number>>, mark = ''): string {
  for (const sub of ['cur', 'new', 'tmp']) mkdirSync(join(path, sub), { recursive: true })
  for (const [uid, number] of Object.entries(uids))
    writeFileSync(join(path, 'cur', `17000000${uid}.1_1.host,U=${uid}${mark}:2,S`), mail(number).text)
  return path
}

const numbersIn = (path: string): number => readdirSync(join(path, 'cur')).length
const steps = (document: { steps: readonly { op: string; store: string }[] }) =>
  document.steps.map(({ op, store }) => (op === 'delete' ? `delete ${store}` : op))

const STATE = 'FarUidValidity 11\nNearUidValidity 22\nMaxPulledUid 4\nMaxPushedUid 4\n\n1 1 S\n2 2 S\n3 3 S\n4 4 ~S\n'

/** 1 to 4 were synced; since then 2 was deleted near, 3 far; 4 had expired near; 5 is new near. */
function mbsyncPlace(state = STATE, validity = '11') {
  place.configure(
    ['far: { type: maildir, path: far }', 'near: { type: maildir, path: near }'],
    'home: { between: [far, near], mode: two-way }',
  )
  const far = folder(place.at('far/INBOX'), { 1: 1, 2: 2, 4: 4 })
  const near = folder(place.at('near/INBOX'), { 1: 1, 3: 3, 5: 5 })
  writeFileSync(join(far, '.uidvalidity'), `${validity}\n4\n`)
  writeFileSync(join(near, '.uidvalidity'), '22\n5\n')
  writeFileSync(join(near, '.mbsyncstate'), state)
  return { far, near }
}

describe('the state of mbsync, taken over', () => {
  it('keeps what was deleted deleted, copies nothing twice, and lets what had expired come back', async () => {
    const { far, near } = mbsyncPlace()
    const shown = await place.sync('--dry-run', '--take-over', 'near')
    expect(steps(shown.document).sort()).toEqual(['copy', 'copy', 'delete far', 'delete near'])
    const done = await place.sync('--yes', '--take-over', 'near')
    expect([done.status, done.stderr.includes('3 pairs of messages taken over')]).toEqual([0, true])
    expect([numbersIn(far), numbersIn(near)]).toEqual([3, 3])
    expect((await place.sync('--yes')).document.steps).toEqual([])
    expect((await place.sync('--yes', '--take-over', 'near')).status).toBe(2)
  })
  it('deletes nothing without it', async () => {
    mbsyncPlace()
    expect(steps((await place.sync('--dry-run')).document).sort()).toEqual(['copy', 'copy', 'copy', 'copy'])
  })
  it.each([
    ['of another UIDVALIDITY', STATE, '12', 'UIDVALIDITY 12 now'],
    ['that is cut off', STATE.slice(0, -3), '11', 'cut off'],
  ])('takes nothing from one %s', async (_, state, validity, why) => {
    mbsyncPlace(state, validity)
    const shown = await place.sync('--dry-run', '--take-over', 'near')
    expect(steps(shown.document).sort()).toEqual(['copy', 'copy', 'copy', 'copy'])
    expect(shown.stderr).toContain(why)
  })
  it('is found by the names of its stores in ~/.mbsync', async () => {
    const { near } = mbsyncPlace()
    mkdirSync(place.at('states'))
    writeFileSync(place.at('states/:far:INBOX_:near:INBOX'), STATE)
    writeFileSync(place.at('states/:other:INBOX_:near:INBOX'), 'broken')
    writeFileSync(join(near, '.mbsyncstate'), 'broken')
    const shown = await place.sync('--dry-run', '--take-over', 'states')
    expect(steps(shown.document).sort()).toEqual(['copy', 'copy', 'delete far', 'delete near'])
  })
})

describe('the state of OfflineIMAP, taken over', () => {
  it('is believed of files that are marked as of this folder', async () => {
    mbsyncPlace()
    const mark = `,FMD5=${folderMark('Work')}`
    folder(place.at('far/Work'), { 1: 11, 2: 12 })
    folder(place.at('near/Work'), { 1: 11, 3: 13 }, mark)
    folder(place.at('near/Work'), { 4: 14 }, `,FMD5=${folderMark('INBOX')}`)
    mkdirSync(place.at('meta/Account-home/LocalStatus-sqlite'), { recursive: true })
    const db = new Database(place.at('meta/Account-home/LocalStatus-sqlite/Work'))
    db.exec('create table status (id integer primary key, flags varchar(50), mtime integer, labels varchar(256))')
    db.exec("insert into status values (1, 'S', 0, ''), (2, 'S', 0, ''), (3, 'S', 0, ''), (4, 'S', 0, '')")
    db.close()
    const shown = await place.sync('--dry-run', '--take-over', 'meta', '--folder', 'Work')
    // 14 was copied there from INBOX by hand: it is new.
    expect(steps(shown.document).sort()).toEqual(['copy', 'delete far', 'delete near'])
  })
})

describe("mailsync's msinfo, taken over", () => {
  it('tells what was deleted from what is new', async () => {
    mbsyncPlace()
    const body = 'INBOX\n<1@example.org>\n<2@example.org>\n<3@example.org>\n'
    writeFileSync(
      place.at('msinfo'),
      `From nobody Mon Jan  1 10:00:00 2024\nFrom: mailsync\nSubject: home\n\n${body}\n`,
    )
    const shown = await place.sync('--dry-run', '--take-over', 'msinfo')
    expect(steps(shown.document).sort()).toEqual(['copy', 'copy', 'delete far', 'delete near'])
  })
  it('of another channel, or nothing at all, is refused', async () => {
    mbsyncPlace()
    writeFileSync(place.at('msinfo'), 'From: mailsync\nSubject: other\n\nINBOX\n')
    expect((await place.sync('--dry-run', '--take-over', 'msinfo')).status).toBe(2)
    expect((await place.sync('--dry-run', '--take-over', 'gone')).status).toBe(2)
    mkdirSync(place.at('empty'))
    expect((await place.sync('--dry-run', '--take-over', 'empty')).status).toBe(2)
  })
})
