import { closeSync, openSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { UsageError } from '../errors.js'

/** What happened in a run, for `--log-file`: a line each, with its time. Subjects never stand in it. */
export interface RunLog extends Disposable {
  write(line: string): void
}

/** @throws UsageError when the file cannot be appended to */
export function openRunLog(name: string | undefined, cwd: string): RunLog {
  if (name === undefined) return { write: () => {}, [Symbol.dispose]: () => {} }
  const file = openLog(resolve(cwd, name), name)
  return {
    write: (line) => {
      writeSync(file, `${new Date().toISOString()} [${process.pid}] ${line.replaceAll('\n', ' ')}\n`)
    },
    [Symbol.dispose]: () => closeSync(file),
  }
}

function openLog(path: string, name: string): number {
  try {
    return openSync(path, 'a', 0o600)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new UsageError(`--log-file ${name} cannot be written: ${why}`, 'Name a file in a folder that is there.')
  }
}
