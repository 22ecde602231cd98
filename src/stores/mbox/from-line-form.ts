import { isDated } from './separator.js'

/** Ways to write a From_ line by which some readers know it for none. First match counts. */
const ODD_FORMS: readonly (readonly [form: RegExp, what: string])[] = [
  [/^From \s*$/, 'it has neither sender nor date'],
  [/^From -\s*$/, 'it has no date'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d/, 'its date is in ISO 8601 form'],
  [/ \d{1,2} [A-Z][a-z]{2},? \d{4},? +\d{1,2}:\d\d/, 'its date is in the form of RFC 5322'],
  [/ \d{1,2} [A-Z][a-z]{2} \d\d +\d{1,2}:\d\d/, 'its date has a year of two digits'],
  [/ \d{1,2}:\d\d(?::\d\d)? +[-+]\d{4} +\d{4}\b/, 'a zone stands before the year'],
  [/^From \?{3}@\?{3} /, 'its sender is ???@???'],
]
const YEAR = /\b\d{4}\b(?!:)/

/**
 * What is odd about the form of a From_ line, in a few words; null: nothing (RFC 4155, and what nearly every reader takes).
 *
 * @param line - Latin-1, without its line ending
 */
export function oddFormOf(line: string): string | null {
  const odd = ODD_FORMS.find(([form]) => form.test(line))
  if (odd !== undefined) return odd[1]
  if (!isDated(line)) return 'it has no date that can be read'
  return YEAR.test(line) ? null : 'its date has no year'
}
