import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { choicesOf, globOf } from '../../../src/config/import/folder-patterns.js'
import { folderFilter } from '../../../src/stores/folder-globs.js'
import { folderName } from '../../../src/stores/store.js'

const NAMES = ['INBOX', 'A', 'AB', 'A/B', 'A/B/C', 'B', 'B/A', '[G]/A', '[G]/B', '[G]']
const PATTERNS = ['*', '%', 'A', 'A*', 'A/*', 'A/%', 'B', '[G]*', '[G]/A', '[G]/*', 'INBOX', '%/A']

/** As mbsync chooses: of all patterns that match, the last one counts. */
function isMeant(patterns: readonly string[], name: string): boolean {
  const last = patterns.findLast((pattern) => folderFilter([globOf(pattern.replace(/^!/, ''))], [])(folderName(name)))
  return last !== undefined && !last.startsWith('!')
}

describe('patterns of which the later match wins', () => {
  const pattern = fc.tuple(fc.boolean(), fc.constantFrom(...PATTERNS)).map(([not, text]) => (not ? `!${text}` : text))
  it('mean the same as choices, which have no folder in common', () =>
    fc.assert(
      fc.property(fc.array(pattern, { minLength: 1, maxLength: 6 }), (patterns) => {
        const choices = choicesOf(patterns)
        fc.pre(choices !== null)
        for (const name of NAMES) {
          const found = choices.filter(({ folders, notFolders }) =>
            folderFilter(folders, notFolders)(folderName(name)),
          ).length
          expect({ patterns, name, found }).toEqual({ patterns, name, found: isMeant(patterns, name) ? 1 : 0 })
        }
      }),
      { numRuns: 2000 },
    ))
  it('are said by one choice where nothing is taken back', () => {
    expect(choicesOf(['*', '!Trash', '!Junk'])).toEqual([{ folders: ['**'], notFolders: ['Trash', 'Junk'] }])
    expect(choicesOf(['%', '!Trash', 'Trash'])).toHaveLength(1)
    expect(choicesOf(['!Trash', '*'])).toEqual([{ folders: ['**'], notFolders: [] }])
  })
})
