import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { isToBeTested } from '../support/daemon.js'
import { makeWorkplace } from '../support/run-program.js'
import { startSmallImap } from '../support/small-imap.js'
import { hasScript } from '../support/terminal.js'

const PROGRAM = fileURLToPath(new URL('../../bin/mbaudit.js', import.meta.url))

/** Runs the program on a terminal of its own; `typed` is typed once a password is asked for. */
async function onTerminal(command: string, typed: string): Promise<{ status: number | null; shown: string }> {
  await using place = await makeWorkplace()
  const env = { PATH: process.env.PATH ?? '', HOME: place.home, NO_COLOR: '1', TERM: 'dumb', COLUMNS: '100' }
  const args = ['-qec', `${process.execPath} ${PROGRAM} ${command}`, '/dev/null']
  const child = spawn('script', args, { cwd: place.path, env, stdio: 'pipe' })
  let shown = ''
  child.stdout.on('data', (octets: Buffer) => {
    const isFirst = !shown.includes('Password of ')
    shown += octets.toString()
    if (isFirst && shown.includes('Password of ')) child.stdin.write(typed)
  })
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { status, shown }
}

describe.runIf(isToBeTested(hasScript))('a password is asked for on a terminal', () => {
  it('once, and not shown', async () => {
    await using server = await startSmallImap({ secret: () => 'open sesame' })
    const at = `imap://alice@127.0.0.1:${server.port}/`
    const { shown } = await onTerminal(`doctor ${at}`, 'wrong\u0015open sesamx\u007fe\r')
    expect(shown.match(/Password of alice@127\.0\.0\.1: /g)).toHaveLength(1)
    expect(shown).toContain('alice is let in by password')
    expect(shown).not.toMatch(/sesam|wrong/)
  })

  it('and Ctrl-C there ends the run', async () => {
    await using server = await startSmallImap({})
    const { status, shown } = await onTerminal(`list imap://alice@127.0.0.1:${server.port}/`, '\u0003')
    expect([status, shown]).toEqual([130, expect.stringContaining('interrupted')])
  })
})
