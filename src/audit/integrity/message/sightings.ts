import { excerpt } from '../../../message/excerpt.js'
import type { HeaderField } from '../../../message/header-section.js'
import type { MessageView } from '../message-view.js'
import type { Sighting } from '../rule.js'

export const NOTHING: readonly Sighting[] = []

/** More places of one kind in one message are counted, not listed. */
const MOST = 20

export function firstOnes(sightings: readonly Sighting[]): readonly Sighting[] {
  if (sightings.length <= MOST) return sightings
  const rest = sightings.length - MOST + 1
  return [...sightings.slice(0, MOST - 1), { offset: null, detail: `${counted(rest, 'more place')} of this kind` }]
}

/** `1 line`, `2 lines`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** Header text that is safe to print, in quotes; folding shows as blanks. */
export function quoted(text: string): string {
  const unfolded = text.replace(/[\r\n]+[ \t]*/g, ' ').trim()
  return `"${excerpt(Buffer.from(unfolded, 'latin1'), 0, unfolded.length)}"`
}

/** What stands at an offset, up to the end of its line. */
export function lineAt({ octets }: MessageView, at: number): string {
  const line = octets.subarray(at, at + 300)
  const end = line.findIndex((octet) => octet === 10 || octet === 13)
  return `"${excerpt(end < 0 ? line : line.subarray(0, end), 0, line.length)}"`
}

/** The name of a field as it is written in the message. */
export function nameAsWritten({ octets }: MessageView, { start, name }: HeaderField): string {
  return octets.toString('latin1', start, start + name.length)
}
