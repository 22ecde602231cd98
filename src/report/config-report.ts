import type { ReportKind } from './report.js'
import { countOf } from './wording.js'

export interface ConfigSummary {
  /** Absolute; null where there is none. */
  readonly file: string | null
  readonly stores: number
  readonly channels: number
}

/** A store or a channel as the configuration has it; never with a password. */
export interface ConfiguredRow {
  readonly name: string
  readonly kind: 'store' | 'channel'
  /** The store's type, or the channel's mode. */
  readonly type: string
  /** An absolute path, an account, or the two stores of a channel. */
  readonly place: string
  readonly folders: readonly string[]
  readonly notFolders: readonly string[]
  /** What else is set, as `key=value`. */
  readonly settings: readonly string[]
}

const counted = ({ stores, channels }: ConfigSummary) => `${countOf(stores, 'store')}, ${countOf(channels, 'channel')}`

/** What the configuration says, resolved. */
export const configShowReport: ReportKind<ConfigSummary, ConfiguredRow> = {
  command: 'config-show',
  rowsKey: 'configured',
  title: 'Configuration',
  rowNoun: ['entry', 'entries'],
  toJson: ({ name, kind, type, place, folders, notFolders, settings }) => ({
    name,
    kind,
    type,
    place,
    folders,
    notFolders,
    settings,
  }),
  csvColumns: ['name', 'kind', 'type', 'place', 'folders', 'notFolders', 'settings'],
  toCsv: ({ name, kind, type, place, folders, notFolders, settings }) => [
    [name, kind, type, place, folders.join(' '), notFolders.join(' '), settings.join(' ')],
  ],
  columns: [
    { head: 'name', align: 'left', shrinks: true },
    { head: 'kind', align: 'left', shrinks: false },
    { head: 'type', align: 'left', shrinks: false },
    { head: 'place', align: 'left', shrinks: true, wraps: true },
    { head: 'settings', align: 'left', shrinks: true, wraps: true },
  ],
  toTable: ({ name, kind, type, place, folders, notFolders, settings }) => {
    const chosen = [...folders.map((glob) => `folder=${glob}`), ...notFolders.map((glob) => `not-folder=${glob}`)]
    return [{ cells: [name, kind, type, place, [...chosen, ...settings].join(' ')], tone: 'plain' }]
  },
  countRows: ({ stores, channels }) => stores + channels,
  heading: (summary) =>
    summary.file === null ? 'There is no configuration.' : `${summary.file}: ${counted(summary)}.`,
  closing: ({ file }) =>
    file === null ? 'mbaudit config init writes one.' : 'A command that names no store is about all of these stores.',
  hasFound: () => false,
}

export const configCheckReport: typeof configShowReport = {
  ...configShowReport,
  command: 'config-check',
  title: 'Configuration check',
  heading: (summary) =>
    summary.file === null ? 'There is no configuration.' : `${summary.file}: ${counted(summary)}, no mistake.`,
}

export const configInitReport: typeof configShowReport = {
  ...configShowReport,
  command: 'config-init',
  title: 'New configuration',
  heading: (summary) => `${summary.file} was written: ${countOf(summary.stores, 'store')} found here.`,
  closing: ({ stores }) =>
    stores === 0 ? 'Name your stores in it, then: mbaudit config check.' : 'Look at it, then: mbaudit scan.',
}
