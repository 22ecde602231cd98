import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { ThreadReaders } from '../../src/stores/thread-readers.js'

const directory = mkdtempSync(join(tmpdir(), 'mbaudit-readers-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

it('no thread is started once the readers are closed: the one that asks reads', () => {
  const path = join(directory, 'one')
  writeFileSync(path, 'Message-ID: <1@example.org>\n\ntext\n')
  const readers = new ThreadReaders(1)
  readers[Symbol.dispose]()
  readers.expectMuch()
  expect(readers.hasRoom).toBe(false)
  const read = readers.readFiles(Array.from({ length: 500 }, () => ({ path, form: 'plain' as const })))
  const again = readers.readFiles([{ path, form: 'plain' }])
  for (const files of [read, again])
    expect(files).toEqual(expect.arrayContaining([expect.objectContaining({ kind: 'read' })]))
})
