import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../../src/stores/drivers.js'
import { type Folder, folderName, NOTHING_KNOWN, type ScanBatch } from '../../src/stores/store.js'
import { readAll, type Scanned, scanFolder } from './store-law.js'

/** A directory for one test file's mbox files. */
export class MboxFiles implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'mbaudit-mbox-'))
  #count = 0

  write(content: string | Buffer, name = `mbox-${++this.#count}`): string {
    const path = join(this.directory, name)
    writeFileSync(path, typeof content === 'string' ? Buffer.from(content, 'latin1') : content)
    return path
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true })
  }
}

export async function openMbox(path: string, options: Readonly<Record<string, string>> = {}): Promise<Folder> {
  const store = await openStore({ name: path, type: 'mbox', path, options })
  return store.open(folderName('INBOX'))
}

export interface ReadMbox extends Scanned {
  /** The messages as read, Latin-1. */
  readonly messages: readonly string[]
  readonly doubts: readonly boolean[]
}

export async function readMboxFile(path: string, options: Readonly<Record<string, string>> = {}): Promise<ReadMbox> {
  const folder = await openMbox(path, options)
  const scanned = await scanFolder(folder)
  const read = await readAll(
    folder,
    scanned.copies.map((copy) => copy.locator),
  )
  return {
    ...scanned,
    messages: read.map((bytes) => bytes?.toString('latin1') ?? 'unreadable'),
    doubts: scanned.copies.map((copy) => copy.boundsInDoubt),
  }
}

/** Scans a folder and does something after each batch, as another program might. */
export async function scanWhile(folder: Folder, between: (nth: number) => void | Promise<void>): Promise<ScanBatch[]> {
  const batches: ScanBatch[] = []
  for await (const batch of folder.scan(NOTHING_KNOWN)) {
    batches.push(batch)
    if (batch.verdict === null) await between(batches.length)
  }
  return batches
}
