import { splitFileName } from './file-name.js'

/** The letters that stand for system flags, and for what maildir(5) calls passed. */
const LETTERS: Readonly<Record<string, string>> = {
  '\\draft': 'D',
  '\\flagged': 'F',
  $forwarded: 'P',
  '\\answered': 'R',
  '\\seen': 'S',
  '\\deleted': 'T',
}

/** The letter of a flag that has one in every Maildir; null for a keyword. */
export const letterOf = (flag: string): string | null => LETTERS[flag.toLowerCase()] ?? null

/** Whether a keyword letter must be found for a flag: `$Forwarded` has one besides, since Dovecot shows no `P`. */
export const isKeyword = (flag: string): boolean => !flag.startsWith('\\')

/**
 * Letters of a message after a change, sorted as maildir(5) wants it.
 *
 * @param keywordLetter - the letter of a keyword in this folder; null: it has none
 */
export function changeLetters(
  letters: string,
  add: readonly string[],
  remove: readonly string[],
  keywordLetter: (keyword: string) => string | null,
): string {
  const now = new Set(letters)
  const each = (flags: readonly string[], act: (letter: string) => void): void => {
    for (const flag of flags)
      for (const letter of [letterOf(flag), isKeyword(flag) ? keywordLetter(flag) : null])
        if (letter !== null) act(letter)
  }
  each(add, (letter) => now.add(letter))
  each(remove, (letter) => now.delete(letter))
  return [...now].sort().join('')
}

/** A file's name with other letters; the separator that the folder's programs use stays. */
export function nameWithLetters(name: string, letters: string): string {
  const [unique, info] = splitFileName(name)
  const separator = info === '' ? ':2,' : info.slice(0, info.indexOf('2,') + 2)
  return `${unique}${separator}${letters}`
}
