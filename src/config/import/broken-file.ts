import { ConfigError } from '../../errors.js'
import type { ImportSource } from './imported.js'

/** A line that the program which the file is for does not take either. */
export interface BrokenLine {
  readonly line: number
  readonly message: string
}

const HINTS: Readonly<Record<ImportSource, string>> = {
  mailsync: 'docs/config-import.md shows what a .mailsync may say; `mailsync -dc` shows what mailsync makes of it.',
  mbsync: 'docs/config-import.md shows what an .mbsyncrc may say; `mbsync -l -a` shows what mbsync makes of it.',
  offlineimap: 'docs/config-import.md shows what an .offlineimaprc may say; `offlineimap --info` looks at it too.',
}

/** @throws ConfigError with a line `FILE:LINE: what is wrong, what is allowed` for each of `lines`, if there is one */
export function refuseBroken(file: string, source: ImportSource, lines: readonly BrokenLine[]): void {
  if (lines.length === 0) return
  const messages = lines.toSorted((a, b) => a.line - b.line).map(({ line, message }) => `${file}:${line}: ${message}`)
  throw new ConfigError(messages.join('\n'), HINTS[source])
}

/** `a, b or c`. */
export const oneOf = (names: readonly string[]): string => names.join(', ').replace(/, ([^,]*)$/, ' or $1')
