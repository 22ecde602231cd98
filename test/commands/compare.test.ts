import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { makeWorkplace, type Workplace } from '../support/run-program.js'
import { readSchema } from '../support/schemas.js'
import { message } from '../support/small-mail.js'

const Result = z.object({
  summary: z.record(z.string(), z.unknown()),
  problems: z.array(z.object({ code: z.string(), folder: z.string().nullable() })),
  foldersMissing: z.array(z.string()),
  foldersExtra: z.array(z.string()),
  notReadInFull: z.array(z.object({ store: z.string(), folder: z.string() })),
  unjudged: z.object({ master: z.number(), slave: z.number() }),
  differences: z.array(z.object({ kind: z.string(), id: z.string().nullable() })),
})
const resultOf = (stdout: string) => Result.parse(JSON.parse(stdout))

let place: Workplace
beforeAll(async () => {
  place = await makeWorkplace()
  await writeMaildir('master', { '': ['a', 'b', 'c S'], '.Work': ['d', 'e'], '.Lists.Choir': ['f'] })
  await writeMaildir('slave', { '': ['a', 'c', 'e', 'x'], '.Work': ['d'], '.Old': [] })
})
afterAll(() => place[Symbol.asyncDispose]())

const mail = (id: string) =>
  message(
    {
      From: 'ana@example.org',
      Subject: `Letter ${id}`,
      Date: 'Thu, 29 Feb 2024 10:00:00 +0000',
      'Message-ID': `<${id}@x>`,
    },
    `Text of ${id}.\n`,
  )

/** @param folders - by directory, IDs and flags of the messages */
async function writeMaildir(name: string, folders: Readonly<Record<string, readonly string[]>>): Promise<void> {
  for (const [folder, messages] of Object.entries(folders)) {
    for (const part of ['cur', 'new', 'tmp']) await mkdir(join(place.path, name, folder, part), { recursive: true })
    for (const [at, text] of messages.entries()) {
      const [id = '', flags = ''] = text.split(' ')
      await writeFile(join(place.path, name, folder, 'cur', `170920080${at}.M1P${at}.host:2,${flags}`), mail(id))
    }
  }
}

const compare = (...flags: string[]) => place.run(['compare', 'maildir:master', 'maildir:slave', ...flags])

describe('mbaudit compare', () => {
  it('says in JSON, by its schema, what differs', async () => {
    const { stdout, status } = await compare('--json')
    expect(status).toBe(0)
    const validate = new Ajv2020().compile(await readSchema('compare'))
    expect(validate(JSON.parse(stdout)), JSON.stringify(validate.errors)).toBe(true)
    const { summary, foldersMissing, foldersExtra, differences } = resultOf(stdout)
    expect(summary).toEqual({
      inBoth: 3,
      missing: 2,
      extra: 1,
      moved: 1,
      changed: 0,
      flags: 1,
      copies: 0,
      foldersMissing: 1,
      foldersExtra: 1,
      evidence: { headers: 0, digests: 4 },
    })
    expect([foldersMissing, foldersExtra]).toEqual([['Lists/Choir'], ['Old']])
    expect(differences.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      'missing <b@x>',
      'extra <x@x>',
      'flags <c@x>',
      'missing <f@x>',
      'moved <e@x>',
    ])
  })

  it('says the same in a table and in CSV, and nothing of it outside', async () => {
    const { stdout, stderr } = await compare()
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'On maildir:slave, against maildir:master: 2 missing, 1 extra, 1 moved, 1 flagged otherwise, 1 folder missing, 1 folder extra; 3 in both.',
    )
    expect(stdout).toContain('the slave lacks \\Seen')
    expect(stdout).toMatch(/Letter e +Work\n +on the slave in INBOX/)
    expect(stdout).toContain('Folders of maildir:master that maildir:slave has not: Lists/Choir.')
    expect(stderr).toMatch(/no problems/)
    const [head = '', ...rows] = (await compare('--csv')).stdout.trimEnd().split('\r\n')
    expect(head).toMatch(/^kind,reason,id,digest,masterStore,masterFolder,.*,slaveStore,.*,slaveFlags$/)
    expect(rows).toHaveLength(5)
  })

  it('writes a line a mail, to standard output or to a file', async () => {
    const lines = [
      '= INBOX\t<a@x>',
      '= Work\t<d@x>',
      '+ INBOX\t<b@x>',
      '- INBOX\t<x@x>',
      '~ INBOX\t<c@x>',
      '+ Lists/Choir\t<f@x>',
      '> Work\t<e@x>\tINBOX',
    ]
    expect((await compare('--combined', '-')).stdout.trimEnd().split('\n')).toEqual(lines)
    expect((await compare('--combined', 'lines.txt')).stdout).toContain('in both')
    expect((await readFile(join(place.path, 'lines.txt'), 'utf8')).trimEnd().split('\n')).toEqual(lines)
  })

  it('looks at chosen folders against the whole of both stores', async () => {
    const { summary, differences } = resultOf((await compare('--json', '--folder', 'Work')).stdout)
    expect(summary).toMatchObject({ inBoth: 1, missing: 0, extra: 0, moved: 0, foldersMissing: 0 })
    expect(differences).toEqual([])
    expect((await compare('--folder', 'Wrok')).stdout).toContain('--folder Wrok matches no folder of either store.')
  })

  it('pairs folders by --map', async () => {
    const { foldersMissing, foldersExtra } = resultOf((await compare('--json', '--map', 'Lists/Choir=Old')).stdout)
    expect([foldersMissing, foldersExtra]).toEqual([[], []])
  })

  it('says by its status whether anything differs', async () => {
    expect((await compare('--exit-code')).status).toBe(1)
    const same = await place.run(['compare', 'maildir:master', 'maildir:./master/../master', '--exit-code'])
    expect(same.status).toBe(2)
    await writeMaildir('copy', { '': ['a', 'b', 'c S'], '.Work': ['d', 'e'], '.Lists.Choir': ['f'] })
    const copy = await place.run(['compare', 'maildir:master', 'maildir:copy', '--exit-code'])
    expect([copy.status, copy.stdout]).toEqual([
      0,
      expect.stringContaining('maildir:copy holds what maildir:master holds: 6 in both.'),
    ])
  })

  it.each([
    [['maildir:master', 'maildir:master'], 2, /one store/],
    [['maildir:master', 'maildir:master/'], 2, /one store/],
    [['maildir:master'], 2, /slave/i],
    [['maildir:master', 'maildir:slave', '--map', 'A'], 2, /--map A maps nothing/],
    [['maildir:master', 'maildir:slave', '--since', 'May'], 2, /--since May is no date/],
    [['maildir:master', 'maildir:slave', '--combined', '-', '--json'], 2, /--combined -/],
    [['maildir:master', 'maildir:slave', '--combined', 'no/such'], 2, /no folder/],
    [['maildir:master', 'maildir:nowhere'], 3, /nothing is there/],
  ])('%j: refused with %i', async (args, status, words) => {
    const run = await place.run(['compare', ...args])
    expect(run.status).toBe(status)
    expect(run.stdout + run.stderr).toMatch(words)
  })

  it('calls nothing missing from a folder that it cannot read, and ends with status 4', async () => {
    await writeMaildir('closed', { '': ['a', 'c S'], '.Work': ['d'], '.Lists.Choir': ['f'] })
    await symlink('itself.M1.host:2,', join(place.path, 'closed', '.Work', 'cur', 'itself.M1.host:2,'))
    const run = await place.run(['compare', 'maildir:master', 'maildir:closed', '--json'])
    const { summary, notReadInFull, unjudged } = resultOf(run.stdout)
    expect([run.status, summary.missing, unjudged]).toEqual([4, 1, { master: 1, slave: 0 }])
    expect(notReadInFull).toEqual([{ store: 'maildir:closed', folder: 'Work' }])
    const told = await place.run(['compare', 'maildir:master', 'maildir:closed'])
    expect(told.stdout.replace(/\s+/g, ' ')).toContain('Of 1 mail nothing is said')
    expect((await place.run(['compare', 'maildir:master', 'maildir:closed', '--combined', '-'])).stdout).toMatch(
      /^! Work\tslave\n/,
    )
  })
})
