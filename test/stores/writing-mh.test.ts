import { readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe } from 'vitest'
import { splitLevels } from '../../src/stores/folder-name.js'
import { writingLaw } from '../support/writing-law.js'
import { localPlaces } from '../support/writing-places.js'

const NAMES: Readonly<Record<string, string>> = { '\\Flagged': 'flagged', '\\Answered': 'replied' }

/** As nmh marks a message: its number in the sequences that it belongs to, and in no other. */
function reflag(path: string, flags: readonly string[]): void {
  const [file, number] = [join(dirname(path), '.mh_sequences'), basename(path)]
  const wanted = flags.flatMap((flag) => NAMES[flag] ?? [])
  if (!flags.includes('\\Seen')) wanted.push('unseen')
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  const others = lines.map((line) => [line.split(':')[0] ?? '', spread(line.split(':')[1] ?? '')] as const)
  const kept = others.map(([name, numbers]) => [name, numbers.filter((each) => each !== number)] as const)
  for (const name of wanted) if (!kept.some(([each]) => each === name)) kept.push([name, []])
  const now = kept.map(
    ([name, numbers]) => `${name}: ${[...numbers, ...(wanted.includes(name) ? [number] : [])].join(' ')}\n`,
  )
  writeFileSync(file, now.filter((line) => /\d/.test(line)).join(''))
}

const spread = (list: string): string[] =>
  list
    .split(' ')
    .filter(Boolean)
    .flatMap((word) => {
      const [first = 0, last = first] = word.split('-').map(Number)
      return Array.from({ length: last - first + 1 }, (_, n) => String(first + n))
    })

const maker = localPlaces('mh', {
  directoryOf: (root, folder) => (folder === 'INBOX' ? root : join(root, ...splitLevels(folder))),
  reflag,
  remove: (path) => unlinkSync(path),
  exchange: (path, by) => writeFileSync(path, by),
})

describe('MH', () => writingLaw(maker))
