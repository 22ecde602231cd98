import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { EXIT, MbauditError, UsageError } from '../errors.js'
import type { EpochSeconds } from '../message/message.js'
import { type FolderName, folderName, type Locator, locator } from '../stores/store.js'
import { makePrivateDirectory, syncDirectory, writeDurably } from './private-files.js'
import type { RunDirectories } from './run.js'

/** What plans call the quarantine of a run, and the folder of it that all mail lies in. */
export const QUARANTINE_STORE = 'quarantine'
export const QUARANTINE_FOLDER: FolderName = folderName('INBOX')

/** Where in the quarantine the message lies that a step deleted. @param token - the id of the step */
export const quarantineLocator = (token: string): Locator => locator(`file=${uniqueName(token)}`)

const uniqueName = (token: string): string => `${token}.mbaudit`
const fileName = (token: string): string => `${uniqueName(token)}:2,`

/** Files that are written, and not yet flushed, at a time. */
const AT_ONCE = 16

/** The Maildir that the messages of a run go to before they are deleted. */
export class Quarantine {
  readonly #path: string
  readonly #fresh = new Set<string>()
  #writing: Promise<void>[] = []
  #isMade = false

  constructor(path: string) {
    this.#path = path
  }

  /** Takes a message, which is safe once `secure` was awaited. @throws QuarantineError */
  async add(token: string, bytes: Uint8Array, received: EpochSeconds | null): Promise<void> {
    await this.#tried(async () => {
      this.#make()
      const before = statSync(join(this.#path, 'cur', fileName(token)), { throwIfNoEntry: false })
      if (before?.size === bytes.length) return
      this.#fresh.add(token)
      this.#writing.push(this.#write(token, bytes, received))
      if (this.#writing.length >= AT_ONCE) await this.#written()
    })
  }

  /** Puts what was added since the last call in its place. @throws QuarantineError - nothing of it is there, then */
  async secure(): Promise<void> {
    await this.#tried(async () => {
      await this.#written()
      for (const token of this.#fresh) renameSync(this.#pathOf('tmp', token), this.#pathOf('cur', token))
      if (this.#fresh.size > 0) syncDirectory(join(this.#path, 'cur'))
      this.#fresh.clear()
    })
  }

  read(token: string): Buffer {
    return readFileSync(this.#pathOf('cur', token))
  }

  measure(): { messages: number; octets: number } {
    return measureQuarantine(this.#path)
  }

  #pathOf(sub: 'tmp' | 'cur', token: string): string {
    return join(this.#path, sub, fileName(token))
  }

  async #write(token: string, bytes: Uint8Array, received: EpochSeconds | null): Promise<void> {
    const path = this.#pathOf('tmp', token)
    rmSync(path, { force: true })
    await writeDurably(path, bytes)
    if (received !== null && received > 0) await utimes(path, received, received)
  }

  async #written(): Promise<void> {
    const writing = this.#writing
    this.#writing = []
    for (const result of await Promise.allSettled(writing)) if (result.status === 'rejected') throw result.reason
  }

  async #tried(act: () => Promise<void>): Promise<void> {
    try {
      await act()
    } catch (error) {
      await Promise.allSettled(this.#writing)
      this.#writing = []
      for (const token of this.#fresh) rmSync(this.#pathOf('tmp', token), { force: true })
      this.#fresh.clear()
      if (error instanceof Error && 'syscall' in error) throw new QuarantineError(error.message)
      throw error
    }
  }

  #make(): void {
    if (this.#isMade) return
    const [all, data] = [dirname(this.#path), dirname(dirname(this.#path))]
    for (const path of [data, all, this.#path]) makePrivateDirectory(path)
    for (const sub of ['tmp', 'new', 'cur']) makePrivateDirectory(join(this.#path, sub))
    for (const path of [this.#path, all, data]) syncDirectory(path)
    this.#isMade = true
  }
}

/**
 * Sees whether what a run deletes could be kept, before anything is done.
 *
 * @throws UsageError where the quarantine cannot be written to
 */
export function requireQuarantine({ data }: RunDirectories): void {
  const all = quarantineIn(data)
  try {
    for (const path of [data, all]) makePrivateDirectory(path)
    rmdirSync(mkdtempSync(join(all, 'trial-')))
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    const hint = `What is deleted is kept in ${all} first. See that it can be written to, or name another place with XDG_DATA_HOME.`
    throw new UsageError(`the quarantine cannot be written to: ${error.message}; nothing was changed`, hint)
  }
}

/** Where the quarantines of all runs lie. */
export const quarantineIn = (data: string): string => join(data, 'quarantine')

/** Mail that is to be deleted cannot be kept: it is not deleted. */
export class QuarantineError extends MbauditError {
  constructor(why: string) {
    const hint = 'Nothing is deleted that cannot be kept. Make room where the quarantine lies: mbaudit runs --prune.'
    super('REFUSED', EXIT.partial, `the message could not be brought into the quarantine (${why})`, hint)
  }
}

/** Removes what was half written when a run was stopped. */
export function removeHalfWritten(path: string): void {
  const place = join(path, 'tmp')
  if (existsSync(place)) for (const name of readdirSync(place)) rmSync(join(place, name), { force: true })
}

/** Counts the messages in a quarantine and their octets. */
export function measureQuarantine(path: string): { messages: number; octets: number } {
  const place = join(path, 'cur')
  const names = existsSync(place) ? readdirSync(place) : []
  const sizes = names.map((name) => statSync(join(place, name), { throwIfNoEntry: false })?.size ?? 0)
  return { messages: names.length, octets: sizes.reduce((sum, size) => sum + size, 0) }
}
