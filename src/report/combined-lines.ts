import type { Difference, DifferenceKind, FolderDifferences } from '../audit/compare/comparison.js'
import { showVisibly } from './visible-text.js'

/** The signs of `--combined`; the first four are those of `rclone check`. */
export const SIGILS: Readonly<Record<DifferenceKind, string>> = {
  same: '=',
  missing: '+',
  extra: '-',
  changed: '*',
  moved: '>',
  flags: '~',
  copies: '#',
}
const NOT_READ = '!'

/** A line for each mail in each folder: sign, folder, identity; what moved, also where it lies on the slave. */
export function* combinedLines({ notReadInFull }: FolderDifferences, pairs: Iterable<Difference>): Iterable<string> {
  for (const folder of notReadInFull.master) yield lineOf(NOT_READ, folder, 'master')
  for (const folder of notReadInFull.slave) yield lineOf(NOT_READ, folder, 'slave')
  for (const { kind, identity, masterFolder, slave } of pairs) {
    const there = slave[0]?.folder ?? masterFolder
    if (kind === 'moved') yield lineOf(SIGILS.moved, masterFolder, identity, there)
    else yield lineOf(SIGILS[kind], kind === 'extra' ? there : masterFolder, identity)
  }
}

const lineOf = (sigil: string, ...parts: readonly string[]): string => `${sigil} ${parts.map(showVisibly).join('\t')}\n`
