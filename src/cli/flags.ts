import { Args, Flags, type Interfaces } from '@oclif/core'
import { UsageError } from '../errors.js'

/** The stores that a command is about; none means all of the configuration. */
export const storeArgs = {
  store: Args.string({
    multiple: true,
    ignoreStdin: true,
    description:
      'a name from the configuration, a URL (maildir:PATH, mbox:PATH, mh:PATH, eml:PATH) or a path; none: all of the configuration',
  }),
}

/** Reads the N of `--jobs`. */
async function parseJobs(text: string): Promise<number> {
  const jobs = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (jobs < 1) throw new UsageError(`--jobs ${text} is no number of jobs`, 'Give a whole number from 1 to 999.')
  return jobs
}

/** Reads the N of `--limit`; `all` is Infinity. */
async function parseLimit(text: string): Promise<number> {
  if (text === 'all') return Number.POSITIVE_INFINITY
  if (!/^\d{1,9}$/.test(text))
    throw new UsageError(`--limit ${text} is no number of rows`, 'Give a whole number, or all.')
  return Number(text)
}

const repeatable = { multiple: true, multipleNonGreedy: true } as const

/** The flags that every command understands. */
export const commonFlags = {
  config: Flags.string({ helpValue: 'FILE', description: 'the configuration file to use' }),
  json: Flags.boolean({ description: 'print the result as JSON (docs/schemas)', exclusive: ['csv'] }),
  csv: Flags.boolean({ description: 'print the result as CSV' }),
  save: Flags.string({
    ...repeatable,
    helpValue: 'FILE',
    description: 'write the whole result to a file too: .csv, .json, .ndjson or .html by its ending; may be repeated',
  }),
  folder: Flags.string({
    ...repeatable,
    helpValue: 'GLOB',
    description: 'only these folders; * within a level, ** across levels; may be repeated',
  }),
  'not-folder': Flags.string({ ...repeatable, helpValue: 'GLOB', description: 'not these folders; may be repeated' }),
  jobs: Flags.custom<number>({ parse: parseJobs, helpValue: 'N' })({
    description: 'threads that read mail, and stores read at the same time [default: one a core, at most 4]',
  }),
  rebuild: Flags.boolean({ description: 'forget what the index knew of these stores' }),
  'no-cache': Flags.boolean({ description: 'keep no index' }),
  'no-subjects': Flags.boolean({ description: 'keep From and Subject out of index and results' }),
  progress: Flags.option({ options: ['auto', 'none', 'json'] as const })({
    default: 'auto',
    description: 'auto: a line on a terminal; json: a JSON line a second on standard error',
  }),
  quiet: Flags.boolean({ description: 'only problems and errors on standard error' }),
  'log-file': Flags.string({ helpValue: 'FILE', description: 'append what happens, with times' }),
  limit: Flags.custom<number>({ parse: parseLimit, helpValue: 'N|all' })({
    description: 'rows that a table shows; CSV, JSON and files hold all [default: 50]',
  }),
  'exit-code': Flags.boolean({ description: 'exit with status 1 if something was found' }),
}

export type CommonFlags = Interfaces.InferredFlags<typeof commonFlags>
