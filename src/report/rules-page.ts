import type { Rule, Severity } from '../audit/integrity/rule.js'

const TITLES: Readonly<Record<Severity, string>> = { error: 'Errors', warning: 'Warnings', note: 'Notes' }
const GRADES = ['error', 'warning', 'note'] as const satisfies readonly Severity[]

const tableRow = ({ name, summary }: Rule): string => `| [\`${name}\`](#${name}) | ${summary.replaceAll('|', '\\|')} |`

function tableOf(rules: readonly Rule[], severity: Severity): string {
  const rows = rules.filter((rule) => rule.severity === severity).map(tableRow)
  return `## ${TITLES[severity]}\n\n| rule | what was seen |\n| --- | --- |\n${rows.join('\n')}\n`
}

function textOf({ name, severity, scope, isOptional, summary, source, origin, risk, remedy }: Rule): string {
  const parts = [
    ['Looked for in', `each ${scope}${isOptional ? ', only when it is named' : ''}`],
    ['How it should be', source],
    ['How it comes about', origin],
    ['What it endangers', risk],
    ['What to do', remedy],
  ]
  return `## ${name}\n\n**${severity}**: ${summary}\n\n${parts.map(([what, text]) => `- ${what}: ${text}\n`).join('')}`
}

/** The manual's page of all rules, in Markdown. */
export function rulesPage(rules: readonly Rule[]): string {
  return `# Rules

What [\`mbaudit check\`](check.md) looks for. [\`mbaudit explain RULE\`](explain.md) says the same on a terminal.

${GRADES.map((severity) => tableOf(rules, severity)).join('\n')}
${rules.map(textOf).join('\n')}`
}

/** The text of a JSON Schema, with the names of all rules under `$defs.rule`. */
export function schemaWithRules(text: string, rules: readonly Rule[]): string {
  const schema = JSON.parse(text)
  const rule = { enum: rules.map(({ name }) => name) }
  return `${JSON.stringify({ ...schema, $defs: { ...schema.$defs, rule } }, null, 2)}\n`
}
