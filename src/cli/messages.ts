import type { Problem } from '../errors.js'
import { showVisibly } from '../report/visible-text.js'
import { countOf, formatDuration } from '../report/wording.js'
import type { CommonFlags } from './flags.js'
import { openRunLog } from './run-log.js'

/** What a run says beside its result: on standard error, and in the log. */
export interface RunMessages extends Disposable {
  /** What to do before each line on standard error: take the progress line away. */
  beforeEach(clear: () => void): void
  /** Takes the progress line away. */
  clear(): void
  readonly log: (line: string) => void
  readonly note: (line: string) => void
  /** The last lines: what could not be read, and the run in one sentence. */
  sumUp(heading: string, problems: readonly Problem[]): void
}

/** Standard error names no more problems than these; a result holds all. */
const PROBLEMS_SHOWN = 20

/** @param run - the command as it sums itself up: `mbaudit dupes` */
export function openMessages(run: string, flags: Pick<CommonFlags, 'quiet' | 'log-file'>): RunMessages {
  const began = Date.now()
  let clear = () => {}
  const say = (line: string) => {
    clear()
    process.stderr.write(`${showVisibly(line)}\n`)
  }
  const log = openRunLog(flags['log-file'], process.cwd(), `${run} began`, (why) => say(`note: ${why}`))
  return {
    beforeEach: (action) => {
      clear = action
    },
    clear: () => clear(),
    log: log.write,
    note: (line) => {
      log.write(line)
      if (!flags.quiet) say(`note: ${line}`)
    },
    sumUp: (heading, problems) => {
      for (const problem of problems) log.write(problemLine(problem))
      for (const problem of problems.slice(0, PROBLEMS_SHOWN)) say(problemLine(problem))
      const more = problems.length - PROBLEMS_SHOWN
      if (more > 0) say(`problem: ${countOf(more, 'more', 'more')}; --json and --save hold all`)
      const trouble = problems.length === 0 ? 'no problems' : countOf(problems.length, 'problem')
      const last = `${run}: ${heading.replace(/\.$/, '')}; ${trouble}; ${formatDuration(Date.now() - began)}`
      log.write(last)
      if (!flags.quiet || problems.length > 0) say(last)
    },
    [Symbol.dispose]: () => log[Symbol.dispose](),
  }
}

function problemLine({ code, store, folder, locator, message }: Problem): string {
  const place = [store, folder, locator].filter((part) => part !== null && part !== '').join(' ')
  return `problem: ${code} ${place}: ${message}`
}
