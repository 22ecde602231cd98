import { isUtf8 } from 'node:buffer'
import { charsetName, decodeCharset, isKnownCharset } from './charset.js'
import { decodeWindows1252 } from './code-page.js'
import { decodeBase64, decodeQ } from './transfer-encoding.js'

/** One run of the same kind in a header field body: raw text, or encoded words whose octets belong together. */
interface Run {
  /** null: raw text. */
  readonly charset: string | null
  /** Octets as Latin-1. */
  text: string
  /** As it stands, shown when it cannot be decoded. */
  raw: string
}

/**
 * Decodes the body of a header field for a person: encoded words (RFC 2047) wherever they stand, raw 8-bit as UTF-8 if
 * it is valid, else as windows-1252; unfolded, white space collapsed and trimmed. Control characters stay.
 *
 * @param latin1 - octets as Latin-1, folded or not
 */
export function decodeHeaderText(latin1: string): string {
  if (!/=\?|[^ -~]| {2}/.test(latin1)) return latin1.trim()
  const text = latin1.includes('=?') ? decodeRuns(splitRuns(latin1)) : decodeRaw(latin1)
  return (/[\t\r\n\f\v]| {2}/.test(text) ? text.replace(/[ \t\r\n\f\v]+/g, ' ') : text).trim()
}

function decodeRuns(runs: readonly Run[]): string {
  let text = ''
  for (const run of runs) text += run.charset === null ? decodeRaw(run.text) : decodeEncoded(run, run.charset)
  return text
}

/** Raw text: 8-bit octets as UTF-8 if all of them are, else as windows-1252. */
export function decodeRaw(latin1: string): string {
  if (!/[\x80-\xff]/.test(latin1)) return latin1
  const octets = Buffer.from(latin1, 'latin1')
  return isUtf8(octets) ? octets.toString('utf8') : decodeWindows1252(octets)
}

function decodeEncoded(run: Run, charset: string): string {
  const octets = Buffer.from(run.text, 'latin1')
  return isKnownCharset(charset) || isUtf8(octets) ? decodeCharset(octets, charset) : decodeRaw(run.raw)
}

/**
 * Splits at encoded words. White space between two of them goes; octets of neighbours in one character set are joined
 * before decoding, since many writers split a character over two words.
 */
function splitRuns(text: string): Run[] {
  const runs: Run[] = []
  let from = 0
  let close = -1
  for (let at = text.indexOf('=?'); at >= 0; at = text.indexOf('=?', at)) {
    const head = ENCODED_HEAD.exec(text.slice(at + 2, at + 2 + MAX_HEAD))
    const start = at + 2 + (head?.[0].length ?? 0)
    if (!head) {
      at += 2
      continue
    }
    if (close < start) close = endOf(text, start)
    if (close === text.length) break
    addRaw(runs, text.slice(from, at), true)
    addEncoded(
      runs,
      charsetName(head[1] ?? ''),
      decodeWord(head[2] ?? '', text.slice(start, close)),
      text.slice(at, close + 2),
    )
    from = at = close + 2
  }
  addRaw(runs, text.slice(from), false)
  return runs
}

/** Charset, perhaps with a language, and B or Q. */
const ENCODED_HEAD = /^([^?\s]{1,60})\?([bq])\?/i
const MAX_HEAD = 64

/** The next `?=`, or the length of the text when there is none: asked but once for each, so that all of it stays linear. */
function endOf(text: string, start: number): number {
  const found = text.indexOf('?=', start)
  return found < 0 ? text.length : found
}

/** Octets as Latin-1. */
function decodeWord(encoding: string, word: string): string {
  if (encoding === 'b' || encoding === 'B') return decodeBase64(Buffer.from(word, 'latin1')).toString('latin1')
  return decodeQ(word)
}

function addRaw(runs: Run[], text: string, isBeforeWord: boolean): void {
  const isBetween = isBeforeWord && runs.length > 0 && /^[ \t\r\n]*$/.test(text)
  if (text !== '' && !isBetween) runs.push({ charset: null, text, raw: text })
}

function addEncoded(runs: Run[], charset: string, text: string, raw: string): void {
  const last = runs.at(-1)
  if (last?.charset === charset) {
    last.text += text
    last.raw += raw
  } else {
    runs.push({ charset, text, raw })
  }
}
