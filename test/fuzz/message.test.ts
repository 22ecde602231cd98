import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readContent } from '../../src/message/content.js'
import { compareMessages } from '../../src/message/difference.js'
import { readFacts } from '../../src/message/facts.js'
import { FIXTURES } from '../support/fixtures.js'
import { mutate, seeded } from './mutations.js'

const ROUNDS = process.env.MBAUDIT_LONG === '1' ? 3000 : 60
const FIRST_SEED = Number(process.env.MBAUDIT_SEED ?? 1)

const MAIL = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
  .sort()
  .map((name) => join(FIXTURES, name))
  .filter((path) => statSync(path).isFile())
  .map((path) => readFileSync(path))

describe('a damaged message', () => {
  it(`still says what it is, and how it differs from what it was (${ROUNDS} rounds)`, () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + ROUNDS; seed++) {
      const next = seeded(seed)
      for (const whole of MAIL) {
        const damaged = mutate(whole, next, MAIL)
        const { wire, size } = readFacts(damaged)
        expect(wire).toMatch(/^[0-9a-f]{64}$/)
        expect(size).toBeLessThanOrEqual(damaged.length)
        const { content, body } = readContent(damaged)
        expect([content, body].join()).toMatch(/^[0-9a-f]{64},[0-9a-f]{64}$/)
        const { class: likeness } = compareMessages(whole, damaged)
        expect(likeness === 'identical', `seed ${seed}`).toBe(wire === readFacts(whole).wire)
        expect(compareMessages(damaged, damaged).class).toBe('identical')
      }
    }
  }, 900_000)
})
