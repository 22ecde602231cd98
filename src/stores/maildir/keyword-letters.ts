import { readFileSync, statSync } from 'node:fs'
import { EXIT, MbauditError } from '../../errors.js'
import { withDotLock } from '../dot-lock.js'
import { replaceFile, syncDirectory } from '../durable-files.js'
import { whyOf } from '../file-reader.js'
import { statFile } from '../file-stamp.js'
import { openablePath, showOctets } from '../octet-name.js'
import type { Owner } from '../permissions.js'

const COUNT = 26
const A = 'a'.charCodeAt(0)

/**
 * The letters from `a` to `z` that stand for keywords in a folder, as Dovecot notes them in `dovecot-keywords`: a line `0 $Label1`
 * for each. A letter once given keeps its meaning. Dovecot changes the file under the lock of its UID list, and so do we.
 */
export class KeywordLetters {
  readonly #directory: string
  readonly #owner: Owner
  #letters: ReadonlyMap<string, string>
  /** Keywords that were said to be kept and have no letter yet. */
  readonly #promised = new Set<string>()

  constructor(directory: string, owner: Owner) {
    this.#directory = directory
    this.#owner = owner
    this.#letters = lettersIn(this.#read())
  }

  /** Looks what other programs have noted since. */
  refresh(): void {
    this.#letters = lettersIn(this.#read())
  }

  /** Letters in use now; whoever looks in the file sees at least these. */
  letterOf(keyword: string): string | null {
    return this.#letters.get(keyword.toLowerCase()) ?? null
  }

  /** Why the folder cannot keep a keyword; empty: it can. Each new one that it says it can takes up one of the letters left. */
  whyNot(keyword: string): string {
    const key = keyword.toLowerCase()
    if (!/^[!-~]+$/.test(keyword)) return 'a keyword of a Maildir has neither blanks nor characters beyond ASCII'
    if (this.#letters.has(key) || this.#promised.has(key)) return ''
    if (this.#letters.size + this.#promised.size >= COUNT)
      return `a folder of a Maildir has letters for ${COUNT} keywords alone`
    this.#promised.add(key)
    return ''
  }

  /**
   * Gives letters to keywords that have none, as far as there are any left.
   *
   * @param inUse - letters that names of files have: such a letter without a meaning is given to none
   */
  async give(keywords: readonly string[], inUse: () => string): Promise<void> {
    if (keywords.every((keyword) => this.letterOf(keyword) !== null)) return
    this.refresh()
    const lacking = keywords.filter((keyword) => this.letterOf(keyword) === null && this.whyNot(keyword) === '')
    if (lacking.length === 0) return
    const used = inUse()
    await withDotLock(`${this.#directory}/dovecot-uidlist.lock`, this.#owner, () => this.#add(lacking, used))
    for (const keyword of lacking) this.#promised.delete(keyword.toLowerCase())
  }

  #add(keywords: readonly string[], used: string): void {
    const before = this.#read()
    const letters = new Map(lettersIn(before))
    const taken = new Set([...letters.values(), ...used])
    const lines: string[] = []
    for (const keyword of keywords) {
      const letter = [...ALPHABET].find((each) => !taken.has(each))
      if (letter === undefined || letters.has(keyword.toLowerCase())) continue
      taken.add(letter)
      letters.set(keyword.toLowerCase(), letter)
      lines.push(`${letter.charCodeAt(0) - A} ${keyword}\n`)
    }
    if (lines.length > 0) this.#write(before + (before === '' || before.endsWith('\n') ? '' : '\n') + lines.join(''))
    this.#letters = letters
  }

  /** Dovecot reads the file again when its time in whole seconds moved. */
  #write(text: string): void {
    const path = `${this.#directory}/dovecot-keywords`
    const now = Math.floor(Date.now() / 1_000)
    const old = Math.floor((statFile(path)?.stats.mtimeMs ?? 0) / 1_000)
    const time = old >= now ? old + 1 : now
    replaceFile({ path, octets: Buffer.from(text, 'latin1'), time }, `${path}.lock`, this.#owner)
    syncDirectory(this.#directory)
  }

  /** @throws MbauditError where there is something that cannot be read: what it says must not be lost */
  #read(): string {
    const path = `${this.#directory}/dovecot-keywords`
    try {
      const stats = statSync(openablePath(path), { throwIfNoEntry: false })
      if (stats === undefined) return ''
      if (!stats.isFile()) throw noKeywordList(path, 'it is no file')
      return readFileSync(openablePath(path), 'latin1')
    } catch (error) {
      if (error instanceof MbauditError) throw error
      throw noKeywordList(path, whyOf(error))
    }
  }
}

function noKeywordList(path: string, why: string): MbauditError {
  const hint = 'Put the file in order, or take it away where no program needs it.'
  return new MbauditError('REFUSED', EXIT.partial, `${showOctets(path)} is no list of keywords: ${why}`, hint)
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz'

function lettersIn(text: string): Map<string, string> {
  const letters = new Map<string, string>()
  for (const [, number, keyword = ''] of text.matchAll(/^(\d{1,2}) (\S+)\s*$/gm)) {
    if (Number(number) < COUNT && !letters.has(keyword.toLowerCase()))
      letters.set(keyword.toLowerCase(), String.fromCharCode(A + Number(number)))
  }
  return letters
}
