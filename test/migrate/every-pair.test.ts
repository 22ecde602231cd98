import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Workbench } from '../support/applying.js'
import { hardMail, ODD_OCTETS } from '../support/hard-mail.js'
import { ALL_FORMATS, type Format, localPlace, migrate, type Place } from '../support/migrating.js'
import { expectArrived, givenIn, memoryPlace, namesOf, refusedFolders } from '../support/round-trip.js'

const NAMES = namesOf(ODD_OCTETS)

/** Folders that there may be no directory for; where the planner knows of it, they come under another name. */
const HARD_NAMES: Readonly<Record<Format, readonly string[]>> = {
  maildir: [],
  'maildir-fs': ['cur', 'new/tmp'],
  mboxrd: [],
  mboxo: [],
  mboxcl2: [],
  mh: ['..', '.hidden', 'slash\\/inside'],
  eml: ['..', '.hidden', 'slash\\/inside'],
}

let base: string
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'mbaudit-pairs-'))
})
afterAll(() => rmSync(base, { recursive: true, force: true }))

/** Migrates, holds that all of it arrived and that it is so for `compare` and for a second run. */
async function tryPair(from: Place, to: Place, format: Format): Promise<void> {
  using bench = new Workbench()
  const migrated = await migrate(bench, from, to)
  const { result, steps } = migrated
  const refused = refusedFolders(migrated)
  expect(HARD_NAMES[format]).toEqual(expect.arrayContaining([...refused]))
  const left = steps.filter(({ op, ...step }) => op === 'copy' && 'to' in step && isIn(refused, step.to))
  expect(result).toMatchObject({ ended: 'finished', open: 0, alteredByServer: 0 })
  expect([result?.failed, result?.skipped]).toEqual([refused.length, left.length])
  expect(result?.verified).toBe(steps.filter(({ op }) => op === 'copy').length - left.length)
  await expectArrived(from, to, migrated, givenIn(format, NAMES))
  const { summary, ...again } = await migrate(bench, from, to)
  expect(again.steps.length).toBe(refused.length + left.length)
  const flagsInHeader = format === 'eml' ? summary.flags : 0
  expect(summary).toMatchObject({ extra: 0, moved: 0, changed: 0, copies: 0, flags: flagsInHeader, foldersExtra: 0 })
  expect([summary.missing, summary.foldersMissing]).toEqual([left.length, refused.length])
}

const isIn = (refused: readonly string[], to: string | { readonly folder: string }): boolean =>
  typeof to !== 'string' && refused.includes(to.folder)

const made = new Map<Format, Promise<void>>()
/** Makes the source of a format once, by a migration. */
function arrived(format: Format): Promise<void> {
  const making = made.get(format) ?? tryPair(memoryPlace(hardMail()), localPlace(format, join(base, format)), format)
  made.set(format, making)
  return making
}

describe.each(ALL_FORMATS)('mail that nothing is easy about, to %s', (format) => {
  it('arrives', () => arrived(format))
  it.each(ALL_FORMATS)('and from there to %s', async (other) => {
    await arrived(format)
    const target = localPlace(other, join(base, `${format}-${other}`), 'target')
    await tryPair(localPlace(format, join(base, format)), target, other)
  })
})
