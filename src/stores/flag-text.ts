/**
 * Flags as one text: sorted, with a blank between them (no flag or keyword holds one). This is what `KnownCopy.flags` holds.
 */
export function flagText(flags: readonly string[]): string {
  return flags.join(' ')
}

/** Flags as a result has them: each once, sorted. */
export function sortedFlags(flags: Iterable<string>): readonly string[] {
  return [...new Set(flags)].sort()
}
