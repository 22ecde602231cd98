import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeWorkplace, type Workplace } from '../support/run-program.js'

/** Enough mail, and of sizes enough, that threads are started for it and that some of it finds no room in their memory. */
function message(n: number): string {
  const lines = [`From: a${n}@example.org`, `Date: Tue, 4 Jan 2011 16:44:${String(n % 60).padStart(2, '0')} +0100`]
  if (n % 50 !== 0) lines.push(`Message-ID: <${n % 400}@example.org>`)
  lines.push(`Subject: =?utf-8?q?caf=C3=A9?= ${n}`, '', 'From here on'.repeat(n % 7), '>From there')
  const size = n % 100 === 7 ? 3_000_000 : n % 10 === 3 ? 60_000 : 500
  lines.push(`${n % 390} ${'x'.repeat(70)}\n`.repeat(size / 74))
  return lines.join(n % 3 === 0 ? '\r\n' : '\n')
}

describe('--jobs', () => {
  let place: Workplace
  beforeAll(async () => {
    place = await makeWorkplace()
    const messages = Array.from({ length: 1_200 }, (_, n) => message(n))
    const separated = messages.map(
      (text) => `From a@b Tue Jan  4 16:44:27 2011\n${text.replace(/^From /gm, '>From ')}\n\n`,
    )
    writeFileSync(join(place.path, 'old.mbox'), separated.join(''))
    for (const name of ['cur', 'new', 'tmp']) mkdirSync(join(place.path, 'md', name), { recursive: true })
    messages.forEach((text, n) => {
      writeFileSync(join(place.path, 'md', 'cur', `17000${n}.M${n}.host:2,${n % 2 === 0 ? 'S' : ''}`), text)
    })
  })
  afterAll(() => place[Symbol.asyncDispose]())

  const result = async (...args: string[]): Promise<string> => {
    const { status, stdout, stderr } = await place.run([...args, '--json', '--no-cache'])
    expect(stderr).not.toMatch(/error/)
    expect(status).toBe(0)
    return stdout.replace(/"generatedAt":\s*"[^"]*"/, '')
  }

  it.each(['mbox:old.mbox', 'maildir:md'])('changes nothing of a result: %s', async (store) => {
    const alone = await result('dupes', store, '--jobs', '1')
    expect(JSON.parse(alone.replace(/,\s*,/, ',')).summary.messages).toBe(1_200)
    for (const jobs of ['2', '4']) expect(await result('dupes', store, '--jobs', jobs)).toBe(alone)
    expect(await result('list', store)).toBe(await result('list', store, '--jobs', '1'))
  })

  it('is not asked which of two names of one store counts, nor in what order problems stand', async () => {
    const args = ['dupes', 'md', 'missing', 'maildir:md', 'maildir:gone', '--json', '--no-cache']
    const documents = await Promise.all(
      ['1', '2', '4'].map(async (jobs) => JSON.parse((await place.run([...args, '--jobs', jobs])).stdout)),
    )
    for (const { stores, problems } of documents) {
      expect(stores.map(({ name }: { name: string }) => name)).toEqual(['md'])
      expect(problems.map(({ store }: { store: string }) => store)).toEqual(['missing', 'maildir:gone'])
    }
  })
})
