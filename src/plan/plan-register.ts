import { createHash } from 'node:crypto'
import { PackedKeys } from '../stores/packed-keys.js'
import { Misfit } from './shape.js'
import type { CopyRef, Step } from './step.js'

/** A misfit between steps: where it is. */
export class MisfitAt extends Misfit {
  readonly line: number

  constructor(line: number, field: string, wrong: string, allowed: string) {
    super(field, wrong, allowed)
    this.line = line
  }
}

/** What is said of a step or of a place: sorted by what it is of, a few octets each. */
class Entries {
  readonly #keys = new PackedKeys()

  add(key: string, line: number): void {
    this.#keys.push(`${key}${String(line).padStart(LINE, '0')}`)
  }

  /** To be called before anything is asked. */
  sort(): void {
    this.#keys.sort()
  }

  /** @throws what `mistake` makes of the lines of two that have the same key */
  requireOnce(mistake: (first: number, second: number) => Error): void {
    for (let at = 1; at < this.#keys.length; at++) {
      const [before, here] = [this.#keys.at(at - 1), this.#keys.at(at)]
      if (before.slice(0, -LINE) === here.slice(0, -LINE)) throw mistake(lineOf(before), lineOf(here))
    }
  }

  /** The line of a key; null: there is none. */
  lineOf(key: string): number | null {
    const found = this.#keys.at(this.#keys.lowerBound(key))
    return found !== '' && found.slice(0, -LINE) === key ? lineOf(found) : null
  }

  *[Symbol.iterator](): Iterator<readonly [key: string, line: number]> {
    for (let at = 0; at < this.#keys.length; at++) {
      const entry = this.#keys.at(at)
      yield [entry.slice(0, -LINE), lineOf(entry)]
    }
  }
}

const LINE = 10
const lineOf = (entry: string): number => Number(entry.slice(-LINE))

/** What the steps of a plan say of each other: which messages they change, which must stay, which steps they wait for. */
export class PlanRegister {
  readonly #ids = new Entries()
  readonly #copies = new Entries()
  /** Messages that a step changes where they lie. */
  readonly #changed = new Entries()
  /** Those of them that are not there afterwards. */
  readonly #gone = new Entries()
  readonly #kept = new Entries()
  readonly #awaited = new Entries()

  add(step: Step, line: number): void {
    this.#ids.add(step.id, line)
    if (step.op === 'copy') this.#copies.add(copyKey(step.id, step.to.store), line)
    if (step.op !== 'move' && step.op !== 'flags' && step.op !== 'delete') return
    this.#changed.add(placeKey(step.at), line)
    if (step.op !== 'flags') this.#gone.add(placeKey(step.at), line)
    if (step.op !== 'delete') return
    if ('keptAs' in step.safe) this.#kept.add(placeKey(step.safe.keptAs), line)
    if ('after' in step.safe) this.#awaited.add(copyKey(step.safe.after, step.at.store), line)
  }

  /** @throws MisfitAt */
  check(): void {
    const all = [this.#ids, this.#changed, this.#gone, this.#copies, this.#kept, this.#awaited]
    for (const entries of all) entries.sort()
    this.#ids.requireOnce(
      (first, second) => new MisfitAt(second, '', `is the step of line ${first} again`, 'each step once'),
    )
    this.#changed.requireOnce(
      (first, second) => new MisfitAt(second, 'at', `is a message that line ${first} changes`, 'a message in one step'),
    )
    for (const [place, line] of this.#kept) {
      const by = this.#gone.lineOf(place)
      if (by !== null) throw new MisfitAt(line, 'safe.keptAs', `goes away by line ${by}`, 'a copy that stays')
    }
    for (const [copy, line] of this.#awaited) {
      const allowed =
        'the id of a "copy" of this plan into the same store; if it was taken out, take this line out as well'
      if (this.#copies.lineOf(copy) === null) throw new MisfitAt(line, 'safe.after', 'is no such step', allowed)
    }
  }
}

/** Stores are as good as told apart by a few digits. */
const copyKey = (id: string, store: string): string => `${id}${digitsOf(store).slice(0, 8)}`
const placeKey = ({ store, folder, locator }: CopyRef): string => digitsOf(JSON.stringify([store, folder, locator]))
const digitsOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 24)
