import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeWorkplace } from '../support/run-program.js'
import { writeMbox } from '../support/small-mail.js'

describe('config init', () => {
  it('writes a configuration that can be read, with the mail in its usual places', async () => {
    await using place = await makeWorkplace()
    await mkdir(join(place.home, 'Maildir/cur'), { recursive: true })
    const run = await place.run(['config', 'init', '--json'])
    expect(JSON.parse(run.stdout)).toMatchObject({
      summary: { file: join(place.path, 'mbaudit.yaml'), stores: 1 },
      configured: [{ name: 'maildir', type: 'maildir', place: join(place.home, 'Maildir') }],
    })
    expect((await place.run(['scan'])).status).toBe(0)
  })
  it('finds nothing and still writes what is in order', async () => {
    await using place = await makeWorkplace()
    expect((await place.run(['config', 'init'])).status).toBe(0)
    expect((await place.run(['config', 'check'])).status).toBe(0)
    expect((await stat(join(place.path, 'mbaudit.yaml'))).mode & 0o077).toBe(0)
    expect((await place.run(['list'])).stderr).toContain('names none')
  })
  it('never overwrites', async () => {
    await using place = await makeWorkplace()
    await writeFile(join(place.path, 'mine.yaml'), '# mine\n')
    expect((await place.run(['config', 'init', '--config', 'mine.yaml'])).status).toBe(2)
    expect(await readFile(join(place.path, 'mine.yaml'), 'utf8')).toBe('# mine\n')
  })
})

describe('config check and show', () => {
  const TEXT = `stores:
  far: { type: imap, host: imap.example.org, user: alice, password: { command: "echo hunter2" }, tls: implicit }
  near: { type: mbox, path: mail.mbox, variant: mboxrd, folders: ["**"] }
  gone: { type: maildir, path: ~/gone }
channels:
  backup: { master: far, slave: near, mode: mirror, maxDelete: 5% }
`
  it('show what is understood, and no password', async () => {
    await using place = await makeWorkplace()
    await writeFile(join(place.path, 'mbaudit.yaml'), TEXT)
    const run = await place.run(['config', 'show', '--json'])
    expect(run.stdout + run.stderr).not.toContain('hunter2')
    expect(JSON.parse(run.stdout).configured).toMatchObject([
      { name: 'far', place: 'alice@imap.example.org', settings: ['password=(command)', 'tls=implicit'] },
      { name: 'near', place: join(place.path, 'mail.mbox'), folders: ['**'], settings: ['variant=mboxrd'] },
      { name: 'gone', place: join(place.home, 'gone') },
      { name: 'backup', kind: 'channel', type: 'mirror', place: 'far -> near', settings: ['maxDelete=5%'] },
    ])
  })
  it('name the stores that are not there', async () => {
    await using place = await makeWorkplace()
    await writeFile(join(place.path, 'mbaudit.yaml'), TEXT)
    await writeMbox(place.path, 'mail.mbox')
    const run = await place.run(['config', 'check', '--json'])
    expect([run.status, JSON.parse(run.stdout).problems.map(({ store }: { store: string }) => store)]).toEqual([
      3,
      ['gone'],
    ])
  })
  it('look in the place of the user, after the folder here', async () => {
    await using place = await makeWorkplace()
    const folder = join(place.home, '../config/mbaudit')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'config.yaml'), 'stores:\n  a: { type: mh, path: there }\n')
    const shown = async () => JSON.parse((await place.run(['config', 'show', '--json'])).stdout).configured[0].place
    expect(await shown()).toBe(join(folder, 'there'))
    await writeFile(join(place.path, 'mbaudit.yaml'), 'stores:\n  a: { type: mh, path: here }\n')
    expect(await shown()).toBe(join(place.path, 'here'))
  })
})
