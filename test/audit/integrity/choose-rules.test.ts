import { describe, expect, it } from 'vitest'
import { chooseRules, type RuleWishes } from '../../../src/audit/integrity/choose-rules.js'
import type { MessageRule, Severity } from '../../../src/audit/integrity/rule.js'

const rule = (name: string, severity: Severity, isOptional = false): MessageRule => ({
  name,
  severity,
  scope: 'message',
  summary: '',
  source: '',
  origin: '',
  risk: '',
  remedy: '',
  detect: () => [],
  ...(isOptional ? { isOptional } : {}),
})
const RULES = [rule('bad', 'error'), rule('doubtful', 'warning'), rule('odd', 'note'), rule('rare', 'note', true)]
const NO_WISH: RuleWishes = { only: [], not: [], atLeast: 'note', grades: new Map() }
const chosen = (wishes: Partial<RuleWishes>) =>
  chooseRules(RULES, { ...NO_WISH, ...wishes }).map((each) => `${each.rule.name} ${each.severity}`)

describe('rules are chosen', () => {
  it('all but the optional ones', () => expect(chosen({})).toEqual(['bad error', 'doubtful warning', 'odd note']))
  it('by name, optional ones too', () => {
    expect(chosen({ only: ['rare', 'odd'] })).toEqual(['odd note', 'rare note'])
    expect(chosen({ not: ['odd'] })).toEqual(['bad error', 'doubtful warning'])
    expect(chosen({ only: ['odd'], not: ['odd'] })).toEqual([])
  })
  it('by severity', () => expect(chosen({ atLeast: 'warning' })).toEqual(['bad error', 'doubtful warning']))
  it('as the configuration grades them', () => {
    const grades = new Map([
      ['bad', 'off'],
      ['odd', 'error'],
      ['rare', 'warning'],
    ] as const)
    expect(chosen({ grades })).toEqual(['doubtful warning', 'odd error', 'rare warning'])
    expect(chosen({ grades, atLeast: 'error' })).toEqual(['odd error'])
  })
  it('the command line over the configuration', () => {
    expect(chosen({ only: ['bad'], grades: new Map([['bad', 'off']]) })).toEqual(['bad error'])
  })
})
