import { statSync } from 'node:fs'
import { type ErrorCode, EXIT, type ExitStatus, gravest, MbauditError, type Problem, UsageError } from '../errors.js'
import { type ScannedStore, type ScanOptions, scanStore } from '../index/scan.js'
import type { StoreLine } from '../report/report.js'
import { openStore } from '../stores/drivers.js'
import { folderFilter } from '../stores/folder-globs.js'
import { THIS_THREAD } from '../stores/readers.js'
import type { Store, StoreSpec } from '../stores/store.js'
import { ThreadReaders } from '../stores/thread-readers.js'
import type { ChosenStore } from './choose-stores.js'
import { throwIfInterrupted } from './interruption.js'
import { wantedFolders } from './wanted-folders.js'

/** How the chosen stores are scanned. */
export interface ScanPlan extends Omit<ScanOptions, 'wanted' | 'readers'> {
  readonly folders: readonly string[]
  readonly notFolders: readonly string[]
  /** How many threads read mail, and how many accounts are read at the same time. */
  readonly jobs: number
  readonly log: (line: string) => void
  readonly note: (line: string) => void
  /** Whether a store that cannot be opened or scanned ends it all: no plan is made of what is left. */
  readonly needsAll?: boolean
  /** Called when all stores are open and none is scanned yet. */
  readonly whenOpen?: (stores: readonly Store[]) => Promise<void>
}

/** A store that was scanned and stays open. */
export interface OpenScan {
  readonly store: Store
  readonly scanned: ScannedStore
  /** The folders that the run is about. */
  readonly wanted: ScanOptions['wanted']
}

/** The stores of a run with their indexes up to date. Closing it closes all of them. */
export interface ScannedStores extends AsyncDisposable {
  readonly scans: readonly ScannedStore[]
  /** The same, with the stores themselves. */
  readonly open: readonly OpenScan[]
  readonly lines: readonly StoreLine[]
  /** What could not be read, of all stores; look at it last. */
  problems(): Problem[]
  /** What the stores alone make of the run's exit status; look at it last. */
  status(): ExitStatus
}

/** A store that was chosen, and how far the run has come with it. */
interface Attempt {
  readonly chosen: ChosenStore
  /** null: not opened, or an earlier one under another name. */
  store: Store | null
  scan: OpenScan | null
  failure: MbauditError | null
  /** What kept it from being opened, until its turn comes. */
  thrown: unknown
}

/**
 * Resolves and opens the stores in their order, and scans them, accounts side by side. One that cannot be opened is a problem, and the
 * others are scanned all the same. Which of two names of one store counts never depends on how fast either is opened.
 *
 * @throws MbauditError of the first store when none could be opened
 */
export async function scanStores(chosen: readonly ChosenStore[], plan: ScanPlan): Promise<ScannedStores> {
  const attempts = chosen.map(
    (store): Attempt => ({ chosen: store, store: null, scan: null, failure: null, thrown: null }),
  )
  using threads = new ThreadReaders(plan.jobs - 1)
  const readers = plan.jobs > 1 ? threads : THIS_THREAD
  try {
    const seen = new Map<string, ChosenStore>()
    await inParallel(attempts, plan.jobs, (attempt) => openOne(attempt, plan))
    for (const attempt of attempts) await noteFailure(attempt, plan, () => countOnce(attempt, plan, seen))
    await plan.whenOpen?.(attempts.map(({ store }) => store).filter((store) => store !== null))
    const scan = (attempt: Attempt) => noteFailure(attempt, plan, () => scanOne(attempt, { ...plan, readers }))
    await inParallel(queuesOf(attempts), plan.jobs, async (queue) => {
      for (const attempt of queue) await scan(attempt)
    })
  } catch (error) {
    await closeAll(attempts)
    throw error
  }
  const done = attempts.map(({ scan }) => scan).filter((scan) => scan !== null)
  const failed = attempts.map(({ failure }) => failure).filter((failure) => failure !== null)
  const [first] = failed
  if (done.length === 0 && first !== undefined) throw first
  noteUnmatched(done, plan)
  return gathered(done, failed)
}

/** Accounts are waited for side by side; stores on disk come one after the other, since one thread writes all their rows. */
function queuesOf(attempts: readonly Attempt[]): readonly (readonly Attempt[])[] {
  const isAccount = ({ store }: Attempt): boolean => store?.spec.type === 'imap'
  return [attempts.filter((each) => !isAccount(each)), ...attempts.filter(isAccount).map((each) => [each])]
}

/** One store's trouble keeps no other from being read. */
const isTroubleOfStore = ({ exitStatus }: MbauditError): boolean =>
  exitStatus === EXIT.store || exitStatus === EXIT.partial

async function noteFailure(attempt: Attempt, plan: ScanPlan, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof MbauditError) || !isTroubleOfStore(error) || plan.needsAll === true) throw error
    plan.log(`${attempt.chosen.name}: ${error.code} ${error.message}`)
    attempt.failure = error
    await attempt.store?.[Symbol.asyncDispose]()
    attempt.store = null
  }
}

async function inParallel<T>(items: readonly T[], jobs: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values()
  const worker = async () => {
    for (const item of waiting) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(jobs, items.length) }, worker))
}

/** What goes wrong is told when the store's turn comes. */
async function openOne(attempt: Attempt, plan: ScanPlan): Promise<void> {
  const { name, resolve } = attempt.chosen
  try {
    throwIfInterrupted()
    const spec = await resolve()
    attempt.store = await (attempt.chosen.open ?? openStore)(spec)
    plan.log(`${name}: opened, ${spec.type}`)
  } catch (error) {
    attempt.thrown = error
  }
}

/** @param seen - the stores that come before it, by what they are */
async function countOnce(attempt: Attempt, plan: ScanPlan, seen: Map<string, ChosenStore>): Promise<void> {
  const { chosen, store, thrown } = attempt
  if (store === null) throw thrown
  const before = seen.get(store.identity)
  if (before === undefined) return void seen.set(store.identity, chosen)
  attempt.store = null
  await store[Symbol.asyncDispose]()
  requireSameFolders(chosen, before)
  plan.note(`${chosen.name} is ${before.name} under another name; it is counted once`)
}

async function scanOne(attempt: Attempt, plan: ScanPlan & Pick<ScanOptions, 'readers'>): Promise<void> {
  const { chosen, store } = attempt
  if (store === null) return
  throwIfInterrupted()
  const began = plan.now()
  const { wanted, requireFolder } = wantedFolders(chosen, plan)
  const scanned = await scanStore(store, { ...plan, wanted })
  if (scanned.problems.length === 0) await requireFolder(scanned)
  attempt.scan = { store, scanned, wanted }
  for (const note of scanned.notes) plan.note(`${chosen.name}: ${note}`)
  plan.log(`${chosen.name}: scanned in ${Math.round(plan.now() - began)} ms, ${JSON.stringify(scanned.summary)}`)
}

/** @throws UsageError when two names are of one store, and of other folders of it */
function requireSameFolders(chosen: ChosenStore, before: ChosenStore): void {
  const foldersOf = ({ folders, notFolders }: ChosenStore) => JSON.stringify([folders, notFolders])
  if (foldersOf(chosen) === foldersOf(before)) return
  throw new UsageError(
    `${before.name} and ${chosen.name} name other folders of one account`,
    'Name it once, and its folders by --folder.',
  )
}

/** A mistyped name must not look like a folder without mail. */
function noteUnmatched(scans: readonly OpenScan[], plan: ScanPlan): void {
  const folders = scans.flatMap(({ scanned }) => scanned.folders.map(({ folder }) => folder))
  for (const glob of plan.folders) {
    const matches = folderFilter([glob], [])
    if (!folders.some(matches)) plan.note(`--folder ${glob} matches no folder that was read`)
  }
}

async function closeAll(
  open: readonly { readonly store: Store | null; readonly scan: OpenScan | null }[],
): Promise<void> {
  for (const { store, scan } of open) {
    await scan?.scanned[Symbol.asyncDispose]()
    await store?.[Symbol.asyncDispose]()
  }
}

function gathered(open: readonly OpenScan[], failed: readonly MbauditError[]): ScannedStores {
  const problems = () => [...failed.map(problemOf), ...open.flatMap(({ scanned }) => scanned.problems)]
  return {
    scans: open.map(({ scanned }) => scanned),
    open,
    lines: open.map(({ store, scanned }) => storeLine(store.spec, scanned)),
    problems,
    status: () => gravest(failed.length > 0 ? EXIT.store : EXIT.ok, problems().length > 0 ? EXIT.partial : EXIT.ok),
    [Symbol.asyncDispose]: () => closeAll(open.map((scan) => ({ store: scan.store, scan }))),
  }
}

function storeLine(spec: StoreSpec, { summary }: ScannedStore): StoreLine {
  return {
    name: spec.name,
    type: spec.type,
    folders: summary.folders,
    messages: summary.messages,
    bytes: summary.bytes,
  }
}

function problemOf(error: MbauditError): Problem {
  const { store = '', folder = null, locator = null } = error.place
  const code: ErrorCode = error.code
  return { code, store, folder, locator, message: error.message }
}

/** The octets that a scan of these stores reads at most; null where only the scan itself can tell. */
export async function octetsToRead(chosen: readonly ChosenStore[]): Promise<number | null> {
  let total = 0
  for (const store of chosen) {
    const spec = await store.resolve().catch(() => null)
    const stats = spec?.type === 'mbox' ? statSync(spec.path, { throwIfNoEntry: false }) : undefined
    if (!stats?.isFile()) return null
    total += stats.size
  }
  return total
}
