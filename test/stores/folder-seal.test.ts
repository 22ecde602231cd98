import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openStore } from '../../src/stores/drivers.js'
import { folderName, type KnownCopies } from '../../src/stores/store.js'
import { knownAfter, mail, scanFolder } from '../support/store-law.js'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mbaudit-seal-'))
  for (const name of ['cur', 'new', 'tmp']) mkdirSync(join(root, name))
  for (let n = 0; n < 20; n++) writeFileSync(join(root, 'cur', `17000000${n + 10}.M1P1.host:2,S`), mail(n))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const at = (n: number) => join(root, 'cur', `17000000${n + 10}.M1P1.host:2,S`)

async function scanAgain(known?: KnownCopies): ReturnType<typeof scanFolder> {
  await using store = await openStore({ name: root, type: 'maildir', path: root, options: {} })
  return scanFolder(await store.open(folderName('INBOX')), known)
}

async function first(): Promise<KnownCopies> {
  return knownAfter(await scanAgain())
}

it('an unchanged folder is told unchanged without a look at what is known of it', async () => {
  const known = await first()
  let walked = false
  const copies = () => {
    walked = true
    return known.copies()
  }
  const { verdict } = await scanAgain({ ...known, copies })
  expect(verdict).toEqual({ outcome: 'unchanged' })
  expect(walked).toBe(false)
})

it.each([
  ['a flag was set', () => renameSync(at(3), at(3).replace(/S$/, 'FS'))],
  ['a message came', () => writeFileSync(join(root, 'new', '1800000000.M1P1.host'), mail(99))],
  ['a message went', () => unlinkSync(at(4))],
  ['one came and one went', () => renameSync(at(5), join(root, 'cur', '1900000000.M1P1.host:2,S'))],
  [
    'two changed places',
    () => {
      renameSync(at(6), join(root, 'tmp', 'aside'))
      renameSync(at(7), at(6))
      renameSync(join(root, 'tmp', 'aside'), at(7))
    },
  ],
  [
    'one was rewritten in place and its time put back',
    () => {
      const { atime, mtime } = statSync(at(8))
      appendFileSync(at(8), 'more\n')
      utimesSync(at(8), atime, mtime)
    },
  ],
  ['keywords were named otherwise', () => writeFileSync(join(root, 'dovecot-keywords'), '0 Work\n')],
  ['its cur went', () => renameSync(join(root, 'cur'), join(root, 'gone'))],
])('a folder is looked at anew where %s', async (_, change) => {
  const known = await first()
  change()
  const again = await scanAgain(known)
  const fresh = await scanAgain()
  expect(again.verdict.outcome).toBe(fresh.verdict.outcome)
  expect(again.kept.length + again.copies.length).toBe(fresh.copies.length)
  expect(again.verdict).toEqual(fresh.verdict)
  expect(again.verdict).not.toEqual({ outcome: 'complete', state: known.state })
})

it('a state from before there were seals is believed as it was, and sealed', async () => {
  const known = await first()
  const [version = ''] = (known.state ?? '').split(' #')
  const { verdict } = await scanAgain({ ...known, state: version })
  expect(verdict).toMatchObject({ outcome: 'complete', state: known.state })
})
