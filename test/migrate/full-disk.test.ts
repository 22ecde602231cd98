import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Workbench } from '../support/applying.js'
import { ALL_FORMATS, compared, holds, localPlace, migrate } from '../support/migrating.js'
import { memoryPlace } from '../support/round-trip.js'
import { mail } from '../support/store-law.js'

/** A file system of 256 KiB; null where this user may make none. */
const small = mountSmall()
afterAll(() => {
  if (small === null) return
  execFileSync('umount', [small])
  rmSync(small, { recursive: true })
})

function mountSmall(): string | null {
  const path = mkdtempSync(join(tmpdir(), 'mbaudit-small-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', path], { stdio: 'ignore' })
    return path
  } catch {
    rmSync(path, { recursive: true })
    return null
  }
}

const numbers = Array.from({ length: 24 }, (_, n) => n)
const large = (n: number) => ({ raw: mail(n, `${'x'.repeat(20_000)}\n`), flags: [], received: 1_700_000_000 + n })
const SOURCE = memoryPlace({ INBOX: numbers.map(large), Work: [large(100), large(101)], Empty: [] })

describe.skipIf(small === null)('a target whose disk is full', () => {
  it.each(ALL_FORMATS)('(%s) is told of, with what was copied whole; with room again it goes on', async (format) => {
    using bench = new Workbench()
    const path = join(small ?? '', format)
    const target = localPlace(format, path)
    const { result } = await migrate(bench, SOURCE, target)
    expect(result?.ended).toBe('finished')
    expect(result?.failed).toBeGreaterThan(0)
    const codes = new Set([...(result?.failures ?? [])].map(({ code }) => code))
    expect([...codes].join()).toMatch(/^(QUOTA_EXCEEDED|UNREADABLE)(,(QUOTA_EXCEEDED|UNREADABLE))?$/)
    expect([...(result?.failures ?? [])].map(({ message }) => message).join()).toMatch(/no room is left/)
    const there = Object.values(await holds(target)).flat()
    expect(there).toHaveLength(result?.verified ?? 0)
    for (const { raw } of there) expect(raw).toContain('x'.repeat(20_000))
    execFileSync('mount', ['-o', 'remount,size=4m', small ?? ''])
    const second = await migrate(bench, SOURCE, target)
    expect(second.result).toMatchObject({ failed: 0, skipped: 0, open: 0 })
    expect(Object.values(await holds(target)).flat()).toHaveLength(26)
    expect(await compared(SOURCE, target)).toMatchObject({ inBoth: 26, missing: 0, extra: 0, copies: 0 })
    expect((await migrate(bench, SOURCE, target)).steps).toEqual([])
    rmSync(path, { recursive: true })
    execFileSync('mount', ['-o', 'remount,size=256k', small ?? ''])
  })
})
