import type { IndexedCopy } from '../../index/copy-index.js'
import {
  findHeaderSection,
  type HeaderField,
  type HeaderSection,
  readHeaderFields,
} from '../../message/header-section.js'
import type { EpochSeconds } from '../../message/message.js'
import type { StoreType } from '../../stores/store.js'

/** A message as rules look at it. What costs work is made when a rule first asks for it, once for all rules. */
export class MessageView {
  readonly octets: Buffer
  readonly copy: IndexedCopy
  readonly storeType: StoreType
  /** When the check began. */
  readonly now: EpochSeconds
  #section: HeaderSection | undefined
  #fields: readonly HeaderField[] | undefined
  #text: string | undefined

  constructor(octets: Buffer, copy: IndexedCopy, storeType: StoreType, now: EpochSeconds) {
    this.octets = octets
    this.copy = copy
    this.storeType = storeType
    this.now = now
  }

  get section(): HeaderSection {
    this.#section ??= findHeaderSection(this.octets)
    return this.#section
  }

  get fields(): readonly HeaderField[] {
    this.#fields ??= readHeaderFields(this.octets)
    return this.#fields
  }

  /** All octets as Latin-1: offsets in it are offsets in the message. */
  get text(): string {
    this.#text ??= this.octets.toString('latin1')
    return this.#text
  }

  /** All fields of this name (lower case), in their order. */
  fieldsNamed(name: string): readonly HeaderField[] {
    return this.fields.filter((field) => field.name === name)
  }
}
