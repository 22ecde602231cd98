import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { PairRow } from '../../src/index/pair-row.js'
import { openSyncState, type SyncState } from '../../src/index/sync-state.js'
import { digest } from '../../src/message/message.js'
import { folderName, locator } from '../../src/stores/store.js'

const OWNER = { channel: 'home', a: 'imap:alice@example.org', b: 'maildir:/home/alice/Mail' }
const NOW = '2024-03-01T08:00:00.000Z'

let place = ''
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'mbaudit-state-'))
})
afterEach(() => rmSync(place, { recursive: true, force: true }))

const open = (owner = OWNER, rebuild = false): SyncState => openSyncState(place, owner, rebuild)

function row(number: number, more: Partial<PairRow> = {}): PairRow {
  return {
    identity: `<${String(number).padStart(8, '0')}.4f2a6c1e9b@mail.example.org>`,
    wire: digest(String(number).padStart(64, '0')),
    size: 4096 + number,
    a: { folder: folderName('INBOX'), locator: locator(`uid=${number}`), generation: '1700000000' },
    b: {
      folder: folderName('INBOX'),
      locator: locator(`file=${1_700_000_000 + number}.${String(number).padStart(16, '0')}.mbaudit`),
      generation: null,
    },
    flags: ['\\Seen'],
    ...more,
  }
}

function write(rows: readonly PairRow[], owner = OWNER): string {
  using state = open(owner)
  const changes = rows.map((put) => ({ forget: null, put }))
  const folders = [{ a: folderName('INBOX'), b: folderName('INBOX') }]
  state.write(changes, { now: NOW, underWay: '20240301T080000Z-sync-4f2a', folders })
  return state.path
}

const ROWS = [row(1), row(2, { wire: null, flags: [] }), row(3, { identity: 'content:00ff' })]

it('tells what was written, in the order of identities', () => {
  write(ROWS.toReversed())
  using state = open()
  expect([...state.pairs()].map(({ number: _number, ...rest }) => rest)).toEqual(ROWS)
  expect({ ...state, standing: state.standing, written: state.written, underWay: state.underWay }).toMatchObject({
    ...{ standing: 'whole', written: NOW, underWay: '20240301T080000Z-sync-4f2a', notes: [] },
  })
  expect(state.folders()).toEqual([{ a: 'INBOX', b: 'INBOX' }])
})

it('is nothing that is known at a first sync', () => {
  using state = open()
  expect([state.standing, state.count, state.written, state.notes]).toEqual(['none', 0, null, []])
})

it('finds the pair that had a copy at a place', () => {
  write(ROWS)
  using state = open()
  const found = state.pairsAt('a', folderName('INBOX'), locator('uid=2'))
  expect(found.map(({ identity }) => identity)).toEqual([row(2).identity])
  expect(state.pairsAt('b', folderName('INBOX'), locator('uid=2'))).toEqual([])
  expect(state.pairsAt('a', folderName('Work'), locator('uid=2'))).toEqual([])
})

it('finds in the midst of its first writing what that has put already', () => {
  using state = open()
  const at = () => state.pairsAt('a', folderName('INBOX'), locator('uid=1')).map(({ flags }) => flags)
  expect(at()).toEqual([])
  const met: unknown[] = []
  function* changes() {
    yield { forget: null, put: row(1) }
    met.push(...at())
    yield { forget: null, put: row(2) }
  }
  state.write(changes(), { now: NOW, underWay: null })
  expect([met, at()]).toEqual([[['\\Seen']], [['\\Seen']]])
})

it('has a copy in one pair alone', () => {
  write(ROWS)
  const moved = row(1, { b: { ...row(1).b, folder: folderName('Work') } })
  write([moved])
  using state = open()
  expect([...state.pairs()].map(({ b }) => b.folder)).toEqual(['Work', 'INBOX', 'INBOX'])
})

it('is the user’s own, whatever the umask', () => {
  const path = write(ROWS)
  expect((statSync(path).mode & 0o777).toString(8)).toBe('600')
  expect((statSync(join(place, 'sync')).mode & 0o777).toString(8)).toBe('700')
})

it.each([
  ['other stores', { ...OWNER, b: 'maildir:/elsewhere' }, 'is of other stores'],
  ['the stores turned round', { ...OWNER, a: OWNER.b, b: OWNER.a }, 'is of other stores'],
])('is not believed for %s, and kept aside', (_what, owner, note) => {
  const path = write(ROWS)
  using state = open(owner)
  expect([state.standing, [...state.pairs()]]).toEqual(['none', []])
  expect(state.notes.join()).toContain(note)
  expect(readdirSync(join(place, 'sync')).map((name) => join(place, 'sync', name))).toContain(`${path}.aside`)
})

it('is forgotten when asked', () => {
  write(ROWS)
  using state = open(OWNER, true)
  expect(state.standing).toBe('none')
})

it.each([0, 1, 99, 4096, 9000])('is not believed when it was cut to %d octets', (length) => {
  const path = write(ROWS)
  truncateSync(path, length)
  using state = open()
  expect([state.standing, [...state.pairs()]]).toEqual(['none', []])
  state.write([{ forget: null, put: row(9) }], { now: NOW, underWay: null })
  expect([...state.pairs()]).toHaveLength(1)
})

it('is not believed when it is no state at all', () => {
  const path = write(ROWS)
  writeFileSync(path, 'faruid 12 nearuid 13 S\n')
  using state = open()
  expect(state.standing).toBe('none')
  expect(state.notes.join()).toContain('damaged')
})

it('tells nothing but what was written, whichever octet of it is another', () => {
  const path = write(ROWS)
  const whole = readFileSync(path)
  const told = new Set(ROWS.map((each) => JSON.stringify(each)))
  for (let at = 0; at < whole.length; at += 101) {
    const bytes = Buffer.from(whole)
    bytes[at] = (bytes[at] ?? 0) ^ 0x21
    writeFileSync(path, bytes)
    using state = open()
    const pairs = [...state.pairs()].map(({ number: _number, ...rest }) => JSON.stringify(rest))
    expect(pairs.filter((each) => !told.has(each))).toEqual([])
    if (pairs.length < ROWS.length) expect(state.standing).not.toBe('whole')
  }
}, 120_000)

it('keeps what is left when rows are damaged, and says so', () => {
  const path = write(ROWS)
  const bytes = readFileSync(path)
  const at = bytes.indexOf('uid=2')
  bytes.write('uid=7', at)
  writeFileSync(path, bytes)
  {
    using state = open()
    expect([state.standing, [...state.pairs()].length]).toEqual(['part', 2])
    expect(state.notes.join()).toContain('a part is lost')
    state.write([], { now: NOW, underWay: null })
  }
  {
    // What is lost stays so until a plan has looked at it.
    using again = open()
    expect([again.standing, again.count]).toEqual(['part', 2])
    again.write([], { now: NOW, underWay: null, asksAgain: false })
  }
  using whole = open()
  expect([whole.standing, whole.count]).toEqual(['whole', 2])
})

it('writes all of its changes or none', () => {
  write(ROWS)
  using state = open()
  const broken = function* () {
    yield { forget: null, put: row(10) }
    throw new Error('killed')
  }
  expect(() => state.write(broken(), { now: '2025', underWay: null })).toThrow('killed')
  expect([state.count, state.written]).toEqual([3, NOW])
})

it('takes less than 400 octets a message', () => {
  const path = write(Array.from({ length: 20_000 }, (_, number) => row(number + 1)))
  expect(statSync(path).size / 20_000).toBeLessThan(400)
})
