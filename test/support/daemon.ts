import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A server of the tests: private, on loopback, in a temporary folder that goes with it. */
export interface TestServer extends AsyncDisposable {
  /** Without encryption, and STARTTLS. */
  readonly port: number
  /** TLS from the first octet. */
  readonly tlsPort: number
  readonly directory: string
  /** PEM text of the certificate, for `localhost` and 127.0.0.1. */
  readonly certificate: string
}

/** Where `scripts/install-test-servers.sh` unpacks the servers that cannot be installed beside each other. */
const UNPACKED = new URL('../../node_modules/.cache/mbaudit-test-servers/', import.meta.url)

/** The folder that stands for `/` to an unpacked server; null: it is not there. */
export function unpackedRoot(server: 'cyrus' | 'courier'): string | null {
  const root = new URL(server, UNPACKED)
  return existsSync(new URL(`${server}/.complete`, UNPACKED)) ? root.pathname : null
}

export const isRoot = process.getuid?.() === 0

/** In CI a server that is not there is a failure; elsewhere its tests are skipped, under a name that says how to get it. */
export function isToBeTested(isThere: boolean): boolean {
  return isThere || process.env.CI !== undefined
}

/**
 * A folder that daemons which give up root can pass through.
 *
 * @param inMemory - for a server that waits for the disk at each step: in memory, where there is such a place
 */
export function daemonDirectory({ inMemory = false } = {}): string {
  const parent = inMemory && existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
  const directory = mkdtempSync(join(parent, 'mbaudit-server-'))
  chmodSync(directory, 0o755)
  return directory
}

/** Free ports on loopback, held all at once and then let go. */
export async function freePorts(count: number): Promise<number[]> {
  const held = await Promise.all(Array.from({ length: count }, () => listen(createServer(), 0)))
  const ports = held.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(held.map(closeServer))
  return ports
}

/** @param where - a port of loopback, or the path of a socket that every user may connect to */
export function listen(server: Server, where: number | string): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    const listening = () => {
      if (typeof where === 'string') chmodSync(where, 0o777)
      resolve(server)
    }
    if (typeof where === 'string') server.listen(where, listening)
    else server.listen(where, '127.0.0.1', listening)
  })
}

export const closeServer = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()))

export interface Daemon {
  /** Ends it, with all that it started, and waits until it is gone. */
  stop(): Promise<void>
}

interface DaemonOptions {
  readonly directory: string
  readonly env?: Readonly<Record<string, string>>
  /** For a server that changes its user, which takes the death signal off it: an own process namespace dies with its first process. */
  readonly ownProcesses?: boolean
  /** Mounts of its own besides. */
  readonly ownMounts?: boolean
  readonly port: number
}

/** Starts a server and waits for its greeting. It dies with the process that started it, however that ends. */
export async function startDaemon(command: readonly string[], options: DaemonOptions): Promise<Daemon> {
  const log = join(options.directory, 'log')
  const output = openSync(log, 'a')
  const [program = '', ...args] = ['setpriv', '--pdeathsig', 'KILL', ...inNamespaces(command, options)]
  const child = spawn(program, args, {
    cwd: options.directory,
    stdio: ['ignore', output, output],
    detached: true,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...options.env },
  })
  closeSync(output)
  const daemon = { stop: () => endOf(child, options.directory) }
  try {
    await untilGreeting(options.port, child)
    return daemon
  } catch (error) {
    const said = readFileSync(log, 'utf8')
    await daemon.stop()
    throw new Error(`${command[0]} did not start: ${said}`, { cause: error })
  }
}

function inNamespaces(command: readonly string[], { ownProcesses, ownMounts }: DaemonOptions): readonly string[] {
  if (!ownProcesses) return command
  const mounts = ownMounts ? ['-m', '--propagation', 'private'] : []
  return ['unshare', '-p', '--fork', '--kill-child', ...mounts, '/bin/sh', '-c', '"$@" & wait', 'sh', ...command]
}

async function endOf(child: ChildProcess, directory: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
    const gone = new Promise((resolve) => child.once('exit', resolve))
    process.kill(-child.pid, 'SIGKILL')
    await gone
  }
  rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 })
}

const PATIENCE_MS = 15_000

async function untilGreeting(port: number, child: ChildProcess): Promise<void> {
  let failure: Error | null = null
  child.once('error', (error) => {
    failure = error
  })
  const end = Date.now() + PATIENCE_MS
  for (;;) {
    if (await greets(port)) return
    if (failure !== null) throw failure
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('it ended')
    if (Date.now() > end) throw new Error('it says nothing')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket: Socket = connect(port, '127.0.0.1')
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('data', (octets) => end(octets.toString('latin1').startsWith('* OK')))
    socket.on('error', () => end(false)).on('close', () => end(false))
    socket.setTimeout(5_000, () => end(false))
  })
}
