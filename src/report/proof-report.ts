import type { ReportKind, TableLine, Tone } from './report.js'
import { countOf, formatCount, formatDate } from './wording.js'

/** What became of a message that was to be brought over. */
export const VERDICTS = ['verified', 'altered-by-server', 'there-before', 'left-out', 'refused', 'failed'] as const
export type Verdict = (typeof VERDICTS)[number]

/** One message of a source, and what became of it. */
export interface ProofRow {
  readonly store: string
  readonly folder: string
  readonly locator: string
  /** Where it lies; null: it did not arrive. */
  readonly toStore: string | null
  readonly toFolder: string | null
  /** null: the target does not say. */
  readonly toLocator: string | null
  readonly id: string | null
  /** The `wire` digest; null: the body was not read. */
  readonly digest: string | null
  readonly size: number
  readonly date: number | null
  readonly received: number | null
  readonly verdict: Verdict
  /** Why, or in what it was altered; empty: there is nothing to say. */
  readonly detail: string
  /** What DKIM signatures say of the body as it lay in the source, and as it lies in the target; null: it has none, or was not copied now. */
  readonly dkimBefore: string | null
  readonly dkimAfter: string | null
}

type Tally = Record<Verdict, number>

/** `source` = `arrived` + `leftOut` + `refused` + `failed`, in all and in each folder. */
export interface ProofSummary {
  readonly source: number
  /** Verified, altered by the server, or there before. */
  readonly arrived: number
  readonly verified: number
  readonly alteredByServer: number
  readonly thereBefore: number
  readonly leftOut: number
  readonly refused: number
  readonly failed: number
  /** Messages whose DKIM signatures were intact before, and still are. */
  readonly dkimIntact: number
  /** Those that were intact before and are no more. */
  readonly dkimBroken: number
  readonly folders: readonly FolderProof[]
}

interface FolderProof {
  readonly store: string
  readonly folder: string
  readonly tally: Readonly<Tally>
}

const ARRIVED: readonly Verdict[] = ['verified', 'altered-by-server', 'there-before']

/** Counts the rows of a certificate. */
export function sumProof(rows: Iterable<ProofRow>): ProofSummary {
  const folders = new Map<string, FolderProof & { readonly tally: Tally }>()
  const all = noTally()
  let dkimIntact = 0
  let dkimBroken = 0
  for (const { store, folder, verdict, dkimBefore, dkimAfter } of rows) {
    const key = JSON.stringify([store, folder])
    const proof = folders.get(key) ?? { store, folder, tally: noTally() }
    folders.set(key, proof)
    proof.tally[verdict]++
    all[verdict]++
    if (dkimBefore !== 'intact') continue
    if (dkimAfter === 'intact') dkimIntact++
    else dkimBroken++
  }
  return {
    source: VERDICTS.reduce((sum, verdict) => sum + all[verdict], 0),
    arrived: ARRIVED.reduce((sum, verdict) => sum + all[verdict], 0),
    verified: all.verified,
    alteredByServer: all['altered-by-server'],
    thereBefore: all['there-before'],
    leftOut: all['left-out'],
    refused: all.refused,
    failed: all.failed,
    dkimIntact,
    dkimBroken,
    folders: [...folders.values()],
  }
}

const noTally = (): Tally => ({
  verified: 0,
  'altered-by-server': 0,
  'there-before': 0,
  'left-out': 0,
  refused: 0,
  failed: 0,
})

const TONES: Readonly<Record<Verdict, Tone>> = {
  verified: 'good',
  'altered-by-server': 'doubtful',
  'there-before': 'plain',
  'left-out': 'quiet',
  refused: 'bad',
  failed: 'bad',
}

const PROOF_COLUMNS = [
  'store',
  'folder',
  'locator',
  'toStore',
  'toFolder',
  'toLocator',
  'id',
  'digest',
  'size',
  'date',
  'received',
  'verdict',
  'detail',
  'dkimBefore',
  'dkimAfter',
] as const

const proofObject = (row: ProofRow) => ({
  ...row,
  date: formatDate(row.date),
  received: formatDate(row.received),
})

function heading({ source, arrived, leftOut, refused, failed }: ProofSummary): string {
  const told = [
    `${formatCount(arrived)} arrived`,
    ...(leftOut > 0 ? [`${formatCount(leftOut)} left out`] : []),
    ...(refused > 0 ? [`${formatCount(refused)} refused`] : []),
    ...(failed > 0 ? [`${formatCount(failed)} failed`] : []),
  ]
  return `${countOf(source, 'message')} in the source: ${told.join(', ')}.`
}

function closing({ verified, alteredByServer, thereBefore, dkimIntact, dkimBroken }: ProofSummary): string {
  const signed = dkimIntact + dkimBroken
  const dkim =
    signed === 0
      ? ''
      : ` Of ${countOf(signed, 'intact DKIM-signed body', 'intact DKIM-signed bodies')}, ${dkimIntact} still hold.`
  return `Of those that arrived, ${formatCount(verified)} were read back and are the same, ${formatCount(alteredByServer)} were altered by the target, ${formatCount(thereBefore)} were there before.${dkim}`
}

const folderLine = ({ store, folder, tally }: FolderProof): TableLine => {
  const bad = tally.refused + tally.failed
  const counts = VERDICTS.map((verdict) => (tally[verdict] === 0 ? '' : formatCount(tally[verdict])))
  const messages = VERDICTS.reduce((sum, verdict) => sum + tally[verdict], 0)
  return { cells: [folder, formatCount(messages), ...counts, store], tone: bad > 0 ? 'bad' : 'plain' }
}

/** The certificate of a migration: a row for each message of the sources. */
export const proofReport: ReportKind<ProofSummary, ProofRow> = {
  command: 'migrate-proof',
  rowsKey: 'messages',
  title: 'What arrived',
  rowNoun: ['message', 'messages'],
  toJson: proofObject,
  csvColumns: PROOF_COLUMNS,
  toCsv: (row) => {
    const shown = proofObject(row)
    return [PROOF_COLUMNS.map((column) => shown[column])]
  },
  columns: [
    { head: 'folder', align: 'left', shrinks: true },
    { head: 'locator', align: 'left', shrinks: true },
    { head: 'to', align: 'left', shrinks: true },
    { head: 'date (UTC)', align: 'left', shrinks: false },
    { head: 'digest', align: 'left', shrinks: true },
    { head: 'verdict', align: 'left', shrinks: false },
    { head: 'detail', align: 'left', shrinks: true },
    { head: 'store', align: 'left', shrinks: true, yields: true },
  ],
  toTable: ({ store, folder, locator, toFolder, toLocator, date, digest, verdict, detail }) => {
    const to = [toFolder ?? '', toLocator ?? ''].filter(Boolean).join(' ')
    const cells = [folder, locator, to, formatDate(date) ?? '', digest ?? '', verdict, detail, store]
    return [{ cells, tone: TONES[verdict] }]
  },
  countRows: ({ source }) => source,
  overview: {
    columns: [
      { head: 'folder', align: 'left', shrinks: true },
      { head: 'messages', align: 'right', shrinks: false },
      ...VERDICTS.map((head) => ({ head, align: 'right', shrinks: false }) as const),
      { head: 'store', align: 'left', shrinks: true, yields: true },
    ],
    rowNoun: ['folder', 'folders'],
    rows: ({ folders }) => folders.map((folder) => [folderLine(folder)]),
  },
  summaryToJson: ({ folders: _folders, ...counts }) => counts,
  heading,
  closing,
  hasFound: ({ source, arrived }) => source > arrived,
}
