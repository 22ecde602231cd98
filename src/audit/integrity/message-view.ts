import { isAscii } from 'node:buffer'
import type { IndexedCopy } from '../../index/copy-index.js'
import { type BodyHashVerdict, verifyBodyHashes } from '../../message/dkim.js'
import { addFieldBody } from '../../message/envelope.js'
import { type Header, type HeaderField, type HeaderSection, readHeader } from '../../message/header-section.js'
import { type LineSurvey, surveyLines } from '../../message/line-survey.js'
import type { EpochSeconds } from '../../message/message.js'
import { PART_FIELDS } from '../../message/part-header.js'
import { type PartTree, readPartTree } from '../../message/part-tree.js'
import { readTextParts, type TextPart } from '../../message/text-parts.js'
import type { StoreType } from '../../stores/store.js'

const SIGNATURES: ReadonlySet<string> = new Set(['dkim-signature', 'arc-message-signature'])
const NO_HASHES: readonly BodyHashVerdict[] = []

/** A message as rules look at it. What costs work is made when a rule first asks for it, once for all rules. */
export class MessageView {
  readonly octets: Buffer
  readonly copy: IndexedCopy
  readonly storeType: StoreType
  /** When the check began. */
  readonly now: EpochSeconds
  #header: Header | undefined
  #text: string | undefined
  #bodyHashes: readonly BodyHashVerdict[] | undefined
  #isAscii: boolean | undefined
  #lines: LineSurvey | undefined
  #parts: PartTree | undefined
  #texts: readonly TextPart[] | undefined

  constructor(octets: Buffer, copy: IndexedCopy, storeType: StoreType, now: EpochSeconds) {
    this.octets = octets
    this.copy = copy
    this.storeType = storeType
    this.now = now
  }

  get section(): HeaderSection {
    this.#header ??= readHeader(this.octets)
    return this.#header.section
  }

  get fields(): readonly HeaderField[] {
    this.#header ??= readHeader(this.octets)
    return this.#header.fields
  }

  /** All octets as Latin-1: offsets in it are offsets in the message. */
  get text(): string {
    this.#text ??= this.octets.toString('latin1')
    return this.#text
  }

  /**
   * What the body hashes of DKIM and ARC signatures prove. In an mbox a `>` before `From ` is the format's own, and whether a
   * message brought one along cannot be told: a body that is intact but for it counts as intact there.
   */
  get bodyHashes(): readonly BodyHashVerdict[] {
    this.#bodyHashes ??= this.fields.some(({ name }) => SIGNATURES.has(name)) ? this.#verify() : NO_HASHES
    return this.#bodyHashes
  }

  /** Whether no octet is over 127. */
  get isAscii(): boolean {
    this.#isAscii ??= isAscii(this.octets)
    return this.#isAscii
  }

  get lines(): LineSurvey {
    this.#lines ??= surveyLines(this.octets)
    return this.#lines
  }

  get parts(): PartTree {
    this.#parts ??= this.#readParts()
    return this.#parts
  }

  get texts(): readonly TextPart[] {
    this.#texts ??= readTextParts(this.octets, this.parts)
    return this.#texts
  }

  #verify(): readonly BodyHashVerdict[] {
    return verifyBodyHashes(this.octets).map((hash) => {
      if (this.storeType !== 'mbox' || hash.cause !== 'from-quoting') return hash
      return hash.hasAddition ? { ...hash, cause: 'footer' } : { ...hash, verdict: 'intact', cause: null }
    })
  }

  #readParts(): PartTree {
    const bodies = new Map<string, string>()
    for (const { name, value } of this.fields) if (PART_FIELDS.includes(name)) addFieldBody(bodies, name, value)
    return readPartTree(this.octets, bodies, this.section.start, this.section.bodyStart)
  }

  /** All fields of this name (lower case), in their order. */
  fieldsNamed(name: string): readonly HeaderField[] {
    return this.fields.filter((field) => field.name === name)
  }
}
