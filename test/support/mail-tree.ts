import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import type { Examine } from '../../src/stores/examiners.js'
import { octetsOf, showOctets } from '../../src/stores/octet-name.js'
import type { LocalStoreType } from '../../src/stores/store.js'
import { examineStore } from './examining.js'

/** A directory of files that a test makes; taken away at the end. Names are shown octets: `\xff` is one that is no UTF-8. */
export class MailTree implements Disposable {
  readonly path = mkdtempSync(`${tmpdir()}/mbaudit-tree-`)

  /** @param seconds - the file's time; where it is left out, what the name begins with, else 1 January 2024 */
  put(name: string, content: string | Buffer = MAIL, seconds = secondsOf(name)): this {
    const path = this.at(name)
    mkdirSync(dirname(path.toString('latin1')), { recursive: true })
    writeFileSync(path, content)
    utimesSync(path, seconds, seconds)
    return this
  }

  directory(...names: readonly string[]): this {
    for (const name of names) mkdirSync(this.at(name), { recursive: true })
    return this
  }

  /** A folder of a Maildir with nothing in it; without names the top. */
  maildir(...folders: readonly string[]): this {
    for (const folder of folders.length === 0 ? ['.'] : folders)
      this.directory(...['cur', 'new', 'tmp'].map((part) => `${folder}/${part}`))
    return this
  }

  at(name: string): Buffer {
    return Buffer.from(octetsOf(`${showOctets(this.path)}/${name}`), 'latin1')
  }

  /** What an examination tells, one text for each: rule, folder, locator and detail. */
  async told(examine: Examine, type: LocalStoreType): Promise<string[]> {
    const told = await examineStore(examine, type, this.path)
    return told.map(({ rule, folder, locator, detail }) => `${rule} | ${folder ?? ''} | ${locator ?? ''} | ${detail}`)
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

export const MAIL = 'From: ana@example.org\nMessage-ID: <m@example.org>\n\nHello.\n'

const SOME_TIME = Date.UTC(2024, 0, 1) / 1_000

const secondsOf = (name: string): number => Number(/(?:^|\/)(\d{9,10})[._][^/]*$/.exec(name)?.[1] ?? SOME_TIME)
