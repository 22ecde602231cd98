/** Folders that are meant: `folders` but for `notFolders`, as globs of ours; nothing in `folders`: all. */
export interface FolderChoice {
  readonly folders: readonly string[]
  readonly notFolders: readonly string[]
}

/** Writes a pattern of LIST as a glob of ours: `%` is within a level, `*` across levels. */
export function globOf(pattern: string): string {
  return pattern.replace(/\\/g, '\\\\').replace(/[*%]+/g, (run) => (run.includes('*') ? '**' : '*'))
}

/** A folder's name as a glob that means it alone. */
export const literalGlob = (name: string): string => name.replace(/[\\*]/g, '\\$&')

/**
 * Reads patterns of which the later match wins, `!` in front excluding, as choices that have no folder in common: together
 * they mean what the patterns mean.
 *
 * @returns null where globs cannot say it
 */
export function choicesOf(patterns: readonly string[]): readonly FolderChoice[] | null {
  const layers: { folders: string[]; not: string[] }[] = []
  patterns.forEach((pattern, at) => {
    if (pattern.startsWith('!')) return
    const later = patterns.slice(at + 1)
    if (later.some((other) => !other.startsWith('!') && covers(other, pattern))) return
    const not = later
      .map((other, n) => ({ name: other.slice(1), isNot: other.startsWith('!'), after: later.slice(n + 1) }))
      .filter(({ name, isNot, after }) => isNot && mayMeet(name, pattern) && !isTakenBack(name, after))
      .map(({ name }) => name)
    const same = layers.find((layer) => layer.not.join('\0') === not.join('\0'))
    if (same === undefined) layers.push({ folders: [pattern], not })
    else same.folders.push(pattern)
  })
  const areApart = layers.every((layer, at) =>
    layers.slice(at + 1).every((later) => later.folders.every((folder) => isOutside(folder, layer))),
  )
  if (!areApart) return null
  return layers.map(({ folders, not }) => ({ folders: folders.map(globOf), notFolders: not.map(globOf) }))
}

/** An exclusion that a later pattern includes again as a whole. */
const isTakenBack = (name: string, later: readonly string[]): boolean =>
  later.some((other) => !other.startsWith('!') && covers(other, name))

const isOutside = (folder: string, { folders, not }: { folders: readonly string[]; not: readonly string[] }): boolean =>
  not.some((each) => covers(each, folder)) || folders.every((each) => !mayMeet(each, folder))

const isLiteral = (pattern: string): boolean => !/[*%]/.test(pattern)

function matches(pattern: string, name: string): boolean {
  const parts = pattern.split(/([*%])/).map((part) => {
    if (part === '*') return '.*'
    return part === '%' ? '[^/]*' : part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&')
  })
  return new RegExp(`^${parts.join('')}$`, 'su').test(name)
}

/** Whether all that `inner` matches is matched by `outer` too; in doubt not. */
function covers(outer: string, inner: string): boolean {
  if (outer === inner || outer === '*') return true
  if (isLiteral(inner)) return matches(outer, inner)
  const start = /^([^*%]*)\*$/.exec(outer)?.[1]
  return start !== undefined && literalStart(inner).startsWith(start)
}

/** Whether some name may match both; in doubt it may. */
function mayMeet(one: string, other: string): boolean {
  if (isLiteral(one)) return matches(other, one)
  if (isLiteral(other)) return matches(one, other)
  const [a, b] = [literalStart(one), literalStart(other)]
  return a.startsWith(b) || b.startsWith(a)
}

const literalStart = (pattern: string): string => /^[^*%]*/.exec(pattern)?.[0] ?? ''
