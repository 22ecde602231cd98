import type { FolderName } from './store.js'

/**
 * Makes the choice that `--folder` and `--not-folder` ask for: a folder is wanted that any of `globs` matches (all where
 * there is none) and none of `notGlobs`.
 *
 * `*` stands for any characters within a level, `**` for any across levels; `**` before or after a `/` also for no level at
 * all before it. `\` takes the next character literally. Case counts, but for INBOX; composed and decomposed letters are one.
 */
export function folderFilter(globs: readonly string[], notGlobs: readonly string[]): (name: FolderName) => boolean {
  const wanted = globs.map(globPattern)
  const unwanted = notGlobs.map(globPattern)
  return (name) => {
    const text = name.normalize('NFC')
    const matches = (pattern: RegExp): boolean => pattern.test(text)
    return (wanted.length === 0 || wanted.some(matches)) && !unwanted.some(matches)
  }
}

const IN_LEVEL = String.raw`(?:\\.|[^/\\])*`

function globPattern(glob: string): RegExp {
  const tokens = glob.normalize('NFC').match(/^inbox(?=\/|$)|\*\*\/|\*\*|\*|\\.|./gisu) ?? []
  return new RegExp(`^${tokens.map(tokenPattern).join('')}$`, 'su')
}

function tokenPattern(token: string): string {
  if (token === '**/') return '(?:.*/)?'
  if (token === '**') return '.*'
  if (token === '*') return IN_LEVEL
  if (token.length > 1 && token.toUpperCase() === 'INBOX') return '[Ii][Nn][Bb][Oo][Xx]'
  // In a folder's name `/` and `\` inside a level stand escaped: an escape of these two is kept.
  const text = /^\\[^/\\]$/su.test(token) ? token.slice(1) : token
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
