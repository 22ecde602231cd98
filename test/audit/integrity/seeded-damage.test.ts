import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { judgeDefects, NOT_SEEDED, SEEDED_TYPES, seedStore } from '../../../bench/damage.js'
import { findDefects } from '../../../src/audit/integrity/find-defects.js'
import { RULES } from '../../../src/audit/integrity/rules.js'
import { DefectSpool } from '../../../src/index/defect-spool.js'
import { epochSeconds } from '../../../src/message/message.js'
import { openStore } from '../../../src/stores/drivers.js'
import { EXAMINERS } from '../../../src/stores/examiners.js'
import type { LocalStoreType } from '../../../src/stores/store.js'
import { scan } from '../../support/scanning.js'

const COUNT = 500
const NOW = epochSeconds(Date.UTC(2024, 0, 1) / 1000)
/** Optional ones too. */
const EVERY_RULE = RULES.map((rule) => ({ rule, severity: rule.severity }))
const scratch = mkdtempSync(join(tmpdir(), 'mbaudit-seeded-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

async function check(type: LocalStoreType, path: string) {
  const spec = { name: type, type, path, options: {} }
  await using store = await openStore(spec)
  await using scanned = await scan(store)
  using spool = new DefectSpool()
  const observe = async function* () {
    const examine = await EXAMINERS[type]?.()
    const options = { wanted: () => true, now: NOW, signal: new AbortController().signal }
    if (examine !== undefined) yield* examine({ spec }, options)
  }
  const found = await findDefects([{ index: scanned.index, observe }], { rules: EVERY_RULE, now: NOW, spool })
  return [...found.rows()]
}

describe.each(SEEDED_TYPES)('%s', (type) => {
  it('finds nothing in clean mail', async () => {
    const path = join(scratch, `${type}-clean`)
    seedStore(type, path, COUNT, false)
    expect(await check(type, path)).toEqual([])
  })

  it('finds every defect where it was put, and none at clean mail', async () => {
    const path = join(scratch, type)
    const seeds = seedStore(type, path, COUNT)
    expect(judgeDefects(seeds, await check(type, path))).toEqual({ missed: [], falseAlarms: [] })
  })
})

it('a defect of each kind was put somewhere', () => {
  const seeded = SEEDED_TYPES.flatMap((type) => seedStore(type, join(scratch, `${type}-again`), COUNT).expected)
  const names = new Set([...seeded.map(({ rule }) => rule), ...NOT_SEEDED])
  expect(RULES.map(({ name }) => name).filter((name) => !names.has(name))).toEqual([])
})
