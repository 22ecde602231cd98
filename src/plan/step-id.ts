import { hash } from 'node:crypto'
import type { Draft, Step } from './step.js'

/** Hexadecimal digits of an id. */
const DIGITS = 16

/**
 * The id of a step: equal steps have equal ids, wherever and whenever they are made. SHA-256 of all else in the step, as JSON
 * with sorted keys; its first 16 hexadecimal digits.
 */
export function stepId(step: Draft | Step): string {
  return hash('sha256', canonicalJson(step, 'id')).slice(0, DIGITS)
}

export function identify(draft: Draft): Step {
  const id = stepId(draft)
  return Object.assign({ id }, draft, { id })
}

/** @param without - a key that is left out of the value itself */
function canonicalJson(value: unknown, without: string | null = null): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join()}]`
  const held: Readonly<Record<string, unknown>> = { ...value }
  let text = ''
  for (const key of Object.keys(held).sort()) {
    if (key === without) continue
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(held[key])}`
  }
  return `{${text}}`
}
