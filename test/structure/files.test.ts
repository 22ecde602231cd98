import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { codeOf, filesIn, SOURCES, textOf } from './sources.js'

const OURS = filesIn(['src', 'commands', 'bin', 'bench', 'scripts', 'test'], '.ts', '.js')
/** Names that say nothing, and barrel files. */
const EMPTY_NAMES = /(^|[-.])(utils?|helpers?|types?|managers?|handlers?|services?|common|misc|index)\.[tj]s$/

describe.each(OURS.map((path) => [path]))('%s', (path) => {
  it('has at most 250 lines', () => expect(textOf(path).split('\n').length - 1).toBeLessThanOrEqual(250))
  it('is named after what it holds', () => expect(basename(path)).not.toMatch(EMPTY_NAMES))
  it('switches no check off', () => expect(codeOf(path)).not.toMatch(/[:<]\s*any\b|\bas any\b/))
})

describe.each(SOURCES.map((path) => [path]))('%s', (path) => {
  it('leaves nothing for later', () => expect(textOf(path)).not.toMatch(/\b(TODO|FIXME|XXX|not implemented)\b/))
})
