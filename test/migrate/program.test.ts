import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { copyFixtures, type FixtureCopy } from '../support/fixtures.js'
import { ALL_FORMATS, FORMATS, type Found, holds, localPlace } from '../support/migrating.js'
import { makeWorkplace, type Workplace } from '../support/run-program.js'

let fixtures: FixtureCopy
let place: Workplace
beforeAll(async () => {
  fixtures = await copyFixtures()
})
afterAll(() => fixtures[Symbol.asyncDispose]())
beforeEach(async () => {
  place = await makeWorkplace()
})
afterEach(() => place[Symbol.asyncDispose]())

const optionsOf = { maildir: '', 'maildir-fs': '?layout=fs', mboxrd: '', mboxo: '', mboxcl2: '', mh: '', eml: '' }
const wires = (all: Readonly<Record<string, readonly Found[]>>): readonly string[] =>
  Object.entries(all)
    .flatMap(([folder, found]) => found.map(({ wire }) => `${folder} ${wire}`))
    .sort()

/** Three dozen runs of the program: all of them in `npm run test:long`, else those of the largest. */
const STORES = [
  ['maildir', 'mail'],
  ['mbox', 'old-mail'],
  ['mh', 'mh'],
  ['eml', 'eml'],
] as const

it.each(STORES.slice(0, process.env.MBAUDIT_LONG ? STORES.length : 1))(
  'the %s of the fixtures goes through all formats, one after the other, and is the same mail at the end',
  async (type, name) => {
    let source = `${type}:${join(fixtures.path, name)}`
    let wanted: readonly string[] | null = null
    for (const [nth, format] of ALL_FORMATS.entries()) {
      const target = `${nth}-${format}`
      const command = ['migrate', source, target, '--format', format, '--json']
      const run = await place.run([...command, '--yes'])
      const { summary, problems } = JSON.parse(run.stdout)
      expect([format, run.status, problems, summary.failed]).toEqual([format, 0, [], 0])
      expect(summary.verified).toBe(summary.copy)
      const next = `${FORMATS[format].type}:${join(place.path, target)}${optionsOf[format]}`
      const held = wires(await holds(localPlace(format, join(place.path, target))))
      wanted ??= held
      // From MH on: a folder called by a number would be a message there.
      if (format === 'mh') wanted = wanted.map((line) => line.replace(/(?<=^|\/)(\d+)(?=[/ ])/g, '$1_')).sort()
      expect([format, held]).toEqual([format, wanted])
      source = next
    }
  },
)
