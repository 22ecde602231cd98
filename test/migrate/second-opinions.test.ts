import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MemoryMessage } from '../../src/stores/memory/store.js'
import { encodeModifiedUtf7 } from '../../src/stores/modified-utf7.js'
import { folderName } from '../../src/stores/store.js'
import { Workbench } from '../support/applying.js'
import { isRoot, isToBeTested } from '../support/daemon.js'
import { dovecotUser, hasDovecot, startDovecot } from '../support/dovecot.js'
import { hardMail } from '../support/hard-mail.js'
import { accountAt } from '../support/imap-accounts.js'
import { openAccount } from '../support/imap-store.js'
import {
  filesIn,
  hasMblaze,
  hasMutt,
  hasPython,
  mblazeFlagged,
  mblazeFolders,
  mblazeMessages,
  muttCounts,
  pythonCounts,
} from '../support/mail-programs.js'
import { ALL_FORMATS, type Format, holds, localPlace, migrate } from '../support/migrating.js'
import { memoryPlace } from '../support/round-trip.js'
import { makeWorkplace } from '../support/run-program.js'

const { INBOX = [], Dates = [], Flags = [], Twice = [], Work = [] } = hardMail()
/** Folders that every program can have; what is hard is the mail in them. */
const FOLDERS: Readonly<Record<string, readonly MemoryMessage[]>> = {
  ...{ INBOX, Dates, Flags, Twice, Work },
  'Work/Trips': Work,
  'R&D caf\u00e9 \u{1f4ee}': Work,
  Empty: [],
}
const NAMES = Object.keys(FOLDERS)
const countOf = (name: string): number => FOLDERS[name]?.length ?? 0

let base: string
const pathOf = (format: Format): string => join(base, format)
beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'mbaudit-opinions-'))
  for (const format of ALL_FORMATS) {
    using bench = new Workbench()
    const { result } = await migrate(bench, memoryPlace(FOLDERS), localPlace(format, pathOf(format)))
    expect(result).toMatchObject({ ended: 'finished', failed: 0, skipped: 0 })
  }
})
afterAll(() => rmSync(base, { recursive: true, force: true }))

describe.skipIf(!isToBeTested(hasPython && hasMblaze))('folders that are called as messages of MH are', () => {
  /** `²` and `٣` are digits to Python as well. */
  const ODD = ['1', '12/7', '12', '01', '\u00b2', '\u0663', '1,2', 'v1.2', 'a.b/1', '1_']

  it('are no messages to Python in an MH store; in a Maildir they are folders to it and to mblaze', async () => {
    const place = await makeWorkplace()
    try {
      const at = (name: string) => join(place.path, name)
      const source = localPlace('mboxrd', at('source'))
      using bench = new Workbench()
      await migrate(bench, memoryPlace(Object.fromEntries(['INBOX', ...ODD].map((name) => [name, Work]))), source)
      const stepsTo = async (format: Format) => {
        const command = ['migrate', 'mbox:source', format, '--format', format, '--yes', '--json']
        const told = JSON.parse((await place.run(command)).stdout)
        expect(JSON.parse((await place.run(command)).stdout).steps).toEqual([])
        const folders = told.steps.flatMap((step: { op: string; folder: string }) =>
          step.op === 'createFolder' ? [step.folder] : [],
        )
        return { folders, notes: told.notes }
      }
      const { folders, notes } = await stepsTo('mh')
      const laid = JSON.parse((await place.run(['compare', 'mbox:source', 'mh:mh', '--json'])).stdout)
      expect(laid.summary).toMatchObject({ missing: 0, moved: 0 })
      expect(folders.sort()).toEqual(
        ['01_', '1,2', '12_', '12_/7_', '1_', '1_ (6b86)', 'a.b/1_', 'v1.2', '\u00b2_', '\u0663_', 'INBOX'].sort(),
      )
      expect(notes).toContainEqual(expect.stringMatching(/^12\/7 becomes 12_\/7_: /))
      const boxes = folders.map((name: string) => placeOf('mh', name, at('mh')))
      const counts = pythonCounts(boxes.map((path: string) => ['MH', path]))
      expect(Object.values(counts).map(([all, read]) => [all, read])).toEqual(
        boxes.map(() => [Work.length, Work.length]),
      )
      for (const format of ['maildir', 'maildir-fs'] as const) {
        expect((await stepsTo(format)).notes).toEqual([])
        const paths = ['INBOX', ...ODD].map((name) => placeOf(format, name, at(format)))
        expect(mblazeFolders(at(format), format === 'maildir-fs')).toEqual(paths.sort())
        const told = pythonCounts(paths.map((path) => ['Maildir', path]))
        for (const path of paths) {
          expect([path, told[path]?.slice(0, 2)]).toEqual([path, [Work.length, Work.length]])
          expect([path, mblazeMessages(path).length]).toEqual([path, Work.length])
        }
      }
    } finally {
      await place[Symbol.asyncDispose]()
    }
  })
})

/** Where a folder lies, as other programs look for it. */
function placeOf(format: Format, name: string, top = pathOf(format)): string {
  const levels = name.split('/')
  if (format.startsWith('mbox')) return join(top, levels.join('.sbd/'))
  if (name === 'INBOX') return top
  if (format === 'maildir') return join(top, `.${levels.map((level) => encodeModifiedUtf7(level, '.')).join('.')}`)
  return join(top, ...levels)
}

it('an MH folder that is there keeps its name, though it is one of digits', async () => {
  const path = join(base, 'there')
  mkdirSync(join(path, '12'), { recursive: true })
  writeFileSync(join(path, '12', '1'), 'Subject: Choir\n\nIt is full.\n')
  await using store = await localPlace('mh', path).openForWriting()
  const nameOf = await store.namer?.()
  const named = ['12', '12/7', '13'].map((name) => nameOf?.(folderName(name)))
  expect(named).toEqual(['12', '12/7_', '13_'])
})

describe.skipIf(!isToBeTested(hasPython))("Python's mailbox (scripts/install-test-servers.sh)", () => {
  it.each(['maildir', 'maildir-fs', 'mh'] as const)('counts the messages of each folder of %s', (format) => {
    const kind = format === 'mh' ? 'MH' : 'Maildir'
    const counts = pythonCounts(NAMES.map((name) => [kind, placeOf(format, name)]))
    expect(NAMES.map((name) => [name, ...(counts[placeOf(format, name)] ?? []).slice(0, 2)])).toEqual(
      NAMES.map((name) => [name, countOf(name), countOf(name)]),
    )
    if (format === 'maildir') expect(counts[pathOf(format)]?.[2]).toHaveLength(NAMES.length - 1)
  })

  it.each(['mboxrd', 'mboxo', 'mboxcl2'] as const)('counts the messages of each file of %s', (format) => {
    // It knows no Content-Length: a bare `From ` line of an mboxcl2 begins a message for it.
    const names = NAMES.filter((name) => format !== 'mboxcl2' || name !== 'INBOX')
    const counts = pythonCounts(names.map((name) => ['mbox', placeOf(format, name)]))
    expect(names.map((name) => [name, counts[placeOf(format, name)]])).toEqual(
      names.map((name) => [name, [countOf(name), countOf(name)]]),
    )
    expect(filesIn(pathOf(format))).toHaveLength(NAMES.length)
  })
})

describe.skipIf(!isToBeTested(hasMblaze))('mblaze (scripts/install-test-servers.sh)', () => {
  it.each(['maildir', 'maildir-fs'] as const)('lists the folders, messages and flags of %s', (format) => {
    const isNested = format === 'maildir-fs'
    expect(mblazeFolders(pathOf(format), isNested)).toEqual(NAMES.map((name) => placeOf(format, name)).sort())
    const isSeen = ({ flags }: MemoryMessage): boolean => flags.includes('\\Seen')
    for (const name of NAMES) {
      const place = placeOf(format, name)
      expect([name, mblazeMessages(place).length, mblazeFlagged(place, 'S')]).toEqual([
        name,
        countOf(name),
        FOLDERS[name]?.filter(isSeen).length,
      ])
    }
  })
})

describe.skipIf(!isToBeTested(hasMutt))('mutt (scripts/install-test-servers.sh)', () => {
  it.each(ALL_FORMATS.filter((format) => format !== 'eml'))(
    'counts messages, unread and flagged ones of %s',
    (format) => {
      // An empty mbox file, or an MH folder without a message, is no mailbox for it.
      for (const name of NAMES.filter((each) => countOf(each) > 0)) {
        const mails = FOLDERS[name] ?? []
        const withFlag = (flag: string): number => mails.filter(({ flags }) => flags.includes(flag)).length
        // A `Status: RO` that came with a mail counts for it, though the mailbox's own field stands before it.
        const brought = format.startsWith('mbox') && name === 'INBOX' ? 1 : 0
        const wanted = [mails.length, mails.length - withFlag('\\Seen') - brought, withFlag('\\Flagged')]
        expect([name, muttCounts(placeOf(format, name))]).toEqual([name, wanted])
      }
    },
  )
})

describe.skipIf(!isToBeTested(hasDovecot))('Dovecot (scripts/install-test-servers.sh)', () => {
  it.each(['maildir', 'maildir-fs', 'mboxrd', 'mboxcl2'] as const)('serves each folder of %s', async (format) => {
    const isMbox = format.startsWith('mbox')
    await using dovecot = await startDovecot({ more: settingFor(format) })
    const home = dovecot.home('alice')
    mkdirSync(home)
    const ours = await holds(localPlace(format, pathOf(format)))
    symlinkSync(pathOf(format), join(home, isMbox ? 'mail' : 'Maildir'))
    if (isMbox) renameSync(join(pathOf(format), 'INBOX'), join(home, 'inbox.mbox'))
    chmodSync(base, 0o755)
    if (isRoot) execFileSync('chown', ['-R', `${dovecotUser()}:${dovecotUser()}`, home, pathOf(format)])
    await using store = await openAccount(accountAt(dovecot.port, { user: 'alice' }))
    const served = await holds({ open: async () => store, openForWriting: () => Promise.reject(new Error()) })
    // Its mbox files have no folder in a folder with mail: `Work.sbd` is Thunderbird's way.
    for (const name of NAMES.filter((each) => !isMbox || !each.includes('/'))) {
      const mails = ours[name] ?? []
      const shown = mails.filter(({ raw }) => !isOddToDovecot(format, raw))
      expect([name, served[name]?.length]).toEqual([name, mails.length])
      expect([name, served[name]?.map(({ wire }) => wire)]).toEqual([
        name,
        expect.arrayContaining(shown.map(({ wire }) => wire)),
      ])
    }
  })
})

/** How Dovecot is to be told, as docs/migrate.md has it. */
function settingFor(format: Format): string {
  const page = readFileSync(new URL('../../docs/migrate.md', import.meta.url), 'utf8')
  const line = page.split('\n').find((each) => each.includes(`\`${format}\``) && each.includes('mail_location = '))
  return /`(mail_location = [^`]+)`/.exec(line ?? '')?.[1] ?? ''
}

/** A NUL is shown as 0x80. Out of an mbox, what stands before the first field and CR CR LF are shown otherwise. */
const isOddToDovecot = (format: Format, raw: string): boolean =>
  raw.includes('\0') || (format.startsWith('mbox') && /^(\xef\xbb\xbf|>?From )|\r\r\n/.test(raw))
