/**
 * Writes what is made from the table of rules: docs/rules.md, and the names in docs/schemas.
 *
 *   npm run build && node scripts/rules-page.js
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { RULES } from '../dist/src/audit/integrity/rules.js'
import { rulesPage, schemaWithRules } from '../dist/src/report/rules-page.js'

const docs = new URL('../docs/', import.meta.url)
writeFileSync(new URL('rules.md', docs), rulesPage(RULES))
for (const name of ['check', 'explain']) {
  const file = new URL(`schemas/${name}.json`, docs)
  writeFileSync(file, schemaWithRules(readFileSync(file, 'utf8'), RULES))
}
