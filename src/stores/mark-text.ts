import { type Mark, mark } from './writable.js'

/**
 * Rows of words as one line of text, and back. Words may hold anything that is well-formed Unicode.
 */
export function writeMark(rows: readonly (readonly string[])[]): Mark {
  return mark(rows.map((row) => row.map(encodeURIComponent).join(':')).join(' '))
}

/** @throws URIError for a text that no `writeMark` made */
export function readMark(text: Mark): readonly (readonly string[])[] {
  return text.split(' ').map((row) => row.split(':').map(decodeURIComponent))
}
