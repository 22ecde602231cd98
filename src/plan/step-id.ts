import { createHash } from 'node:crypto'
import type { Draft, Step } from './step.js'

/** Hexadecimal digits of an id. */
const DIGITS = 16

/**
 * The id of a step: equal steps have equal ids, wherever and whenever they are made. SHA-256 of all else in the step, as JSON
 * with sorted keys; its first 16 hexadecimal digits.
 */
export function stepId(step: Draft | Step): string {
  const content = Object.fromEntries(Object.entries(step).filter(([key]) => key !== 'id'))
  return createHash('sha256').update(canonicalJson(content)).digest('hex').slice(0, DIGITS)
}

export function identify(draft: Draft): Step {
  const id = stepId(draft)
  return { ...{ id }, ...draft, id }
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, held]) => `${JSON.stringify(key)}:${canonicalJson(held)}`).join()}}`
}
