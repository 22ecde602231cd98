import { describe, expect, it } from 'vitest'
import {
  checkLimits,
  DEFAULT_LIMIT,
  type LimitFacts,
  type MaxDelete,
  parseMaxDelete,
  SafetyLimitError,
} from '../../src/plan/limits.js'
import type { Draft, Step } from '../../src/plan/step.js'
import { identify } from '../../src/plan/step-id.js'
import { folderName, locator, type SpecialUse } from '../../src/stores/store.js'

const expected = { identity: '<1@x>', id: null, wire: null, size: 1, date: null, generation: null }

function deletions(folder: string, count: number, staysElsewhere = false): Step[] {
  return Array.from({ length: count }, (_, number): Step => {
    const at = { store: 'slave', folder: folderName(folder), locator: locator(`uid=${number + 1}`) }
    const safe = { lacking: { store: 'master', folder: null, identity: '<1@x>', atMost: 0 } }
    const draft: Draft = {
      op: 'delete',
      why: '',
      at,
      expect: expected,
      flags: [],
      received: null,
      safe,
      staysElsewhere,
    }
    return identify(draft)
  })
}

const HELD: readonly (readonly [string, number, SpecialUse | null])[] = [
  ['INBOX', 1000, null],
  ['Small', 20, null],
  ['Whole', 21, null],
  ['Trash', 50, '\\Trash'],
  ['Junk', 50, '\\Junk'],
]
const folders = HELD.map(([folder, messages, specialUse]) => ({
  ...{ store: 'slave', folder: folderName(folder), messages, specialUse },
}))
const facts = (master: Partial<LimitFacts['master'] & object> = {}): LimitFacts => ({
  folders,
  master: { store: 'master', messages: 500, hasFolder: () => true, ...master },
})

function verdict(steps: readonly Step[], limit: MaxDelete = DEFAULT_LIMIT, given: LimitFacts = facts()): string {
  try {
    checkLimits(steps, limit, given)
    return 'fine'
  } catch (error) {
    if (!(error instanceof SafetyLimitError)) throw error
    expect([error.code, error.exitStatus]).toEqual(['SAFETY_LIMIT', 5])
    return error.message
  }
}

describe('without --max-delete', () => {
  it('lets 20 deletions in a folder pass, and 10 % of it', () => {
    expect(verdict(deletions('Small', 20))).toBe('fine')
    expect(verdict(deletions('INBOX', 100))).toBe('fine')
  })
  it('stops more than 20 and more than 10 % of a folder', () => {
    expect(verdict(deletions('INBOX', 101))).toBe('INBOX: 101 of 1000 messages would be deleted, more than 10 %')
  })
  it('stops all of a folder of more than 20', () => {
    expect(verdict(deletions('Whole', 21))).toBe('Whole: 21 of 21 messages would be deleted, all of it')
  })
  it('looks at each folder by itself', () => {
    expect(verdict([...deletions('INBOX', 100), ...deletions('Small', 20)])).toBe('fine')
    expect(verdict([...deletions('Small', 1), ...deletions('Whole', 21)])).toContain('Whole')
  })
  it('exempts Trash and Junk', () => {
    expect(verdict([...deletions('Trash', 50), ...deletions('Junk', 50)])).toBe('fine')
  })
  it('does not count mail that stays elsewhere in its store', () => {
    expect(verdict(deletions('INBOX', 1000, true))).toBe('fine')
  })
  it('stops when the master is empty', () => {
    expect(verdict(deletions('Small', 1), DEFAULT_LIMIT, facts({ messages: 0 }))).toBe(
      'master is empty, and 1 message would be deleted',
    )
    expect(verdict([], DEFAULT_LIMIT, facts({ messages: 0 }))).toBe('fine')
    expect(verdict(deletions('Trash', 3), DEFAULT_LIMIT, facts({ messages: 0 }))).toBe('fine')
  })
  it('stops when the master lost a whole folder', () => {
    const lost = facts({ hasFolder: ({ folder }) => folder !== 'Small' })
    expect(verdict(deletions('Small', 2), DEFAULT_LIMIT, lost)).toBe(
      'Small is not on master, and 2 messages in it would be deleted',
    )
    expect(verdict(deletions('Small', 2, true), DEFAULT_LIMIT, lost)).toBe('fine')
  })
  it('stops deletions in a folder of which nobody knows how large it is', () => {
    expect(verdict(deletions('New', 21), DEFAULT_LIMIT, { folders: [], master: null })).toContain('all of it')
  })
})

describe('--max-delete', () => {
  it.each([
    ['none', { kind: 'none' }],
    ['0', { kind: 'count', messages: 0 }],
    ['250', { kind: 'count', messages: 250 }],
    ['5%', { kind: 'percent', percent: 5 }],
    ['100%', { kind: 'percent', percent: 100 }],
    ['101%', null],
    ['-1', null],
    ['1.5', null],
    ['all', null],
    ['', null],
  ])('reads %s', (text, limit) => expect(parseMaxDelete(text)).toEqual(limit))

  it('N counts all folders together', () => {
    const steps = [...deletions('INBOX', 30), ...deletions('Small', 20)]
    expect(verdict(steps, { kind: 'count', messages: 50 })).toBe('fine')
    expect(verdict(steps, { kind: 'count', messages: 49 })).toBe(
      '50 messages would be deleted, more than the 49 allowed',
    )
  })
  it('P% is of each folder', () => {
    expect(verdict(deletions('INBOX', 50), { kind: 'percent', percent: 5 })).toBe('fine')
    expect(verdict(deletions('Small', 2), { kind: 'percent', percent: 5 })).toContain('more than 5 %')
  })
  it('N and P% still stop when the master is empty; none never does', () => {
    const empty = facts({ messages: 0 })
    expect(verdict(deletions('Small', 1), { kind: 'count', messages: 9 }, empty)).toContain('is empty')
    expect(verdict(deletions('Small', 1), { kind: 'percent', percent: 100 }, empty)).toContain('is empty')
    expect(verdict(deletions('INBOX', 1000), { kind: 'none' }, empty)).toBe('fine')
  })
})
