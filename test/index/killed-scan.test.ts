import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listMessages } from '../../src/audit/listing.js'
import { openStore } from '../../src/stores/drivers.js'
import type { StoreSpec } from '../../src/stores/store.js'
import { scan } from '../support/scanning.js'

const MESSAGES = 12_000
const DIST = new URL('../../dist/src', import.meta.url).href

let home: string
let spec: StoreSpec
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'mbaudit-killed-'))
  spec = { name: 'killed', type: 'maildir', path: join(home, 'mail'), options: {} }
  for (const sub of ['cur', 'new', 'tmp']) mkdirSync(join(spec.path, sub), { recursive: true })
  for (let nth = 0; nth < MESSAGES; nth++)
    writeFileSync(join(spec.path, 'cur', `1700000000.M${nth}P1.host:2,S`), `Message-ID: <${nth}@x>\n\ntext ${nth}\n`)
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** Scans in a process of its own, which kills itself without a warning after so many messages. */
async function scanAndDie(cacheDirectory: string, after: number): Promise<void> {
  const script = `
    const { openStore } = await import('${DIST}/stores/drivers.js')
    const { scanStore } = await import('${DIST}/index/scan.js')
    let left = ${after}
    await scanStore(await openStore(${JSON.stringify(spec)}), {
      cacheDirectory: ${JSON.stringify(cacheDirectory)}, rebuild: false, wanted: () => true, keepSubjects: true, now: () => 0,
      signal: new AbortController().signal,
      onProgress: ({ messages }) => { if ((left -= messages) < 0) process.kill(process.pid, 'SIGKILL') },
    })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' })
  const [, signal] = await once(child, 'exit')
  expect(signal).toBe('SIGKILL')
}

async function scanAndList(cacheDirectory: string | null) {
  await using store = await openStore(spec)
  await using scanned = await scan(store, { cacheDirectory })
  const { summary, rows } = await listMessages([scanned.index])
  return { scan: scanned.summary, summary, rows: [...rows()].map(({ row: _, ...copy }) => copy) }
}

it.each([500, 11_500])('killed after %i messages, the next scan says what is there', async (after) => {
  const cacheDirectory = join(home, `cache-${after}`)
  await scanAndDie(cacheDirectory, after)
  const { scan: counts, ...told } = await scanAndList(cacheDirectory)
  const { scan: _, ...expected } = await scanAndList(null)
  expect(told).toEqual(expected)
  expect(counts.messages).toBe(MESSAGES)
})
