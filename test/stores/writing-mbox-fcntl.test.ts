import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { FcntlLocks } from '../../src/stores/mbox/writing-fcntl.js'

let place: string
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'mbaudit-fcntl-'))
})
afterAll(() => rmSync(place, { recursive: true, force: true }))

it('locks files that are asked for at the same time, each for itself, and frees them all at its end', async () => {
  const files = ['a', 'b', 'c'].map((name) => join(place, name))
  for (const file of files) writeFileSync(file, '')
  const others = new FcntlLocks()
  {
    using locks = new FcntlLocks()
    const answers = await Promise.all(files.map((file) => locks.lock(file)))
    if (answers.includes('none')) return expect(answers).toEqual(['none', 'none', 'none'])
    expect(answers).toEqual(['held', 'held', 'held'])
    expect(await Promise.all(files.map((file) => others.lock(file)))).toEqual(['busy', 'busy', 'busy'])
    await locks.free(files[1] ?? '')
    expect(await others.lock(files[1] ?? '')).toBe('held')
  }
  // Held by nobody once the other's program has ended, which only the lock itself tells.
  while ((await others.lock(files[0] ?? '')) !== 'held') await new Promise(setImmediate)
  others[Symbol.dispose]()
})
