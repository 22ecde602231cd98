import { readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeWorkplace, type Workplace } from '../support/run-program.js'
import { writeMbox } from '../support/small-mail.js'

const GOLDEN = fileURLToPath(new URL('../golden/', import.meta.url))
const STORE = 'mbox:mail.mbox'
const RULES = ['no-message-id', 'reused-message-id', 'raw-8bit-header'].flatMap((name) => ['--rule', name])

let place: Workplace
beforeAll(async () => {
  place = await makeWorkplace()
  const path = await writeMbox(place.path, 'mail.mbox')
  await utimes(path, 1_709_200_800, 1_709_200_800)
})
afterAll(() => place[Symbol.asyncDispose]())

/** The one thing that two equal runs differ in. */
const settle = (text: string) => text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ(?="|<\/p>)/, '2024-03-01T00:00:00Z')

/** What the program prints, octet for octet; `UPDATE_GOLDEN=1` writes it anew. */
describe('output is as it was', () => {
  it.each([
    ['scan.txt', ['scan', STORE]],
    ['folders.txt', ['folders', STORE]],
    ['list.txt', ['list', STORE]],
    ['list.csv', ['list', STORE, '--csv']],
    ['list.json', ['list', STORE, '--json']],
    ['dupes.txt', ['dupes', STORE]],
    ['dupes-wide.txt', ['dupes', STORE], { COLUMNS: '120' }],
    ['dupes-colour.txt', ['dupes', STORE], { FORCE_COLOR: '1' }],
    ['dupes.csv', ['dupes', STORE, '--csv']],
    ['dupes.json', ['dupes', STORE, '--json']],
    ['noid.txt', ['noid', STORE]],
    ['show.txt', ['show', STORE, '<letter@example.org>']],
    ['show-two.txt', ['show', STORE, 'offset=0', '<letter@example.org>']],
    ['show.json', ['show', STORE, '<letter@example.org>', '--json']],
    ['check.txt', ['check', STORE, ...RULES]],
    ['check.csv', ['check', STORE, ...RULES, '--csv']],
    ['check.json', ['check', STORE, ...RULES, '--json']],
    ['explain.txt', ['explain', 'reused-message-id']],
    ['config-show.txt', ['config', 'show']],
  ] satisfies [string, string[], Record<string, string>?][])('%s', async (name, args, env?: Record<string, string>) => {
    const { stdout, status } = await place.run([...args, '--no-cache'], env ?? {})
    expect(status).toBe(0)
    await isAsBefore(name, stdout)
  })

  it('dupes.html', async () => {
    await place.run(['dupes', STORE, '--save', 'dupes.html'])
    await isAsBefore('dupes.html', await readFile(join(place.path, 'dupes.html'), 'utf8'))
  })
})

async function isAsBefore(name: string, text: string): Promise<void> {
  const file = join(GOLDEN, name)
  if (process.env.UPDATE_GOLDEN === '1') await writeFile(file, settle(text))
  expect(settle(text)).toBe(await readFile(file, 'utf8'))
}
