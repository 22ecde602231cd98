import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeWorkplace, type Workplace } from '../support/run-program.js'
import { readSchema } from '../support/schemas.js'
import { writeMbox } from '../support/small-mail.js'

let place: Workplace
beforeAll(async () => {
  place = await makeWorkplace()
  await writeMbox(place.path, 'mail.mbox')
})
afterAll(() => place[Symbol.asyncDispose]())

const STORE = 'mbox:mail.mbox'
const IMPORTED = fileURLToPath(new URL('../config/import/shapes/gmail.mbsyncrc', import.meta.url))
const COMMANDS: readonly (readonly string[])[] = [
  ['discover', '.'],
  ['scan', STORE],
  ['folders', STORE],
  ['list', STORE],
  ['dupes', STORE],
  ['dupes', STORE, '--by', 'content', '--scope', 'all', '--keep', 'newest'],
  ['noid', STORE],
  ['show', STORE, '<minutes@example.org>'],
  ['show', STORE, 'letter@example.org', 'offset=0'],
  ['check', STORE],
  ['check', STORE, '--severity', 'error'],
  ['explain'],
  ['explain', 'reused-message-id'],
  ['sync', STORE, 'maildir:new', '--dry-run'],
  ['dedupe', STORE, '--scope', 'store', '--dry-run'],
  ['migrate', STORE, 'new', '--format', 'mh', '--dry-run'],
  ['runs'],
  ['runs', '--prune', '1d', '--dry-run'],
  ['doctor', STORE],
  ['config', 'show'],
  ['config', 'check'],
  ['config', 'import', IMPORTED],
]
const schemaOf = (args: readonly string[]) =>
  args[0] === 'config' ? `config-${args[1]}` : args[1] === '--prune' ? 'runs-prune' : `${args[0]}`

describe.each(COMMANDS.map((args) => ({ args })))('$args', ({ args }) => {
  it('gives JSON by its schema, and nothing else on standard output', async () => {
    const run = await place.run([...args, '--json'])
    expect([run.status, run.stderr.match(/^error/m)]).toEqual([0, null])
    const validate = new Ajv2020().compile(await readSchema(schemaOf(args)))
    expect(validate(JSON.parse(run.stdout)), JSON.stringify(validate.errors)).toBe(true)
  })

  it('says the same in every format, and sums the run up in the last line of standard error', async () => {
    const names = ['r.csv', 'r.json', 'r.ndjson', 'r.html']
    const run = await place.run([...args, '--csv', ...names.flatMap((name) => ['--save', name])])
    const [csv, json, ndjson, html] = await Promise.all(names.map((name) => readFile(join(place.path, name), 'utf8')))
    expect(csv).toBe(run.stdout)
    const { generatedAt: _made, ...head } = JSON.parse(ndjson?.split('\n')[0] ?? '')
    expect(JSON.parse(json ?? '')).toMatchObject(head)
    expect(html).toMatch(/^<!doctype html>.*<\/html>\n$/s)
    expect(run.stderr.trimEnd().split('\n').at(-1)).toMatch(/^mbaudit [a-z -]+: .+; no problems; [\d.]+ s$/)
  })

  it('is quiet when asked to', async () => {
    expect((await place.run([...args, '--quiet'])).stderr).toBe('')
  })

  it('keeps From and Subject out when asked to', async () => {
    const runs = await Promise.all(
      [[], ['--csv'], ['--json']].map((form) => place.run([...args, ...form, '--no-subjects', '--no-cache'])),
    )
    for (const { stdout } of runs) expect(stdout).not.toMatch(/Minutes|Letter|Jörg|bob@|all is well/)
  })
})

describe('results do not rest on where they are made', () => {
  const settle = (text: string) => text.replace(/"generatedAt":"[^"]+"/, '')
  it.each([
    ['a locale', { LANG: 'C', LC_ALL: 'C' }],
    ['a time zone', { TZ: 'America/St_Johns' }],
    ['a terminal', { COLUMNS: '40', FORCE_COLOR: '1' }],
  ])('%s', async (_what, env) => {
    const [here, there] = await Promise.all([
      place.run(['dupes', STORE, '--json']),
      place.run(['dupes', STORE, '--json'], env),
    ])
    expect(settle(there.stdout)).toBe(settle(here.stdout))
  })
  it('the cache', async () => {
    const runs = []
    for (const flags of [[], ['--rebuild'], ['--no-cache'], []])
      runs.push(await place.run(['dupes', STORE, '--json', ...flags]))
    expect(new Set(runs.map(({ stdout }) => settle(stdout))).size).toBe(1)
  })
})
