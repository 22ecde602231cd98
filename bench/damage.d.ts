/** What `damage.js` gives to tests. */
export interface Seeded {
  readonly expected: readonly { readonly rule: string; readonly folder: string | null }[]
}

interface FoundDefect {
  readonly rule: string
  readonly folder: string | null
  readonly locator: string | null
}

export const SEEDED_TYPES: readonly ['mbox', 'maildir', 'mh', 'eml']
/** Rules that no made store can have something for: what they tell takes another program, or a size beyond tests. */
export const NOT_SEEDED: readonly string[]
export function seedStore(type: string, path: string, count: number, damage?: boolean): Seeded
export function judgeDefects<D extends FoundDefect>(
  seeds: Seeded,
  defects: readonly D[],
): { readonly missed: readonly object[]; readonly falseAlarms: readonly D[] }
