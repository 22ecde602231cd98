import type { BelievedLength } from './believed-length.js'
import type { Candidate } from './candidate.js'

/** One message of an mbox file. */
export interface SplitMessage {
  /** Of its separator line. */
  readonly offset: number
  /** Latin-1, without its line ending. */
  readonly fromLine: string
  /** Of `octets`. */
  readonly start: number
  /** Without From_ line, and without the empty line that the format puts behind a message. A view: gone with the next call. */
  readonly octets: Buffer
  /** Whether a Content-Length field told where it ends. */
  readonly hasLength: boolean
  /** Whether a line in it begins with `From `, unquoted. */
  readonly hasBareFrom: boolean
  readonly boundsInDoubt: boolean
  /** Whether it is too large to be held; `octets` is empty then. */
  readonly isTooLarge: boolean
}

/** What a splitter carries over a separator: it goes on from there alike, whatever it read before. */
export interface SplitState {
  /** Of the separator line. */
  readonly offset: number
  /** Whether the message behind it is in doubt. */
  readonly doubtNext: boolean
  /** Messages that start before it lie inside a multipart that began before them. */
  readonly partEnd: number
}

/** Looks at the file elsewhere than where the splitter stands. Only a file that is not compressed can. */
export interface FarSight {
  readonly size: number
  peek(offset: number, length: number): Buffer
  hasLineFeed(): boolean
}

/** What became of a place that begins with `From `. */
export interface PlaceReading {
  /** `none`: it stands before the first message. */
  readonly as: 'separator' | 'text' | 'none'
  /** Whether a multipart that began before it goes on behind it. */
  readonly isInPart: boolean
}

export interface SplitOptions {
  readonly far: FarSight | null
  /** Whether Content-Length fields are looked at. */
  readonly trustsLengths: boolean
  /** Told of each place, in order, before the message that ends at it or behind it is given. */
  readonly watch?: (place: Candidate, reading: PlaceReading) => void
}

/** Octets are lacking: fill `makeRoom()` and say so by `took`. */
export const MORE = Symbol('more')
export type More = typeof MORE

/** A message whose separator was found and whose end was not. */
export interface OpenMessage {
  readonly separator: Candidate
  /** -1: there is no empty line near. */
  readonly bodyStart: number
  inDoubt: boolean
  hasBareFrom: boolean
  isTooLarge: boolean
  /** The header section, Latin-1; empty before it was looked at, and where its end is not known. */
  head: string
  /** undefined: not looked at yet. */
  believed: BelievedLength | null | undefined
  /** Where the body would end by a Content-Length that is not believed; 0: by none. */
  refutedEnd: number
}

export const openMessage = (separator: Candidate, bodyStart: number, inDoubt: boolean): OpenMessage => ({
  separator,
  bodyStart,
  inDoubt,
  hasBareFrom: false,
  isTooLarge: false,
  head: '',
  believed: undefined,
  refutedEnd: 0,
})
