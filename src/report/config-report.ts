import type { ReportKind } from './report.js'
import { countOf } from './wording.js'

export interface ConfigSummary {
  /** Absolute; null where there is none. */
  readonly file: string | null
  readonly stores: number
  readonly channels: number
  /** Rules of `check` that are graded. */
  readonly rules: number
}

/** A store, a channel, a group of channels or a rule as the configuration has it; never with a password. */
export interface ConfiguredRow {
  readonly name: string
  readonly kind: 'store' | 'channel' | 'group' | 'rule'
  /** The store's type, the channel's mode, or how the rule is graded; empty for a group. */
  readonly type: string
  /** An absolute path, an account, the two stores of a channel, or the channels of a group; empty for a rule. */
  readonly place: string
  readonly folders: readonly string[]
  readonly notFolders: readonly string[]
  /** What else is set, as `key=value`. */
  readonly settings: readonly string[]
}

const counted = ({ stores, channels, rules }: ConfigSummary) =>
  `${countOf(stores, 'store')}, ${countOf(channels, 'channel')}${rules > 0 ? `, ${countOf(rules, 'rule')}` : ''}`

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
  countRows: ({ stores, channels, rules }) => stores + channels + rules,
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
