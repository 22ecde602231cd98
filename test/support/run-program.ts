import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../../bin/mbaudit.js', import.meta.url))

export interface Run {
  /** null when a signal ended it. */
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A temporary home, with its own configuration and cache, in which the built program is run. */
export interface Workplace extends AsyncDisposable {
  /** The folder that the program is started in. */
  readonly path: string
  readonly home: string
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Run>
  start(args: readonly string[], env?: Readonly<Record<string, string>>): ChildProcessWithoutNullStreams
}

export async function makeWorkplace(): Promise<Workplace> {
  const root = await mkdtemp(join(tmpdir(), 'mbaudit-run-'))
  const path = join(root, 'work')
  const home = join(root, 'home')
  await mkdir(path)
  await mkdir(home)
  const base = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    XDG_CONFIG_HOME: join(root, 'config'),
    XDG_CACHE_HOME: join(root, 'cache'),
    XDG_STATE_HOME: join(root, 'state'),
    XDG_DATA_HOME: join(root, 'data'),
    TZ: 'Pacific/Chatham',
    NO_COLOR: '1',
  }
  const start: Workplace['start'] = (args, env = {}) =>
    spawn(process.execPath, [PROGRAM, ...args], { cwd: path, env: { ...base, ...env }, stdio: 'pipe' })
  return {
    path,
    home,
    start,
    run: (args, env) => finished(start(args, env)),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
}

/** Waits for the end of a program and hands back all that it wrote. */
export function finished(child: ChildProcessWithoutNullStreams): Promise<Run> {
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdin.end()
  child.stdout.on('data', (octets: Buffer) => stdout.push(octets))
  child.stderr.on('data', (octets: Buffer) => stderr.push(octets))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) =>
      resolve({ status, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    )
  })
}
