import { describe, expect, it } from 'vitest'
import { SEVERITIES } from '../../../src/audit/integrity/rule.js'
import { RULES } from '../../../src/audit/integrity/rules.js'
import { FILE_FOLDER_RULES, MAILDIR_RULES, MBOX_RULES } from '../../../src/stores/observation.js'

const NAMES = RULES.map(({ name }) => name)

describe('the table of rules', () => {
  it('has each name once, in order', () => {
    expect(NAMES).toEqual([...new Set(NAMES)].sort())
  })

  it('has a text for all that stores observe', () => {
    const observed = [...MBOX_RULES, ...MAILDIR_RULES, ...FILE_FOLDER_RULES]
    expect([...new Set(observed)].filter((name) => !NAMES.includes(name))).toEqual([])
  })
})

describe.each(RULES.map((rule) => ({ ...rule })))('$name', (rule) => {
  it('is named in words of kebab-case', () => expect(rule.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/))
  it('is graded', () => expect(SEVERITIES).toContain(rule.severity))
  it('says what was seen in one sentence', () => expect(rule.summary).toMatch(/^.+\.$/))
  it.each(['source', 'origin', 'risk', 'remedy'] as const)('has a text: %s', (part) => {
    expect(rule[part].trim().length).toBeGreaterThan(5)
    expect(rule[part]).toBe(rule[part].trim())
  })
})
