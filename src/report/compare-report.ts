import type { CompareSummary, FolderDifferences } from '../audit/compare/comparison.js'
import type { DifferenceRow } from '../audit/compare/difference-rows.js'
import type { IndexedCopy } from '../index/copy-index.js'
import { MESSAGE_COLUMNS, messageCells, messageObject, withoutSubject } from './message-object.js'
import type { ReportKind, StoreLine, TableLine, Tone } from './report.js'
import { countOf, formatCount, formatSize, shortDate } from './wording.js'

type Kind = DifferenceRow['kind']

/** In the order of a table: what matters most comes first. */
const KINDS: readonly Kind[] = ['missing', 'extra', 'changed', 'moved', 'flags', 'copies']
const TONES: Readonly<Record<Kind, Tone>> = {
  missing: 'bad',
  extra: 'doubtful',
  changed: 'bad',
  moved: 'doubtful',
  flags: 'plain',
  copies: 'plain',
}
const WORDS: Readonly<Record<Kind, string>> = {
  missing: 'missing',
  extra: 'extra',
  moved: 'moved',
  changed: 'changed',
  flags: 'flagged otherwise',
  copies: 'in another number',
}
/** How many of each kind a table shows before it shows more of any. */
const FIRST_OF_EACH = 8

const sideOf = (copy: IndexedCopy | null) => (copy === null ? null : messageObject(copy))
const NO_CELLS = MESSAGE_COLUMNS.map(() => null)
const cellsOf = (copy: IndexedCopy | null) => (copy === null ? NO_CELLS : messageCells(copy))
const columnsOf = (side: string) => MESSAGE_COLUMNS.map((column) => side + column.replace(/^./, (c) => c.toUpperCase()))

/** What there is to say of a row beside the mail. */
function remarkOf({ kind, slave, flags, counts, inDoubt }: DifferenceRow): string | null {
  if (flags !== null) {
    const parts = [`the slave lacks ${flags.add.join(' ')}`, `the slave has ${flags.remove.join(' ')} besides`]
    return parts.filter((_, at) => (at === 0 ? flags.add : flags.remove).length > 0).join('; ')
  }
  if (counts !== null) return `there ${counts.master} times on the master, ${counts.slave} times on the slave`
  const doubt = inDoubt && kind !== 'copies' ? ['not sure: a folder was not read in full'] : []
  const remarks = [...(kind === 'moved' && slave !== null ? [`on the slave in ${slave.folder}`] : []), ...doubt]
  return remarks.length > 0 ? remarks.join('; ') : null
}

const placeOf = ({ master, slave, folder }: DifferenceRow): string =>
  master === null && slave !== null ? slave.folder : folder

function toTable(row: DifferenceRow): TableLine[] {
  const copy = row.master ?? row.slave
  if (copy === null) return []
  const kind = row.reason === null ? row.kind : `${row.kind}: ${row.reason}`
  const cells = [kind, shortDate(copy.date), formatSize(copy.size), copy.from, copy.subject, placeOf(row)]
  const remark = remarkOf(row)
  const tone = TONES[row.kind]
  return remark === null
    ? [{ cells, tone }]
    : [
        { cells, tone },
        { detail: remark, tone: 'quiet' },
      ]
}

function countKinds(summary: CompareSummary): string {
  const counted = KINDS.map((kind) => [kind, summary[kind]] as const).filter(([, count]) => count > 0)
  return counted.map(([kind, count]) => `${formatCount(count)} ${WORDS[kind]}`).join(', ')
}

function heading(summary: CompareSummary, [master, slave]: readonly StoreLine[]): string {
  const [one, other] = [master?.name ?? 'the master', slave?.name ?? 'the slave']
  const both = `${formatCount(summary.inBoth)} in both`
  if (!hasFound(summary)) return `${other} holds what ${one} holds: ${both}.`
  const kinds = countKinds(summary)
  const folders = [
    summary.foldersMissing > 0 ? `${countOf(summary.foldersMissing, 'folder')} missing` : '',
    summary.foldersExtra > 0 ? `${countOf(summary.foldersExtra, 'folder')} extra` : '',
  ]
  const parts = [kinds, ...folders].filter((part) => part !== '')
  return `On ${other}, against ${one}: ${parts.join(', ')}; ${both}.`
}

function closing({ evidence, unjudged, ...summary }: CompareSummary): string {
  const parts: string[] = []
  const unsaid = unjudged.master + unjudged.slave
  if (unsaid > 0) {
    parts.push(`Of ${countOf(unsaid, 'mail')} nothing is said: the folder on the other side could not be read in full.`)
  }
  if (evidence.headers > 0) {
    const pairs = countOf(evidence.headers, 'pair rests', 'pairs rest')
    parts.push(`${pairs} on ID, Date, From and Subject; --full reads the bodies too.`)
  }
  const counts = KINDS.reduce((sum, kind) => sum + summary[kind], 0)
  if (counts > 0) parts.push('What would make the slave like the master: mbaudit sync MASTER SLAVE --dry-run.')
  return [...parts, 'Nothing was changed.'].join(' ')
}

const hasFound = (summary: CompareSummary): boolean =>
  [...KINDS, 'foldersMissing' as const, 'foldersExtra' as const].some((key) => summary[key] > 0)

/** What two stores differ in: a row for each copy, or each pair of copies. */
export const compareReport: ReportKind<CompareSummary, DifferenceRow> = {
  command: 'compare',
  rowsKey: 'differences',
  title: 'Differences',
  rowNoun: ['row', 'rows'],
  toJson: ({ kind, reason, id, master, slave }) => ({
    kind,
    reason,
    id,
    digest: (master ?? slave)?.wire ?? null,
    master: sideOf(master),
    slave: sideOf(slave),
  }),
  csvColumns: ['kind', 'reason', 'id', 'digest', ...columnsOf('master'), ...columnsOf('slave')],
  toCsv: ({ kind, reason, id, master, slave }) => [
    [kind, reason, id, (master ?? slave)?.wire ?? null, ...cellsOf(master), ...cellsOf(slave)],
  ],
  columns: [
    { head: 'difference', align: 'left', shrinks: false },
    { head: 'date (UTC)', align: 'left', shrinks: false },
    { head: 'size', align: 'right', shrinks: false },
    { head: 'from', align: 'left', shrinks: true },
    { head: 'subject', align: 'left', shrinks: true },
    { head: 'folder', align: 'left', shrinks: true },
  ],
  toTable,
  countRows: ({ rows }) => rows,
  weigh: ({ kind, nth }) => -(Math.floor(nth / FIRST_OF_EACH) * KINDS.length + KINDS.indexOf(kind)),
  summaryToJson: ({ rows: _, unjudged: __, ...summary }) => summary,
  withoutSubjects: (row) => ({
    ...row,
    master: row.master && withoutSubject(row.master),
    slave: row.slave && withoutSubject(row.slave),
  }),
  heading,
  closing,
  hasFound,
}

/** What a JSON result says of the folders, beside their numbers. */
export function folderDetails({ unjudged }: CompareSummary, folders: FolderDifferences, [master, slave]: StoreNames) {
  const { missing, extra, subscribed, pairing, notReadInFull } = folders
  const places = (store: string, names: readonly string[]) => names.map((folder) => ({ store, folder }))
  return {
    foldersMissing: missing,
    foldersExtra: extra,
    foldersPaired: pairing.pairs
      .filter((pair) => pair.master !== pair.slave)
      .map((pair) => ({ master: pair.master, slave: pair.slave, by: pair.by })),
    notReadInFull: [...places(master, notReadInFull.master), ...places(slave, notReadInFull.slave)],
    unjudged,
    subscriptions: subscribed,
  }
}

type StoreNames = readonly [master: string, slave: string]

/** Names in a line that stays readable. */
const MOST_NAMES = 10

/** The same for people. */
export function folderNotes(folders: FolderDifferences, [master, slave]: StoreNames): string[] {
  const { missing, extra, subscribed, pairing, notReadInFull } = folders
  const renamed = pairing.pairs.filter((pair) => pair.isThere && pair.by !== 'name' && pair.master !== pair.slave)
  const notes: (readonly [string, readonly string[]])[] = [
    [`Folders of ${master} that ${slave} has not`, missing],
    [`Folders of ${slave} that ${master} has not`, extra],
    ['Folders that pair under other names', renamed.map((pair) => `${pair.master} = ${pair.slave} (${pair.by})`)],
    [`Not read in full, so that nothing in them counts as missing or extra: ${master}`, notReadInFull.master],
    [`Not read in full, so that nothing in them counts as missing or extra: ${slave}`, notReadInFull.slave],
    [`Subscribed to on ${master} alone`, subscribed?.masterOnly ?? []],
    [`Subscribed to on ${slave} alone`, subscribed?.slaveOnly ?? []],
  ]
  return notes.filter(([, names]) => names.length > 0).map(([what, names]) => `${what}: ${listNames(names)}.`)
}

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(', ')
  return names.length > MOST_NAMES ? `${shown} and ${formatCount(names.length - MOST_NAMES)} more` : shown
}
