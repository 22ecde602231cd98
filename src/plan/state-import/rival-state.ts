/** Two messages that another program had made, or seen, to be one: their UIDs on both sides. */
export interface RivalPair {
  readonly far: number
  readonly near: number
  /** What both had, as the state says; sorted, without `\Deleted`. */
  readonly flags: readonly string[]
}

/** What another program remembers of two folders. */
export interface RivalFolder {
  /** UIDVALIDITY that the UIDs hold under; null: the state does not say. */
  readonly farValidity: string | null
  readonly nearValidity: string | null
  readonly pairs: readonly RivalPair[]
}

/** A state that is damaged is not believed at all: of a folder, all or nothing is taken over. */
export type ReadState<State> =
  | { readonly state: State; readonly damage: null }
  | { readonly state: null; readonly damage: StateDamage }

export interface StateDamage {
  /** From 1; 0: it is no matter of a line. */
  readonly line: number
  readonly message: string
}

export const isRead = <State>(state: State): ReadState<State> => ({ state, damage: null })
export const isDamaged = <State>(line: number, message: string): ReadState<State> => ({
  state: null,
  damage: { line, message },
})

const FLAGS: Readonly<Record<string, string>> = {
  D: '\\Draft',
  F: '\\Flagged',
  P: '$Forwarded',
  R: '\\Answered',
  S: '\\Seen',
}

/** The letters of a Maildir as flags; `T` (`\Deleted`) and letters that stand for keywords are left out. */
export const flagsOfLetters = (letters: string): readonly string[] =>
  [...new Set([...letters].flatMap((letter) => FLAGS[letter] ?? []))].sort()

/** The first UID that stands twice on one side; null: none does. */
export function repeatedUid(pairs: readonly Pick<RivalPair, 'far' | 'near'>[]): number | null {
  for (const side of ['far', 'near'] as const) {
    const seen = new Set<number>()
    for (const { [side]: uid } of pairs) {
      if (seen.has(uid)) return uid
      seen.add(uid)
    }
  }
  return null
}
