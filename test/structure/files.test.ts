import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { codeOf, filesIn, SOURCES, textOf } from './sources.js'

const PROGRAM = filesIn(['src', 'commands', 'bin', 'bench', 'scripts'], '.ts', '.js')
const TESTS = filesIn(['test'], '.ts')
const OURS = [...PROGRAM, ...TESTS]
/** Names that say nothing, and barrel files. */
const EMPTY_NAMES = /(^|[-.])(utils?|helpers?|types?|managers?|handlers?|services?|common|misc)\.[tj]s$|^index\.[tj]s$/

describe.each(OURS.map((path) => [path]))('%s', (path) => {
  it('is named after what it holds', () => expect(basename(path)).not.toMatch(EMPTY_NAMES))
  it('switches no check off', () => expect(codeOf(path)).not.toMatch(/[:<]\s*any\b|\bas any\b/))
})

describe.each(PROGRAM.map((path) => [path]))('%s', (path) => {
  it('has at most 250 lines', () => expect(textOf(path).split('\n').length - 1).toBeLessThanOrEqual(250))
})

describe.each(SOURCES.map((path) => [path]))('%s', (path) => {
  it('leaves nothing for later', () => expect(textOf(path)).not.toMatch(/\b(TODO|FIXME|XXX|not implemented)\b/))
})
