import { decodeCharset } from './charset.js'
import { decodeHeaderText } from './encoded-word.js'

/** A field body such as that of Content-Type: a value, and parameters by name in lower case (RFC 2045 §5.1). */
export interface ParameterisedValue {
  /** Lower case. */
  readonly value: string
  /** As written, octets as Latin-1; the first of a name counts. */
  readonly parameters: ReadonlyMap<string, string>
}

/** `; name="quoted \" text"` or `; name=token`; the semicolon may lack, the quote may not be closed. */
const PARAMETER =
  /(?<![;\s])[;\s]+([^\s=;"]{1,80})[ \t\r\n]{0,8}=[ \t\r\n]{0,8}(?:"((?:[^"\\]|\\[\s\S])*)(?:"|\\?$)|([^;\s]*))/g

/** Longer field bodies are read up to here. */
const MAX_LENGTH = 65_536

/**
 * @param fieldBody - octets as Latin-1, folded or not
 */
export function parseParameters(fieldBody: string): ParameterisedValue {
  const body = (fieldBody.length > MAX_LENGTH ? fieldBody.slice(0, MAX_LENGTH) : fieldBody).replace(/[\r\n]+/g, '')
  const value = /^\s*([^\s;()"=]*)/.exec(body)
  const parameters = new Map<string, string>()
  if (!body.includes('=')) return { value: value?.[1]?.toLowerCase() ?? '', parameters }
  PARAMETER.lastIndex = value?.[0].length ?? 0
  for (let match = PARAMETER.exec(body); match; match = PARAMETER.exec(body)) {
    const name = match[1]?.toLowerCase() ?? ''
    if (!parameters.has(name)) parameters.set(name, match[3] ?? match[2]?.replace(/\\([\s\S])/g, '$1') ?? '')
  }
  return { value: value?.[1]?.toLowerCase() ?? '', parameters }
}

/**
 * A parameter that people read, such as a file name: in RFC 2231 pieces and character sets, in encoded words (which
 * the standard forbids and most writers use), or raw.
 */
export function readParameter({ parameters }: ParameterisedValue, name: string): string {
  const extended = parameters.get(`${name}*`)
  if (extended !== undefined) return decodeExtended([{ text: extended, isEncoded: true }])
  const plain = parameters.get(name)
  if (plain !== undefined) return decodeHeaderText(plain)
  return decodeExtended(piecesOf(parameters, name))
}

interface Piece {
  readonly text: string
  /** Written with a star at the end: percent-encoded. */
  readonly isEncoded: boolean
}

/** `name*0`, `name*1*` … (RFC 2231 §3). */
function piecesOf(parameters: ReadonlyMap<string, string>, name: string): Piece[] {
  const pieces: Piece[] = []
  for (let n = 0; ; n++) {
    const plain = parameters.get(`${name}*${n}`)
    const encoded = parameters.get(`${name}*${n}*`)
    const text = encoded ?? plain
    if (text === undefined) return pieces
    pieces.push({ text, isEncoded: encoded !== undefined })
  }
}

function decodeExtended(pieces: readonly Piece[]): string {
  const [first] = pieces
  if (!first) return ''
  const head = first.isEncoded ? /^([^']*)'[^']*'/.exec(first.text) : null
  const octets = pieces.map(({ text, isEncoded }, n) => {
    const rest = n === 0 && head ? text.slice(head[0].length) : text
    return isEncoded
      ? rest.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      : rest
  })
  const all = octets.join('')
  return head ? collapse(decodeCharset(Buffer.from(all, 'latin1'), head[1] ?? '')) : decodeHeaderText(all)
}

function collapse(text: string): string {
  return text.replace(/[ \t\r\n\f\v]+/g, ' ').trim()
}
