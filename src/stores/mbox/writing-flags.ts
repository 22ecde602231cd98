/** Fields that hold flags, in the order in which they are written. */
export const FLAG_FIELDS = ['Status', 'X-Status', 'X-Keywords'] as const
export type FlagField = (typeof FLAG_FIELDS)[number]

/** In Dovecot's order. */
const X_STATUS: readonly (readonly [flag: string, letter: string])[] = [
  ['\\Answered', 'A'],
  ['\\Flagged', 'F'],
  ['\\Draft', 'T'],
  ['\\Deleted', 'D'],
]
const KNOWN = new Set(['\\Seen', ...X_STATUS.map(([flag]) => flag)])

/** Why an mbox cannot keep a flag or keyword; empty: it keeps it. */
export function whyNoFlag(flag: string): string {
  if (flag.startsWith('\\')) return KNOWN.has(flag) ? '' : `an mbox has no place for ${flag}`
  if (/^[!-+\--~]+$/.test(flag)) return ''
  return 'X-Keywords parts keywords by blanks and commas, and holds ASCII alone'
}

/** Those of the flags that an mbox keeps, each once, sorted. */
export function keptFlags(flags: Iterable<string>): readonly string[] {
  return [...new Set(flags)].filter((flag) => whyNoFlag(flag) === '').sort()
}

/**
 * The body of a field that tells flags, as Dovecot, mutt and c-client write it.
 *
 * @param before - what the field says: letters of no flag that we know stay
 */
export function flagValue(field: FlagField, flags: readonly string[], before = ''): string {
  if (field === 'X-Keywords') return flags.filter((flag) => !flag.startsWith('\\')).join(' ')
  if (field === 'Status') return flags.includes('\\Seen') ? 'RO' : 'O'
  const others = before.replace(/[AFTD]/g, '')
  return X_STATUS.map(([flag, letter]) => (flags.includes(flag) ? letter : '')).join('') + others
}

/**
 * The fields for these flags, one line each.
 *
 * @param isWhole - all three of them; else only those that say something
 */
export function flagLines(flags: readonly string[], isWhole: boolean, lineEnd: string): string {
  const isWanted = (field: FlagField): boolean =>
    isWhole || (field === 'Status' ? flags.includes('\\Seen') : flagValue(field, flags) !== '')
  return FLAG_FIELDS.filter(isWanted)
    .map((field) => `${field}: ${flagValue(field, flags)}${lineEnd}`)
    .join('')
}
