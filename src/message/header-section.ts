/** Offsets into a message (docs/deviations.md#header-section). */
export interface HeaderSection {
  /** After a byte order mark and a leading From_ line. */
  readonly start: number
  /** Where the first empty line begins, or the message ends. */
  readonly end: number
  /** After the empty line. */
  readonly bodyStart: number
  readonly hasEmptyLine: boolean
}

export interface HeaderField {
  /** Lower case. */
  readonly name: string
  /** Octets as Latin-1, still folded, without the last line ending. */
  readonly value: string
  readonly start: number
  /** After the last line ending. */
  readonly end: number
}

/** Called for a header field: where it begins, where its body begins and ends, and where the next line begins. */
export type FieldVisitor = (name: string, start: number, bodyStart: number, bodyEnd: number, next: number) => void

const LF = 10
const CR = 13
const SPACE = 32
const TAB = 9
const COLON = 58
const QUOTE = 62
const MAX_NAME = 76

/** Which field names a walk looks at, by length and first letter, so that all others cost no string. */
export interface FieldNames {
  readonly names: ReadonlySet<string>
  readonly shapes: Uint8Array
}

export function fieldNames(names: Iterable<string>): FieldNames {
  const set = new Set(names)
  const shapes = new Uint8Array(MAX_NAME * 128)
  for (const name of set) {
    shapes[name.length * 128 + name.charCodeAt(0)] = 1
    shapes[name.length * 128 + name.toUpperCase().charCodeAt(0)] = 1
  }
  return { names: set, shapes }
}

/** Where a message proper begins: after a byte order mark and a leading From_ line, quoted or not. */
export function messageStart(message: Buffer): number {
  const start = message[0] === 0xef && message[1] === 0xbb && message[2] === 0xbf ? 3 : 0
  return isFromLine(message, start) ? nextLine(message, lineEnd(message, start)) : start
}

function isFromLine(message: Buffer, start: number): boolean {
  const at = message[start] === QUOTE ? start + 1 : start
  if (message[at] !== 0x46 || message.toString('latin1', at, at + 5) !== 'From ') return false
  let next = at + 4
  while (message[next] === SPACE || message[next] === TAB) next++
  return message[next] !== COLON // `From : a@b` is a field with obsolete white space
}

function lineEnd(message: Buffer, from: number): number {
  let at = from
  for (; at < message.length; at++) {
    const octet = message[at]
    if (octet === LF || octet === CR) break
  }
  return at
}

/** The start of the line after the line ending (LF, CRLF or lone CR) at `end`. */
function nextLine(message: Buffer, end: number): number {
  if (end >= message.length) return message.length
  return message[end] === CR && message[end + 1] === LF ? end + 2 : end + 1
}

/**
 * Walks the header section once, line by line, up to the first empty line or the end of the message. A line that is no
 * header field does not end it. Lines end in LF, CRLF or a lone CR.
 *
 * @param wanted - fields to call `visit` for; null for all
 */
export function walkHeader(message: Buffer, wanted: FieldNames | null, visit: FieldVisitor): HeaderSection {
  const start = messageStart(message)
  const length = message.length
  let name = ''
  let fieldStart = 0
  let bodyStart = 0
  let bodyEnd = 0
  let at = start
  while (at < length) {
    const first = message[at]
    if (first === LF || first === CR) break
    const end = lineEnd(message, at)
    const next = nextLine(message, end)
    if (first === SPACE || first === TAB) {
      bodyEnd = end
    } else {
      if (name !== '') visit(name, fieldStart, bodyStart, bodyEnd, at)
      const colon = nameEnd(message, at, end)
      name = colon === 0 ? '' : nameOf(message, at, colon, wanted)
      fieldStart = at
      bodyStart = name === '' ? 0 : message.indexOf(COLON, colon) + 1
      bodyEnd = end
    }
    at = next
  }
  if (name !== '') visit(name, fieldStart, bodyStart, bodyEnd, at)
  const hasEmptyLine = at < length
  return { start, end: at, bodyStart: hasEmptyLine ? nextLine(message, at) : length, hasEmptyLine }
}

/** The end of the field name of the line [at, end), before white space and colon; 0 when the line is no header field. */
function nameEnd(message: Buffer, at: number, end: number): number {
  let to = at
  for (; to < end; to++) {
    const octet = message[to] ?? 0
    if (octet === COLON || octet <= SPACE || octet > 126) break
  }
  if (to === at) return 0
  let colon = to
  while (colon < end && (message[colon] === SPACE || message[colon] === TAB)) colon++
  return colon < end && message[colon] === COLON ? to : 0
}

function nameOf(message: Buffer, at: number, to: number, wanted: FieldNames | null): string {
  if (wanted === null) return message.toString('latin1', at, to).toLowerCase()
  const length = to - at
  if (length >= MAX_NAME || wanted.shapes[length * 128 + (message[at] ?? 0)] !== 1) return ''
  const name = message.toString('latin1', at, to).toLowerCase()
  return wanted.names.has(name) ? name : ''
}

const NO_FIELDS = fieldNames([])

/** Finds the bounds of the header section. */
export function findHeaderSection(message: Buffer): HeaderSection {
  return walkHeader(message, NO_FIELDS, () => {})
}

export interface Header {
  readonly section: HeaderSection
  /** All well-formed header fields in their order; lines that are no header field are left out. */
  readonly fields: readonly HeaderField[]
}

export function readHeader(message: Buffer): Header {
  const fields: HeaderField[] = []
  const section = walkHeader(message, null, (name, start, bodyStart, bodyEnd, end) => {
    fields.push({ name, value: message.toString('latin1', bodyStart, bodyEnd), start, end })
  })
  return { section, fields }
}

/** The fields alone. */
export function readHeaderFields(message: Buffer): readonly HeaderField[] {
  return readHeader(message).fields
}

/** Takes folding out of a field body: line endings go, the white space after them stays (RFC 5322 §2.2.3). */
export function unfold(value: string): string {
  return (/[\r\n]/.test(value) ? value.replace(/[\r\n]+/g, '') : value).trim()
}

/** The unfolded body of the first field of this name (lower case), octets as Latin-1. */
export function firstField(fields: readonly HeaderField[], name: string): string | undefined {
  const field = fields.find((candidate) => candidate.name === name)
  return field && unfold(field.value)
}
