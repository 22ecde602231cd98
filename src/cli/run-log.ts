import { closeSync, openSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { UsageError } from '../errors.js'
import { requireNoMail } from './save-targets.js'

/** What happened in a run, for `--log-file`: a line each, with its time. Subjects never stand in it. */
export interface RunLog extends Disposable {
  write(line: string): void
}

/**
 * @param first - what stands at its beginning
 * @param onLost - told once, when nothing can be written to it any more: the run goes on without
 * @throws UsageError when the file cannot be appended to
 */
export function openRunLog(
  name: string | undefined,
  cwd: string,
  first: string,
  onLost: (why: string) => void,
): RunLog {
  if (name === undefined) return { write: () => {}, [Symbol.dispose]: () => {} }
  requireNoMail(`--log-file ${name}`, resolve(cwd, name))
  const file = openLog(resolve(cwd, name), name)
  const append = (line: string): void => {
    writeSync(file, `${new Date().toISOString()} [${process.pid}] ${line.replaceAll('\n', ' ')}\n`)
  }
  try {
    append(first)
  } catch (cause) {
    closeSync(file)
    throw cannotLog(name, cause)
  }
  let isLost = false
  return {
    write: (line) => {
      if (isLost) return
      try {
        append(line)
      } catch (cause) {
        isLost = true
        onLost(`--log-file ${name} cannot be written any more: ${wordsOf(cause)}`)
      }
    },
    [Symbol.dispose]: () => closeSync(file),
  }
}

const wordsOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

const cannotLog = (name: string, cause: unknown): UsageError =>
  new UsageError(`--log-file ${name} cannot be written: ${wordsOf(cause)}`, 'Name a file in a folder that is there.')

function openLog(path: string, name: string): number {
  try {
    return openSync(path, 'a', 0o600)
  } catch (cause) {
    throw cannotLog(name, cause)
  }
}
