import type { DupesSummary, DuplicateClass, DuplicateGroup, JudgedCopy } from '../audit/findings.js'
import { alignParts } from './aligned-parts.js'
import { MESSAGE_COLUMNS, messageCells, messageObject, withoutSubject } from './message-object.js'
import type { ReportKind, TableLine, Tone } from './report.js'
import { countOf, formatCount, formatSize, shortDate } from './wording.js'

const TONES: Readonly<Record<DuplicateClass, Tone>> = {
  identical: 'good',
  'same-content': 'good',
  modified: 'doubtful',
  different: 'bad',
  unverified: 'doubtful',
}
const SURENESS: Readonly<Record<DuplicateClass, number>> = {
  identical: 4,
  'same-content': 3,
  modified: 2,
  different: 1,
  unverified: 0,
}
/** A table shows no more copies of one group unless asked for all: one reused ID may have thousands. */
const COPIES_SHOWN = 12

const blank = (judged: JudgedCopy): JudgedCopy => ({ ...judged, copy: withoutSubject(judged.copy) })

/** The surest groups first, and of those what takes most room: that is where looking is worth most. */
function weigh(group: DuplicateGroup): number {
  const extra = group.copies.reduce((sum, { copy, keep }) => sum + (keep ? 0 : copy.size), 0)
  return SURENESS[group.class] * 1e15 + extra
}

/** What is said of a copy: what becomes of it, why, and where it lies. */
function describeCopy({ copy, keep, class: likeness, reason, rule }: JudgedCopy): readonly string[] {
  const what = likeness === null ? 'stays' : keep ? 'stays too' : 'extra'
  const why = rule === null ? [likeness, reason].filter((fact) => fact !== null).join(', ') : `rule: ${rule}`
  return [what, why, copy.folder, copy.locator]
}

function toTable(group: DuplicateGroup, number: number, whole: boolean): TableLine[] {
  const [{ copy }] = group.copies
  const cells = [String(number), group.class, formatSize(copy.size), shortDate(copy.date), copy.from, copy.subject]
  const lines: TableLine[] = [{ cells, tone: TONES[group.class] }]
  const shown = whole ? group.copies : group.copies.slice(0, COPIES_SHOWN)
  alignParts(shown.map(describeCopy)).forEach((detail, i) => {
    lines.push({ detail, tone: shown[i]?.keep ? 'plain' : 'quiet' })
  })
  const more = group.copies.length - shown.length
  if (more > 0) lines.push({ detail: `${countOf(more, 'more copy', 'more copies')} of this message`, tone: 'quiet' })
  return lines
}

function heading(summary: DupesSummary): string {
  if (summary.groups === 0) return `No duplicates among ${countOf(summary.messages, 'message')}.`
  const groups = countOf(summary.groups, 'group')
  const classes = (
    [
      ['identical', summary.identical],
      ['same-content', summary.sameContent],
      ['modified', summary.modified],
      ['different', summary.different],
      ['unverified', summary.unverified],
    ] as const
  ).filter(([, count]) => count > 0)
  const counted = classes.map(([name, count]) => `${formatCount(count)} ${name}`).join(', ')
  return `${countOf(summary.extra, 'extra copy', 'extra copies')} in ${groups} (${counted}) among ${countOf(summary.messages, 'message')}.`
}

function closing(summary: DupesSummary): string {
  const parts: string[] = []
  if (summary.groups === 0)
    parts.push(summary.messages > 0 ? 'Every message that was read is there once.' : 'No message was read.')
  if (summary.redundant > 0) {
    const copies = countOf(summary.redundant, 'redundant copy says', 'redundant copies say')
    parts.push(`${copies} nothing that a copy that stays does not say: ${formatSize(summary.redundantBytes)}.`)
  }
  const doubtful = summary.extra - summary.redundant
  if (doubtful > 0) {
    parts.push(
      `${countOf(doubtful, 'other extra copy wants', 'other extra copies want')} a look: mbaudit show STORE ID says what differs.`,
    )
  }
  if (summary.sameObject > 0) {
    parts.push(`${countOf(summary.sameObject, 'further name leads', 'further names lead')} to a file counted already.`)
  }
  if (summary.unreadable > 0) parts.push(`${countOf(summary.unreadable, 'message')} could not be read.`)
  if (summary.groups > 0) parts.push('To review all: --save dupes.csv. Nothing was changed.')
  return parts.join(' ')
}

/** Groups of duplicates: a line for each group, its copies below it. */
export const dupesReport: ReportKind<DupesSummary, DuplicateGroup> = {
  command: 'dupes',
  rowsKey: 'groups',
  title: 'Duplicates',
  rowNoun: ['group', 'groups'],
  toJson: (group) => ({
    id: group.id,
    class: group.class,
    messages: group.copies.map((judged) => ({
      ...messageObject(judged.copy),
      keep: judged.keep,
      class: judged.class,
      reason: judged.reason,
      rule: judged.rule,
    })),
  }),
  csvColumns: ['group', 'groupClass', ...MESSAGE_COLUMNS, 'keep', 'class', 'reason', 'rule'],
  *toCsv(group, number) {
    for (const { copy, keep, class: likeness, reason, rule } of group.copies) {
      yield [number, group.class, ...messageCells(copy), keep, likeness, reason, rule]
    }
  },
  columns: [
    { head: '#', align: 'right', shrinks: false },
    { head: 'class', align: 'left', shrinks: false },
    { head: 'size', align: 'right', shrinks: false },
    { head: 'date (UTC)', align: 'left', shrinks: false },
    { head: 'from', align: 'left', shrinks: true },
    { head: 'subject', align: 'left', shrinks: true },
  ],
  toTable,
  countRows: ({ groups }) => groups,
  weigh,
  withoutSubjects: (group) => {
    const [first, second, ...others] = group.copies
    return { ...group, copies: [blank(first), blank(second), ...others.map(blank)] }
  },
  heading,
  closing,
  hasFound: (summary) => summary.extra > 0,
}
