/** Damerau-Levenshtein distance with adjacent transpositions (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i])
  const at = (i: number, j: number) => rows[i]?.[j] ?? i + j
  for (let i = 0; i <= a.length; i++) {
    for (let j = i === 0 ? 0 : 1; j <= b.length; j++) {
      if (i === 0) rows[0]?.splice(j, 1, j)
      else {
        const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : Infinity
        const cost = Math.min(
          at(i - 1, j) + 1,
          at(i, j - 1) + 1,
          at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
          swap,
        )
        rows[i]?.splice(j, 1, cost)
      }
    }
  }
  return at(a.length, b.length)
}

/** Up to three of the known names that someone may have meant, the nearest first. */
export function nearestNames(wanted: string, known: readonly string[]): string[] {
  return known
    .map((name) => ({ name, far: name.startsWith(wanted) && wanted.length > 1 ? 0 : distance(wanted, name) }))
    .filter(({ far }) => far <= Math.max(1, Math.floor(wanted.length / 3)))
    .sort((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name)
}
