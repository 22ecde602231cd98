/** A value that is not what may stand in its place. */
export class Misfit extends Error {
  /** Such as `expect.size`; empty: the whole. */
  readonly field: string
  readonly wrong: string
  /** What may stand there, for a person. */
  readonly allowed: string

  constructor(field: string, wrong: string, allowed: string) {
    super(wrong)
    this.field = field
    this.wrong = wrong
    this.allowed = allowed
  }
}

/** What may stand in a place of a file that people edit. */
export interface Shape<T> {
  /** For a person: `a whole number`. */
  readonly allowed: string
  /** @throws Misfit */
  check(value: unknown, field: string): asserts value is T
}

const inside = (field: string, key: string): string => (field === '' ? key : `${field}.${key}`)

/** Some letters of what stands there. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

function shapeOf<T>(allowed: string, fits: (value: unknown) => boolean): Shape<T> {
  return {
    allowed,
    check(value, field): asserts value is T {
      if (value === undefined) throw new Misfit(field, 'is missing', allowed)
      if (!fits(value)) throw new Misfit(field, `is ${shown(value)}`, allowed)
    },
  }
}

/** @param T - a text, with a brand or without */
export function textShape<T extends string = string>(allowed: string, pattern: RegExp): Shape<T> {
  return shapeOf(allowed, (value) => typeof value === 'string' && pattern.test(value))
}

export function numberShape<T extends number = number>(allowed: string, least: number): Shape<T> {
  return shapeOf(allowed, (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= least)
}

export const TRUTH: Shape<boolean> = shapeOf('true or false', (value) => typeof value === 'boolean')

export function choiceShape<const T extends string | number>(choices: readonly T[]): Shape<T> {
  const words = choices.map((choice) => JSON.stringify(choice))
  const allowed = words.length === 1 ? String(words[0]) : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
  return shapeOf(allowed, (value) => choices.some((choice) => choice === value))
}

export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  const allowed = `${shape.allowed}, or null`
  return {
    allowed,
    check(value, field): asserts value is T | null {
      if (value === null) return
      const checked: Shape<T> = shape
      try {
        checked.check(value, field)
      } catch (error) {
        if (error instanceof Misfit && error.field === field) throw new Misfit(field, error.wrong, allowed)
        throw error
      }
    },
  }
}

export function listShape<T>(of: Shape<T>): Shape<readonly T[]> {
  const allowed = `a list, each ${of.allowed}`
  return {
    allowed,
    check(value, field): asserts value is readonly T[] {
      if (!Array.isArray(value))
        throw new Misfit(field, value === undefined ? 'is missing' : `is ${shown(value)}`, allowed)
      const checked: Shape<T> = of
      value.forEach((item, at) => {
        checked.check(item, `${field}[${at}]`)
      })
    },
  }
}

/** Keys that may be absent, where a type has such. */
type OptionalKeys<T> = { [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? K : never }[keyof T]

/** A mapping of just these keys. */
export function recordShape<T extends object>(
  fields: { readonly [K in keyof T]-?: Shape<Exclude<T[K], undefined>> },
  optional: readonly OptionalKeys<T>[] = [],
): Shape<T> {
  const names = Object.keys(fields)
  const mayLack = new Set<PropertyKey>(optional)
  const shapes: ReadonlyMap<string, Shape<unknown>> = new Map(Object.entries<Shape<unknown>>(fields))
  const allowed = `a mapping of ${names.join(', ')}`
  return {
    allowed,
    check(value, field): asserts value is T {
      const given = entriesOf(value, field, allowed)
      for (const name of given.keys())
        if (!shapes.has(name)) throw new Misfit(inside(field, name), 'is not known here', names.join(', '))
      for (const [name, shape] of shapes) {
        const each: Shape<unknown> = shape
        if (given.has(name) || !mayLack.has(name)) each.check(given.get(name), inside(field, name))
      }
    },
  }
}

/** A mapping of any keys. */
export function dictionaryShape<T>(of: Shape<T>): Shape<Readonly<Record<string, T>>> {
  const allowed = `a mapping, each value ${of.allowed}`
  return {
    allowed,
    check(value, field): asserts value is Readonly<Record<string, T>> {
      const checked: Shape<T> = of
      for (const [name, held] of entriesOf(value, field, allowed)) checked.check(held, inside(field, name))
    },
  }
}

/** One of several; of those that differ in their keys the one whose first key is there. */
export function unionShape<T>(shapes: Readonly<Record<string, Shape<T>>>): Shape<T> {
  const allowed = `a mapping with ${Object.keys(shapes).join(', or with ')}`
  return {
    allowed,
    check(value, field): asserts value is T {
      const given = entriesOf(value, field, allowed)
      const key = Object.keys(shapes).find((name) => given.has(name))
      const found = key === undefined ? undefined : shapes[key]
      if (found === undefined) throw new Misfit(field, `is ${shown(value)}`, allowed)
      const shape: Shape<T> = found
      shape.check(value, field)
    },
  }
}

function entriesOf(value: unknown, field: string, allowed: string): ReadonlyMap<string, unknown> {
  if (value === undefined) throw new Misfit(field, 'is missing', allowed)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Misfit(field, `is ${shown(value)}`, allowed)
  return new Map(Object.entries(value))
}
