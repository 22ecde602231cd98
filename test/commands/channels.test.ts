import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mail, mails, readMaildir, textsIn, writeMaildir } from '../support/maildir-mail.js'
import { makeWorkplace, type Workplace } from '../support/run-program.js'
import { readSchema } from '../support/schemas.js'

let place: Workplace
beforeEach(async () => {
  place = await makeWorkplace()
})
afterEach(() => place[Symbol.asyncDispose]())

const at = (name: string) => join(place.path, name)
const configure = (stores: readonly string[], channels: string) =>
  writeFileSync(
    at('mbaudit.yaml'),
    `stores:\n${stores.map((name) => `  ${name}: { type: maildir, path: ./${name} }\n`).join('')}${channels}`,
  )
const json = async (...args: readonly string[]) => {
  const run = await place.run([...args, '--json'])
  return { ...run, document: JSON.parse(run.stdout) }
}
const validSchema = async (name: string, document: object) => {
  const validate = new Ajv2020().compile(await readSchema(name))
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
}

const ONE_WAY =
  'channels:\n  copy: { master: a, slave: b, mode: archive }\n  image: { master: a, slave: c, mode: mirror }\n'

describe('a channel of mode archive or mirror', () => {
  it('is the sync of its two stores, as the configuration says', async () => {
    configure(['a', 'b', 'c'], ONE_WAY)
    writeMaildir(at('a'), { INBOX: mails(0, 5) })
    for (const slave of ['b', 'c']) writeMaildir(at(slave), { INBOX: [...mails(0, 3), mail(9)] })
    const archived = await json('sync', 'copy', '--yes')
    expect([archived.status, archived.document.summary]).toMatchObject([0, { copy: 2, delete: 0, done: 2 }])
    const mirrored = await json('sync', 'image', '--yes')
    expect([mirrored.status, mirrored.document.summary]).toMatchObject([0, { copy: 2, delete: 1, done: 3 }])
    expect(readMaildir(at('c'))).toEqual(readMaildir(at('a')))
    expect(textsIn(at('b'))).toHaveLength(6)
    await validSchema('sync', mirrored.document)
    expect((await json('sync', 'image', '--yes', '--exit-code')).status).toBe(0)
  })

  it('takes its folders, its map and its limit from the configuration', async () => {
    configure(
      ['a', 'b'],
      'channels:\n  c: { master: a, slave: b, mode: mirror, folders: [INBOX, Work], map: { Work: Job }, maxDelete: 1 }\n',
    )
    writeMaildir(at('a'), { INBOX: [mail(1)], Work: [mail(2)], Other: [mail(3)] })
    writeMaildir(at('b'), { INBOX: [mail(1), mail(7), mail(8)], Else: [mail(6)] })
    const refused = await json('sync', 'c', '--yes')
    expect([refused.status, refused.document.error.message]).toEqual([5, expect.stringMatching(/more than the 1/)])
    const done = await json('sync', 'c', '--yes', '--max-delete', '2')
    expect([done.status, done.document.summary]).toMatchObject([0, { copy: 1, delete: 2 }])
    const held = Object.entries(readMaildir(at('b'))).map(([folder, lines]) => [folder, lines.length])
    expect(Object.fromEntries(held)).toEqual({ INBOX: 1, Else: 1, Job: 1 })
  })

  it('brings nothing to folders that the configuration of a store leaves out, and deletes nothing for them', async () => {
    writeFileSync(
      at('mbaudit.yaml'),
      'stores:\n  a: { type: maildir, path: a, notFolders: [Old] }\n  b: { type: maildir, path: b, notFolders: [Trash] }\n' +
        'channels:\n  c: { master: a, slave: b, mode: mirror }\n',
    )
    writeMaildir(at('a'), { INBOX: [mail(1)], Trash: [mail(2)], Old: [mail(3)] })
    writeMaildir(at('b'), { INBOX: [mail(1)], Old: [mail(4)] })
    expect((await json('sync', 'c', '--yes')).document.summary).toMatchObject({ createFolder: 0, copy: 0, delete: 0 })
  })

  it('--toward shows what would come to one store, and changes nothing', async () => {
    configure(['a', 'b', 'c'], ONE_WAY)
    writeMaildir(at('a'), { INBOX: mails(0, 5) })
    writeMaildir(at('c'), { INBOX: [mail(9)] })
    const before = readMaildir(at('c'))
    const to = await json('sync', 'image', '--toward', 'c')
    expect([to.status, to.document.summary, to.document.run]).toMatchObject([0, { copy: 5, delete: 1 }, null])
    expect((await json('sync', 'image', '--toward', 'a')).document).toMatchObject({ summary: { copy: 0 }, steps: [] })
    expect(readMaildir(at('c'))).toEqual(before)
    expect(existsSync(join(place.path, '..', 'state'))).toBe(false)
  })
})

describe('a command line that names no channel', () => {
  beforeEach(() => {
    configure(['a', 'b', 'c'], `${ONE_WAY}groups:\n  both: [copy, image]\n`)
    writeMaildir(at('a'), { INBOX: [mail(1)] })
  })
  it.each([
    [['sync', 'cpy'], /there is no channel "cpy"/, /There are: copy, image, both\. Did you mean copy\?/],
    [['sync', 'a'], /"a" is a store, and no channel/, /mbaudit sync a SLAVE. Channels of a: copy, image/],
    [['sync'], /neither stores nor a channel/, /MASTER SLAVE/],
    [['sync', 'copy', '--all'], /--all goes with no name/, /two stores|a channel/],
    [['sync', 'copy', '--toward', 'c'], /channel copy has no such store/, /between a and b/],
    [['sync', 'copy', '--prefer', 'a'], /--prefer does not go with channel copy/, /two-way/],
    [['sync', 'copy', '--delete'], /--delete goes with MASTER SLAVE/, /mode: mirror/],
    [['sync', 'a', 'b', '--answers', 'x.csv'], /--answers goes with a channel/, /channels\.md/],
    [['sync', 'a', 'b', '--toward', 'c'], /--toward c is neither store/, /a or b/],
    [['sync', 'both', '--plan', 'x'], /not asked about/, /--yes/],
    [['channels', 'cpy'], /there is no channel "cpy"/, /copy/],
  ])('%j', async (args, message, hint) => {
    const free = args.some((arg) => arg === '--toward' || arg === '--plan') || args[0] === 'channels'
    const { status, document } = await json(...args, ...(free ? [] : ['--yes']))
    expect([status, document.error]).toEqual([
      2,
      { code: 'USAGE', message: expect.stringMatching(message), hint: expect.stringMatching(hint) },
    ])
  })

  it('with no configuration says what a channel is', async () => {
    rmSync(at('mbaudit.yaml'))
    const { status, document } = await json('sync', '--all', '--yes')
    expect([status, document.error.message]).toEqual([
      2,
      expect.stringMatching(/no channel: there is no configuration/),
    ])
  })
})

describe('sync --all, and groups', () => {
  const CHANNELS =
    'channels:\n  ab: { master: a, slave: b, mode: archive }\n  bc: { master: b, slave: c, mode: archive }\n' +
    '  de: { master: d, slave: e, mode: mirror }\ngroups:\n  night: [ab, bc]\n'

  beforeEach(() => {
    configure(['a', 'b', 'c', 'd', 'e'], CHANNELS)
    for (const name of ['a', 'b', 'c', 'd', 'e']) writeMaildir(at(name), { INBOX: [] })
    writeMaildir(at('a'), { INBOX: mails(0, 3) })
    writeMaildir(at('d'), { INBOX: mails(10, 12) })
  })

  it('carries out all, in their order where they share a store, with one summary line', async () => {
    const { status, document, stderr } = await json('sync', '--all', '--yes', '--exit-code')
    expect([status, document.summary]).toMatchObject([1, { channels: 3, copy: 8, done: 8, outcomes: { done: 3 } }])
    expect(textsIn(at('c'))).toEqual(textsIn(at('a')))
    expect(stderr.trim().split('\n').at(-1)).toMatch(
      /^mbaudit sync: 3 channels: 3 done \(8 messages to copy .*; no problems; /,
    )
    await validSchema('sync-all', document)
    const again = await json('sync', '--all', '--yes', '--exit-code')
    expect([again.status, again.document.summary]).toMatchObject([0, { outcomes: { nothing: 3 } }])
    const quiet = await place.run(['sync', '--all', '--yes', '--quiet', '--save', 'last.json'])
    expect([quiet.status, quiet.stderr]).toEqual([0, ''])
  })

  it('a group is some of them; --dry-run shows each and changes nothing', async () => {
    const { document } = await json('sync', 'night', '--dry-run')
    expect(
      document.channels.map(({ channel, outcome, copy }: Record<string, unknown>) => [channel, outcome, copy]),
    ).toEqual([
      ['ab', 'planned', 3],
      ['bc', 'nothing', 0],
    ])
    expect(textsIn(at('b'))).toEqual([])
    expect(existsSync(join(place.path, '..', 'state'))).toBe(false)
  })

  it('the trouble of one keeps no other from its work; the gravest status counts', async () => {
    rmSync(at('a'), { recursive: true })
    rmSync(at('d'), { recursive: true })
    writeMaildir(at('d'), { INBOX: [] })
    writeMaildir(at('e'), { INBOX: mails(20, 50) })
    writeMaildir(at('b'), { INBOX: [mail(7)] })
    const { status, document } = await json('sync', '--all', '--yes')
    expect([status, document.channels, document.problems]).toMatchObject([
      5,
      [
        { channel: 'ab', outcome: 'failed', code: 'STORE_NOT_FOUND' },
        { channel: 'bc', outcome: 'done', copy: 1 },
        { channel: 'de', outcome: 'refused', code: 'SAFETY_LIMIT', delete: 30 },
      ],
      [{ code: 'STORE_NOT_FOUND' }, { code: 'SAFETY_LIMIT' }],
    ])
    await validSchema('sync-all', document)
    expect(textsIn(at('e'))).toHaveLength(30)
  })

  it('channels says how each stands', async () => {
    const fresh = await json('channels', '--exit-code')
    expect([fresh.status, fresh.document.summary]).toMatchObject([1, { channels: 3, unwell: 3, pending: 0 }])
    await json('sync', 'night', '--yes')
    writeMaildir(at('e'), { INBOX: mails(20, 50) })
    rmSync(at('d'), { recursive: true })
    writeMaildir(at('d'), { INBOX: [] })
    await json('sync', 'de', '--yes')
    const { document } = await json('channels')
    expect(document.channels).toMatchObject([
      { channel: 'ab', mode: 'archive', stores: ['a', 'b'], groups: ['night'], end: 'done', pending: 0, state: null },
      { channel: 'bc', end: 'done', run: expect.stringMatching(/-sync-/) },
      {
        channel: 'de',
        end: 'refused',
        succeeded: null,
        age: null,
        pending: 30,
        message: expect.stringMatching(/empty/),
      },
    ])
    await validSchema('channels', document)
    const table = await place.run(['channels', 'night'])
    expect([table.status, table.stdout]).toEqual([0, expect.stringMatching(/ab +archive +a → b +done/)])
  })
})
