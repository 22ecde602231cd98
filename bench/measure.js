/** Measures whole processes: wall-clock seconds and peak resident memory. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

const POLL_MS = 10

export const isInstalled = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0

export const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]

/** The kernel's own high-water mark of a process; undefined once it is gone, or where there is no /proc. */
function peakOf(pid) {
  const status = `/proc/${pid}/status`
  if (!existsSync(status)) return undefined
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(status, 'utf8'))?.[1]
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024
  } catch {
    return undefined
  }
}

/**
 * Runs a command to its end with its output thrown away. A command that fails stops the benchmark.
 *
 * @param limit - seconds after which it is stopped: it took at least so long
 */
export function measure([command, ...args], env = {}, limit = Number.POSITIVE_INFINITY) {
  return new Promise((resolve, reject) => {
    const began = performance.now()
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } })
    let [megabytes, errors] = [0, '']
    let isStopped = false
    const poll = setInterval(() => {
      megabytes = Math.max(megabytes, peakOf(child.pid) ?? 0)
      isStopped ||= performance.now() - began > limit * 1000 && child.kill()
    }, POLL_MS)
    child.stderr.on('data', (text) => {
      errors += text
    })
    child.on('error', reject)
    child.on('close', (status) => {
      const seconds = (performance.now() - began) / 1000
      clearInterval(poll)
      if (status === 0 || isStopped) resolve({ seconds, megabytes })
      else reject(new Error(`${command} ${args.join(' ')} ended with ${status}\n${errors}`))
    })
  })
}

/**
 * Runs several commands in turn, `rounds` times over, so that what else the machine does falls on all of them alike.
 *
 * @returns by name, the median of the seconds and the largest peak of memory
 */
export async function alternate(commands, rounds) {
  const all = Object.fromEntries(Object.keys(commands).map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, { argv, env, before, limit }] of Object.entries(commands)) {
      before?.()
      all[name].push(await measure(argv, env, limit))
    }
  }
  return Object.fromEntries(
    Object.entries(all).map(([name, runs]) => [
      name,
      { seconds: median(runs.map((run) => run.seconds)), megabytes: Math.max(...runs.map((run) => run.megabytes)) },
    ]),
  )
}
