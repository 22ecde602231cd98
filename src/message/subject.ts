/** What lists and mail programs put before a subject: `[tag]`, `Re:`, `Fwd:` and their like in other languages, marks of spam filters. */
const PREFIX =
  /^(?:\[[^\][]{0,200}\]|\{[^{}]{0,40}\}|\*{2,}[^*]{1,40}\*{2,}|(?:re|fwd?|aw|wg|sv|vs|antw|rif|ref|enc|tr|odp)(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?\s?:)\s*/i
const SUFFIX = /\s*\((?:fwd|was: [^()]{0,200})\)$/i

/** A subject without what lists and mail programs put before it, in lower case. */
export function baseSubject(subject: string): string {
  let at = 0
  for (let match = PREFIX.exec(subject); match; match = PREFIX.exec(subject.slice(at, at + 250))) at += match[0].length
  return subject.slice(at).replace(SUFFIX, '').trim().toLowerCase()
}

/**
 * Whether two subjects name two patches, or two versions of one (`[PATCH v2 1/3]`, `[PATCH v3 1/3]`): two mails,
 * however alike they are.
 */
export function nameOtherPatches(a: string, b: string): boolean {
  const one = patchOf(a)
  const two = patchOf(b)
  return one !== null && two !== null && one !== two
}

/** Version and place in the series, from all tags of a subject; null: it names no patch. */
function patchOf(subject: string): string | null {
  const tags = subject.match(/\[[^\][]{1,120}\]/g)?.join(' ') ?? ''
  const place = /\b0*(\d+)\/0*(\d+)\b/.exec(tags)
  if (!place && !/\b(?:patch|rfc)\b/i.test(tags)) return null
  return `v${/\bv(\d+)\b/i.exec(tags)?.[1] ?? '1'} ${place ? `${place[1]}/${place[2]}` : ''}`
}
