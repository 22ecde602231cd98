/** Lines of a text that say something: trimmed, empty ones left out. */
export function tellingLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** How many lines stand in both, each as often as it occurs. */
export function countCommon(a: readonly string[], b: readonly string[]): number {
  return a.length - onlyIn(a, b).length
}

/** The lines of `a`, in their order, that `b` has not, or has less often. */
export function onlyIn(a: readonly string[], b: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const line of b) left.set(line, (left.get(line) ?? 0) + 1)
  return a.filter((line) => {
    const count = left.get(line) ?? 0
    if (count > 0) left.set(line, count - 1)
    return count === 0
  })
}

/** How many lines at the start are the same. */
export function commonStart(a: readonly string[], b: readonly string[]): number {
  const length = Math.min(a.length, b.length)
  let n = 0
  while (n < length && a[n] === b[n]) n++
  return n
}

/** Four fifths of the lines of the shorter text stand in the longer. An empty text explains nothing. */
export function areMostlyCommon(a: readonly string[], b: readonly string[]): boolean {
  const shorter = Math.min(a.length, b.length)
  return shorter > 0 && countCommon(a, b) * 5 >= shorter * 4
}

const MAX_FOOTER = 40
const MAX_BARE_FOOTER = 8
const DELIMITER = /^(?:- )?(?:-{2,}|_{2,}|={3,}|\*{3,}|#{3,}|~{3,}|\+{3,})/
const FOOTER_WORDS = /https?:\/\/|mailto:|unsubscribe|mailing.?list|\S@\S/i

/** Whether lines at the end of a text look put there by a list or a gateway: few, and set off or telling an address. */
export function isFooter(lines: readonly string[]): boolean {
  return isSetOff(lines) || (lines.length <= MAX_BARE_FOOTER && lines.some((line) => FOOTER_WORDS.test(line)))
}

/** Whether lines at the end of a text begin with a rule that sets them off. */
export function isSetOff(lines: readonly string[]): boolean {
  return lines.length <= MAX_FOOTER && DELIMITER.test(lines[0] ?? '')
}
