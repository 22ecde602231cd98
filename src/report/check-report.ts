import type { CheckSummary, Defect, RuleCount, SignatureCounts } from '../audit/integrity/defect.js'
import type { Severity } from '../audit/integrity/rule.js'
import type { Overview, ReportKind, TableLine, Tone } from './report.js'
import { countOf, formatCount } from './wording.js'

const TONES: Readonly<Record<Severity, Tone>> = { error: 'bad', warning: 'doubtful', note: 'quiet' }

function heading({ messages, defects, errors, warnings, notes, byRule }: CheckSummary): string {
  if (defects === 0) return `No defect found in ${countOf(messages, 'message')}.`
  const counts = [
    [errors, 'error'],
    [warnings, 'warning'],
    [notes, 'note'],
  ] as const
  const counted = counts.filter(([count]) => count > 0).map(([count, noun]) => countOf(count, noun))
  return `${counted.join(', ')} by ${countOf(byRule.length, 'rule')} in ${countOf(messages, 'message')}.`
}

function closing({ defects, errors, warnings }: CheckSummary): string {
  if (defects === 0) return 'No rule that was asked for found anything. What mbaudit looks for: mbaudit explain.'
  const meaning =
    errors > 0
      ? 'An error is mail that is lost, unreadable or not safe to move.'
      : warnings > 0
        ? 'No lost mail was seen; a warning may become a loss where mail is moved or read by other programs.'
        : 'No lost mail was seen: a note is odd, and good to know.'
  return `${meaning} What a rule means and what to do: mbaudit explain RULE. Every place: --save defects.csv. Nothing was changed.`
}

function overviewLine({ rule, severity, count, example }: RuleCount): TableLine {
  const { store, folder, locator, offset } = example
  const at = offset === null ? [] : [`at ${offset}`]
  const place = [folder ?? '', locator ?? '', ...at].filter((part) => part !== '').join(' ')
  return { cells: [severity, formatCount(count), rule, place, store], tone: TONES[severity] }
}

/** A line a rule: the gravest first, the notes together at the end. */
const overview: Overview<CheckSummary> = {
  columns: [
    { head: 'severity', align: 'left', shrinks: false },
    { head: 'count', align: 'right', shrinks: false },
    { head: 'rule', align: 'left', shrinks: false },
    { head: 'for example', align: 'left', shrinks: true },
    { head: 'store', align: 'left', shrinks: true, yields: true },
  ],
  rowNoun: ['rule', 'rules'],
  rows: ({ byRule }) => byRule.map((count) => [overviewLine(count)]),
}

/** What signatures prove, in a line; null where none was looked at. */
export function signatureNote(dkim: SignatureCounts | null): string | null {
  if (dkim === null || dkim.signed === 0) return null
  const { signed, intact, altered, unverifiable } = dkim
  const rest = unverifiable === 0 ? '' : `, ${formatCount(unverifiable)} cannot be verified`
  return `DKIM and ARC: ${countOf(signed, 'signature')}; ${formatCount(intact)} prove their body intact, ${formatCount(altered)} prove it altered since it was signed${rest}.`
}

/** Defects by rule; a defect a row in CSV and JSON. */
export const checkReport: ReportKind<CheckSummary, Defect> = {
  command: 'check',
  rowsKey: 'defects',
  title: 'Defects',
  rowNoun: ['defect', 'defects'],
  toJson: ({ rule, severity, store, folder, locator, id, offset, detail }) => ({
    rule,
    severity,
    store,
    folder,
    locator,
    id,
    offset,
    detail,
  }),
  csvColumns: ['rule', 'severity', 'store', 'folder', 'locator', 'id', 'offset', 'detail'],
  toCsv: ({ rule, severity, store, folder, locator, id, offset, detail }) => [
    [rule, severity, store, folder, locator, id, offset, detail],
  ],
  columns: [
    { head: 'severity', align: 'left', shrinks: false },
    { head: 'rule', align: 'left', shrinks: false },
    { head: 'folder', align: 'left', shrinks: true },
    { head: 'locator', align: 'left', shrinks: true },
    { head: 'offset', align: 'right', shrinks: false },
    { head: 'what is there', align: 'left', shrinks: true },
    { head: 'store', align: 'left', shrinks: true, yields: true },
  ],
  toTable: ({ rule, severity, store, folder, locator, offset, detail }) => [
    {
      cells: [severity, rule, folder ?? '', locator ?? '', offset === null ? '' : String(offset), detail, store],
      tone: TONES[severity],
    },
  ],
  countRows: ({ defects }) => defects,
  overview,
  summaryToJson: (summary) => ({
    ...summary,
    byRule: Object.fromEntries(summary.byRule.map(({ rule, count }) => [rule, count])),
  }),
  withoutSubjects: (defect) => ({ ...defect, detail: '' }),
  heading,
  closing,
  hasFound: ({ errors, warnings }) => errors + warnings > 0,
}
