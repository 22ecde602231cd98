import type { EpochSeconds } from '../../message/message.js'
import { dayOf, FUTURE } from '../examine-file.js'
import { fileLocator, type ObservationNotes, shown } from '../observation-notes.js'
import type { Locator } from '../store.js'
import { lettersOf } from './file-name.js'

/** 1990: older than any Maildir. */
const OLDEST = 631_152_000

/**
 * What may stand for the colon before the info: `!` and `;` are other programs' settings for Windows, the private characters
 * are what SMB servers, Cygwin and WSL write, the rest what copying programs put for a character that they may not write.
 * Octets of UTF-8.
 */
const STRAY_INFO = /(?:[-_+=^~. ]|%3[Aa]|\xef\x80[\xa2\xba]|\xea\x9e\x89|\xef\xbc\x9a)2,(?:D?F?P?R?S?T?)$/
/** maildir(5): seconds, a part that tells deliveries of one second apart, the host. */
const UNIQUE = /^\d+[._]./

/** How the names of a folder's messages are judged. Sets of flags are few: each is judged once. */
export class NameLook {
  readonly #notes: ObservationNotes
  readonly #now: EpochSeconds
  readonly #judged = new Map<string, string | null>()
  /** How many names have a letter from `a` to `z`. */
  readonly #keywordLetters = new Map<string, number>()

  constructor(notes: ObservationNotes, now: EpochSeconds) {
    this.#notes = notes
    this.#now = now
  }

  /** @returns the seconds that the name begins with; null: it has none that make sense */
  examine(unique: string, info: string, isNew: boolean, at: Locator): number | null {
    if (info === '') this.#examineWithoutInfo(unique, isNew, at)
    else this.#examineInfo(info, isNew, at)
    return this.#examineUnique(unique, at)
  }

  #examineWithoutInfo(unique: string, isNew: boolean, at: Locator): void {
    const stray = STRAY_INFO.exec(unique)
    if (stray !== null) {
      this.#notes.note(
        'info-separator-replaced',
        at,
        `it ends in "${shown(stray[0])}", likely for ":${stray[0].slice(stray[0].lastIndexOf('2,'))}"`,
      )
    } else if (unique.includes(':')) {
      this.#notes.note(
        'flags-malformed',
        at,
        `what follows the colon is no list of flags: "${shown(unique.slice(unique.indexOf(':')))}"`,
      )
    } else if (!isNew) this.#notes.note('info-missing', at, 'it lies in cur and ends without ":2,"')
  }

  #examineInfo(info: string, isNew: boolean, at: Locator): void {
    const letters = lettersOf(info)
    if (!info.startsWith(':')) {
      const separator = info.slice(0, info.indexOf('2,'))
      this.#notes.note(
        'info-separator-replaced',
        at,
        `"${shown(separator)}" stands where a colon belongs, before "2,${shown(letters)}"`,
      )
    }
    if (isNew && letters !== '')
      this.#notes.note('flags-in-new', at, `it lies in new and has the flags "${shown(letters)}"`)
    const why = this.#whyMalformed(letters)
    if (why !== null) this.#notes.note('flags-malformed', at, why)
    for (const letter of letters)
      if (letter >= 'a' && letter <= 'z') this.#keywordLetters.set(letter, (this.#keywordLetters.get(letter) ?? 0) + 1)
  }

  #whyMalformed(letters: string): string | null {
    let why = this.#judged.get(letters)
    if (why === undefined) {
      why = whyMalformed(letters)
      if (this.#judged.size < SETS) this.#judged.set(letters, why)
    }
    return why
  }

  #examineUnique(unique: string, at: Locator): number | null {
    if (!UNIQUE.test(unique)) {
      this.#notes.note(
        'unique-name-malformed',
        at,
        'it does not begin with a number and a dot: likely no mail program gave it',
      )
      return null
    }
    const seconds = Number.parseInt(unique, 10)
    if (seconds >= OLDEST && seconds <= this.#now + FUTURE) return seconds
    this.#notes.note(
      'unique-name-malformed',
      at,
      `the number that it begins with is no time of delivery: ${shown(unique.slice(0, 24))}`,
    )
    return null
  }

  /**
   * Notes letters for keywords that nothing says the meaning of.
   *
   * @param named - the letters that `dovecot-keywords` names
   */
  finish(named: ReadonlySet<string>): void {
    for (const [letter, count] of [...this.#keywordLetters].sort()) {
      if (named.has(letter)) continue
      const where = named.size === 0 ? 'there is no dovecot-keywords' : 'dovecot-keywords does not name it'
      this.#notes.note(
        'keyword-letter-unnamed',
        null,
        `"${letter}" stands in ${count} ${count === 1 ? 'name' : 'names'}; ${where}`,
      )
    }
  }
}

const SETS = 1_000

function whyMalformed(letters: string): string | null {
  const unknown = /[^DFPRSTa-z]/.exec(letters)?.[0]
  if (unknown !== undefined) return `"${shown(unknown)}" is no flag: "${shown(letters)}"`
  for (let at = 1; at < letters.length; at++) {
    const [before = '', letter = ''] = [letters[at - 1], letters[at]]
    if (before === letter) return `"${letter}" stands twice: "${shown(letters)}"`
    if (before > letter) return `the letters are not in their order: "${shown(letters)}"`
  }
  return null
}

/** Notes what lies in `tmp` longer than a delivery takes. */
export function noteStaleTmp(
  name: string,
  file: { readonly mtimeMs: number; readonly size: number; readonly nlink: number },
  now: EpochSeconds,
  notes: ObservationNotes,
): void {
  const age = now - file.mtimeMs / 1_000
  if (age <= STALE) return
  const rest = file.nlink > 1 ? 'the file has another name, likely the delivered message' : `${file.size} octets`
  notes.note('stale-tmp-file', fileLocator(`tmp/${name}`), `of ${dayOf(file.mtimeMs / 1_000)}; ${rest}`)
}

/** maildir(5): 36 hours. */
const STALE = 129_600
