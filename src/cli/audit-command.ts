import { availableParallelism, homedir } from 'node:os'
import { Command } from '@oclif/core/command'
import { type Config, loadConfig } from '../config/config.js'
import { cacheDirectory } from '../config/paths.js'
import { EXIT, type ExitStatus, gravest, type Problem } from '../errors.js'
import type { StoreIndex } from '../index/store-index.js'
import type { ReportData, ReportKind } from '../report/report.js'
import { type ChosenStore, chooseStores, type StoreChoices } from './choose-stores.js'
import { type AccountFlags, type CommonFlags, commonFlags } from './flags.js'
import { interruption } from './interruption.js'
import { openMessages, type RunMessages } from './messages.js'
import { planOutputs, writeOutputs } from './outputs.js'
import { startProgress } from './progress.js'
import type { ScannedStores, ScanPlan } from './scan-stores.js'

/** What an audit answers: findings, and what else there is to say. */
export interface Answer<Summary, Row> {
  readonly summary: Summary
  rows(): Iterable<Row>
  readonly details?: Readonly<Record<string, unknown>>
  readonly footnotes?: readonly string[]
}

/** What a command asks of its stores, and how the answer is shown. */
export interface AuditRequest<Summary, Row> {
  readonly flags: CommonFlags & AccountFlags
  readonly stores: readonly string[]
  readonly report: ReportKind<Summary, Row>
  readonly ask: (indexes: readonly StoreIndex[], scanned: ScannedStores) => Promise<Answer<Summary, Row>>
  /** Looks at what was asked for before anything is read. */
  readonly check?: (stores: readonly ChosenStore[]) => void
  /** What is otherwise than the flags say when the stores are scanned. */
  readonly scan?: Partial<ScanPlan>
  /** What standard output gets in place of the table. */
  readonly instead?: () => Iterable<string>
}

/** A result that is come by without a scan. */
export interface TellRequest<Summary, Row> {
  readonly flags: CommonFlags
  readonly report: ReportKind<Summary, Row>
  /** The exit status that problems stand for. */
  readonly status: ExitStatus | ((problems: readonly Problem[]) => ExitStatus)
  readonly find: () => Promise<Answer<Summary, Row> & { readonly problems: readonly Problem[] }>
}

/** More threads than this do not make a scan faster: rows are written by one. */
const MOST_JOBS = 4

const runName = <S, R>(report: ReportKind<S, R>) => `mbaudit ${report.command.replace('-', ' ')}`

/** A command that gives a result: what all of them have in common. */
export abstract class AuditCommand extends Command {
  static override baseFlags = commonFlags

  protected loadConfig(flags: CommonFlags): Promise<Config> {
    return loadConfig({ named: flags.config, cwd: process.cwd(), env: process.env, home: homedir() })
  }

  /** Scans the stores, asks, and hands the answer on. */
  protected async audit<S, R>(request: AuditRequest<S, R>): Promise<void> {
    const { flags, stores, report, ask } = request
    const outputs = planOutputs(flags, process.cwd())
    using messages = openMessages(runName(report), flags)
    const chosen = await chooseStores(stores, await this.loadConfig(flags), storeChoices(flags, messages))
    request.check?.(chosen)
    const { octetsToRead, scanStores } = await import('./scan-stores.js')
    const octets = flags.progress === 'none' ? null : await octetsToRead(chosen)
    const total = octets === null ? null : { octets, steps: null }
    const progress = startProgress(flags.progress, flags.quiet, total, Date.now)
    messages.beforeEach(progress.clear)
    await using scanned = await scanStores(chosen, {
      folders: flags.folder ?? [],
      notFolders: flags['not-folder'] ?? [],
      jobs: flags.jobs ?? Math.min(availableParallelism(), MOST_JOBS),
      cacheDirectory: flags['no-cache'] ? null : cacheDirectory(process.env, homedir()),
      rebuild: flags.rebuild,
      keepSubjects: !flags['no-subjects'],
      bodies: flags.full ? 'all' : flags['no-bodies'] ? 'none' : 'needed',
      onProgress: progress.add,
      now: Date.now,
      signal: interruption,
      log: messages.log,
      note: messages.note,
      ...request.scan,
    })
    const indexes = scanned.scans.map(({ index }) => index)
    if (flags.full) for (const index of indexes) await index.needWires()
    const answer = await ask(indexes, scanned)
    progress.clear()
    const data = { ...reportData(answer, report, flags), stores: scanned.lines, problems: scanned.problems() }
    await writeOutputs(outputs, report, data, request.instead)
    this.finish(messages, report, { ...data, problems: scanned.problems() }, flags, scanned.status())
  }

  /** Finds an answer that no index is asked for, and hands it on. */
  protected async tell<S, R>({ flags, report, status, find }: TellRequest<S, R>): Promise<void> {
    const outputs = planOutputs(flags, process.cwd())
    using messages = openMessages(runName(report), flags)
    const answer = await find()
    const data = { ...reportData(answer, report, flags), stores: [], problems: answer.problems }
    await writeOutputs(outputs, report, data)
    const stands = typeof status === 'function' ? status(answer.problems) : status
    this.finish(messages, report, data, flags, answer.problems.length > 0 ? stands : EXIT.ok)
  }

  /** Sums the run up and sets the exit status. */
  protected finish<S, R>(
    messages: RunMessages,
    report: ReportKind<S, R>,
    data: ReportData<S, R>,
    flags: CommonFlags,
    status: ExitStatus,
  ): void {
    const found = flags['exit-code'] && report.hasFound(data.summary) ? EXIT.found : EXIT.ok
    messages.sumUp(report.heading(data.summary, data.stores), data.problems)
    process.exitCode = gravest(status, found)
  }
}

/** What the flags say of the stores. */
export function storeChoices(flags: CommonFlags & AccountFlags, { note }: Pick<RunMessages, 'note'>): StoreChoices {
  const { jobs, retries, namespace } = flags
  return { cwd: process.cwd(), accounts: { jobs, retries, maxRate: flags['max-rate'], namespace }, note }
}

/** An answer as data for every format; without From and Subject where they are not wanted. */
export function reportData<S, R>(answer: Answer<S, R>, report: ReportKind<S, R>, flags: CommonFlags) {
  const blank = flags['no-subjects'] ? report.withoutSubjects : undefined
  return {
    ...answer,
    generatedAt: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    rows: blank === undefined ? () => answer.rows() : () => mapRows(answer.rows(), blank),
  }
}

function* mapRows<R>(rows: Iterable<R>, change: (row: R) => R): Iterable<R> {
  for (const row of rows) yield change(row)
}
