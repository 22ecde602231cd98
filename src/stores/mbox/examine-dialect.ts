import { counted, type MboxNotes } from './examine-notes.js'
import type { FromLines } from './examine-octets.js'
import { likelyVariant, type Variant } from './quoting.js'
import type { SplitMessage } from './split-message.js'

const REVERSIBLE: Readonly<Record<Variant, string>> = {
  mboxo: 'its quoting cannot be undone for sure: a >From line may be the mail’s own',
  mboxrd: 'its quoting can be undone',
  mboxcl: 'its quoting cannot be undone for sure: a >From line may be the mail’s own',
  mboxcl2: 'it quotes nothing, so that there is nothing to undo',
}

/** Counts what a file does with lines that begin with `From `, and tells where it does not do one thing. */
export class DialectExamination {
  readonly #notes: MboxNotes
  #messages = 0
  #withLength = 0
  #quoted = 0
  #quotedDeeply = 0
  #quotedWithoutLength = 0
  #bare = 0
  #bareWithLength = 0

  constructor(notes: MboxNotes) {
    this.#notes = notes
  }

  take({ hasLength, hasBareFrom }: SplitMessage, { isQuoted, isQuotedDeeply }: FromLines): void {
    this.#messages++
    if (hasLength) this.#withLength++
    if (isQuoted) this.#quoted++
    if (isQuotedDeeply) this.#quotedDeeply++
    if (isQuoted && !hasLength) this.#quotedWithoutLength++
    if (hasBareFrom && hasLength) this.#bareWithLength++
    if (hasBareFrom && !hasLength) this.#bare++
  }

  finish(): void {
    const isMixed =
      this.#bareWithLength > 0 ? this.#bare + this.#quotedWithoutLength > 0 : this.#bare > 0 && this.#quoted > 0
    if (!isMixed) return
    const variant = likelyVariant({
      messages: this.#messages,
      withLength: this.#withLength,
      withBareFrom: this.#bare + this.#bareWithLength,
      withQuotedFrom: this.#quoted,
    })
    const found = [
      `>From in ${this.#quoted}`,
      `>>From in ${this.#quotedDeeply}`,
      `From unquoted in ${this.#bare}`,
      `From unquoted under a Content-Length that holds in ${this.#bareWithLength}`,
    ]
    const detail = `${counted(this.#messages, 'message')}: ${found.join(', ')}; likely ${variant}, ${REVERSIBLE[variant]}`
    this.#notes.tell('mbox-dialect-mixed', null, detail)
  }
}
