import { describe, expect, it } from 'vitest'
import { MessageView } from '../../../../src/audit/integrity/message-view.js'
import type { MessageRule, Sighting } from '../../../../src/audit/integrity/rule.js'
import type { IndexedCopy } from '../../../../src/index/copy-index.js'
import { epochSeconds } from '../../../../src/message/message.js'
import type { StoreType } from '../../../../src/stores/store.js'
import { copy } from '../../../report/made-up.js'

/** 2020-01-01. */
export const NOW = epochSeconds(1_577_836_800)

export interface Setting {
  readonly storeType?: StoreType
  readonly copy?: Partial<IndexedCopy>
}

export function viewOf(octets: Buffer, { storeType = 'maildir', copy: set }: Setting = {}): MessageView {
  return new MessageView(octets, copy(1, set), storeType, NOW)
}

export function sightings(rule: MessageRule, octets: Buffer, setting: Setting = {}): readonly Sighting[] {
  return rule.detect(viewOf(octets, setting))
}

/** Octets of a text in Latin-1. */
export const octetsOf = (text: string): Buffer => Buffer.from(text, 'latin1')

/** A message as text in Latin-1; `¦` marks the places that the rule must name, one each. */
type Bad = readonly [text: string, detail: string | RegExp, setting?: Setting]
type Good = string | readonly [text: string, setting: Setting]

/** Holds a rule against messages that it must be silent on, and messages that it must find. */
export function describeRule(rule: MessageRule, good: Record<string, Good>, bad: Record<string, Bad>): void {
  describe(rule.name, () => {
    it.each(Object.entries(good))('is silent on %s', (_name, example) => {
      const [text, setting] = typeof example === 'string' ? [example, {}] : example
      expect(sightings(rule, octetsOf(text), setting)).toEqual([])
    })
    it.each(Object.entries(bad))('finds %s', (_name, [text, detail, setting]) => {
      const { message, places } = withoutMarks(text)
      const found = sightings(rule, octetsOf(message), setting)
      expect(found.map(({ offset }) => offset)).toEqual(places.length > 0 ? places : [null])
      expect(found[0]?.detail).toEqual(typeof detail === 'string' ? detail : expect.stringMatching(detail))
    })
  })
}

function withoutMarks(text: string): { message: string; places: number[] } {
  const [first = '', ...more] = text.split('¦')
  let message = first
  const places: number[] = []
  for (const piece of more) {
    places.push(message.length)
    message += piece
  }
  return { message, places }
}
