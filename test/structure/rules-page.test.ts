import { describe, expect, it } from 'vitest'
import { RULES } from '../../src/audit/integrity/rules.js'
import { rulesPage, schemaWithRules } from '../../src/report/rules-page.js'
import { textOf } from './sources.js'

describe('what is made from the table of rules is as the table says (node scripts/rules-page.js makes it)', () => {
  it('docs/rules.md', () => expect(textOf('docs/rules.md')).toBe(rulesPage(RULES)))

  it.each(['check', 'explain'])('docs/schemas/%s.json', (name) => {
    const text = textOf(`docs/schemas/${name}.json`)
    expect(text).toBe(schemaWithRules(text, RULES))
  })
})
