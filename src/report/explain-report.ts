import type { Rule } from '../audit/integrity/rule.js'
import type { ReportKind, TableLine } from './report.js'
import { countOf } from './wording.js'

export interface ExplainSummary {
  readonly rules: number
}

const BY_NAME = '(only when named)'

function textLines({ summary, scope, source, origin, risk, remedy, isOptional }: Rule): TableLine[] {
  const parts = [
    ['what', summary],
    ['looked for in', isOptional ? `each ${scope} ${BY_NAME}` : `each ${scope}`],
    ['how it should be', source],
    ['comes about', origin],
    ['endangers', risk],
    ['what to do', remedy],
  ]
  return parts.map((cells) => ({ cells, tone: 'plain' }))
}

/** All rules, a line each. */
export const explainReport: ReportKind<ExplainSummary, Rule> = {
  command: 'explain',
  rowsKey: 'rules',
  title: 'Rules',
  rowNoun: ['rule', 'rules'],
  toJson: ({ name, severity, scope, isOptional = false, summary, source, origin, risk, remedy }) => ({
    name,
    severity,
    scope,
    optional: isOptional,
    summary,
    source,
    origin,
    risk,
    remedy,
  }),
  csvColumns: ['name', 'severity', 'scope', 'optional', 'summary', 'source', 'origin', 'risk', 'remedy'],
  toCsv: ({ name, severity, scope, isOptional = false, summary, source, origin, risk, remedy }) => [
    [name, severity, scope, isOptional, summary, source, origin, risk, remedy],
  ],
  columns: [
    { head: 'rule', align: 'left', shrinks: false },
    { head: 'severity', align: 'left', shrinks: false },
    { head: 'scope', align: 'left', shrinks: false },
    { head: 'what', align: 'left', shrinks: true, wraps: true },
  ],
  toTable: ({ name, severity, scope, summary, isOptional }) => [
    { cells: [name, severity, scope, isOptional ? `${summary} ${BY_NAME}` : summary], tone: 'plain' },
  ],
  countRows: ({ rules }) => rules,
  heading: ({ rules }) => `${countOf(rules, 'rule')}.`,
  closing: () => 'How one comes about, what it endangers and what to do: mbaudit explain RULE.',
  hasFound: () => false,
}

/** One rule in full. */
export const explainRuleReport = ({ name, severity }: Rule): typeof explainReport => ({
  ...explainReport,
  title: name,
  columns: [
    { head: 'field', align: 'left', shrinks: false },
    { head: 'text', align: 'left', shrinks: true, wraps: true },
  ],
  toTable: textLines,
  heading: () => `${name}: ${severity === 'error' ? 'an' : 'a'} ${severity}.`,
  closing: () => `To look for it alone: mbaudit check --rule ${name}.`,
})
