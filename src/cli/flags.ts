import type { Interfaces } from '@oclif/core'
import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { MAX_RATE_FORMS, parseMaxRate } from '../config/max-rate.js'
import { UsageError } from '../errors.js'
import type { MaxRate } from '../stores/imap/account.js'

/** The stores that a command is about; none means all of the configuration. */
export const storeArgs = {
  store: Args.string({
    multiple: true,
    ignoreStdin: true,
    description:
      'a name from the configuration, a URL (maildir:PATH, mbox:PATH, mh:PATH, eml:PATH, imaps://USER@HOST/) or a path; none: all of the configuration',
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
    description:
      'threads that read mail, and stores read at the same time [default: one a core, at most 4]; connections to one account [default: 4]',
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

/** Reads the N of `--retries`. */
async function parseRetries(text: string): Promise<number> {
  if (!/^\d{1,3}$/.test(text))
    throw new UsageError(`--retries ${text} is no number`, 'Give a whole number from 0 to 999.')
  return Number(text)
}

async function readMaxRate(text: string): Promise<Partial<MaxRate>> {
  const rate = parseMaxRate(text)
  if (rate === null) throw new UsageError(`--max-rate ${text} is no rate`, `It is ${MAX_RATE_FORMS}.`)
  return rate
}

/** The flags of commands that look into accounts. */
export const accountFlags = {
  namespace: Flags.option({ options: ['personal', 'shared', 'other', 'all'] as const })({
    description:
      "which folders of an account are meant: one's own, those shared by all, those of other users [default: personal]",
  }),
  retries: Flags.custom<number>({ parse: parseRetries, helpValue: 'N' })({
    description: 'how often a lost connection or a busy server is met with another try [default: 5]',
  }),
  'max-rate': Flags.custom<Partial<MaxRate>>({ parse: readMaxRate, helpValue: 'RATE' })({
    description: `the most that an account is asked for: ${MAX_RATE_FORMS}`,
  }),
}

/** The flags of commands that may ask an account for the bodies of its messages. */
export const bodyFlags = {
  ...accountFlags,
  full: Flags.boolean({
    description: 'read every message of an account in full, not headers alone',
    exclusive: ['no-bodies'],
  }),
  'no-bodies': Flags.boolean({ description: 'read headers alone from an account; what rests on bodies stays open' }),
}

/** The flags of commands that make a plan: what it rests on is read, whatever it costs. */
export const actBodyFlags = {
  ...accountFlags,
  full: Flags.boolean({ description: 'read every message of an account in full, not headers alone' }),
}

export type AccountFlags = Partial<Interfaces.InferredFlags<typeof bodyFlags>>
export type CommonFlags = Interfaces.InferredFlags<typeof commonFlags>
