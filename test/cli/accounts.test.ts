import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { certificateFiles } from '../../src/cli/account-certificates.js'
import { accountKey, doneAccounts } from '../../src/cli/accounts-overview.js'
import { inTurns } from '../../src/cli/in-turns.js'
import { type AccountRow, accountsReport, NOTHING_KNOWN, sumAccounts } from '../../src/report/accounts-report.js'
import { renderCsv } from '../../src/report/csv.js'

describe('work in turns', () => {
  it('begins in order, so much at once, and never two that need the same', async () => {
    const running = new Set<string>()
    const [begun, most] = [[] as string[], [] as number[]]
    await inTurns(
      ['a1', 'a2', 'b1', 'ab', 'c1', 'c2'],
      2,
      (item) => [...item].filter((sign) => /[a-z]/.test(sign)),
      async (item) => {
        for (const other of running)
          expect([...item].some((sign) => /[a-z]/.test(sign) && other.includes(sign))).toBe(false)
        begun.push(item)
        running.add(item)
        most.push(running.size)
        await setImmediate()
        running.delete(item)
      },
    )
    expect(begun.sort()).toEqual(['a1', 'a2', 'ab', 'b1', 'c1', 'c2'])
    expect(Math.max(...most)).toBe(2)
  })
})

describe('an overview of accounts', () => {
  let place: string
  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'mbaudit-overview-'))
  })
  afterEach(() => rmSync(place, { recursive: true, force: true }))

  const row = (source: string, status: AccountRow['status']): AccountRow => ({
    account: 'x',
    source,
    target: '@new, "quoted"',
    ...NOTHING_KNOWN,
    status,
    run: null,
    why: null,
    exit: 0,
  })

  it('says which accounts are done, however they are called', () => {
    const rows = [row('=a', 'done'), row('b', 'nothing'), row('c', 'partly'), row('d', 'planned'), row("'e", 'done')]
    const data = { generatedAt: '', stores: [], summary: sumAccounts(rows, 0), problems: [], rows: () => rows }
    writeFileSync(join(place, 'o.csv'), [...renderCsv(accountsReport, data)].join(''))
    const done = ['=a', 'b', "'e"].map((source) => accountKey(source, '@new, "quoted"'))
    expect(doneAccounts('o.csv', place)).toEqual(new Set(done))
  })
})

describe('certificates of accounts', () => {
  it('lie beside the overview, each under a name of its own', () => {
    const lines = ['ann', 'a/../b', 'Ann', '..', 'müller@x.org'].map((account, line) => ({ account, line }))
    const named = certificateFiles(lines, [{ path: '/o/all.csv', format: 'csv' }])
    expect([...named.values()].map(([file]) => file?.path)).toEqual([
      '/o/all.ann-0.csv',
      '/o/all.a-..-b.csv',
      '/o/all.Ann-2.csv',
      '/o/all.account.csv',
      '/o/all.müller@x.org.csv',
    ])
  })
})
