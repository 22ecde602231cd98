import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { folderName, type LocalStoreType, locator } from '../../src/stores/store.js'
import { openWritableStore } from '../../src/stores/writable-drivers.js'
import { isRoot } from '../support/daemon.js'
import { mail } from '../support/store-law.js'
import { folderIn, outgoing, work } from '../support/writing-place.js'

const PROGRAM = fileURLToPath(new URL('../../bin/mbaudit.js', import.meta.url))
const OURS = process.getgid?.() ?? 0
/** Only root may give files to a group that it is not in. */
const GROUP = isRoot ? 4_321 : OURS
const FILES: readonly LocalStoreType[] = ['maildir', 'mh', 'eml']

let base = ''
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'mbaudit-permissions-'))
  mkdirSync(join(base, 'scratch'))
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

const scratch = () => ({ scratch: join(base, 'scratch') })

interface Access {
  readonly directories: readonly string[]
  readonly files: readonly string[]
}

/** Mode and group of whatever lies below a path, each once. */
function accessBelow(root: string): Access {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => lstatSync(join(root, name)))
  const said = (of: typeof paths): string[] => [
    ...new Set(of.map(({ mode, gid }) => `${(mode & 0o7777).toString(8)} ${gid === GROUP ? 'its' : gid}`)),
  ]
  return {
    directories: said(paths.filter((stats) => stats.isDirectory())),
    files: said(paths.filter((stats) => stats.isFile())),
  }
}

/** Mail with flags and keywords in a store, and in a folder of it two levels down, that are made in a directory with this mode. */
async function written(type: LocalStoreType, mode: number): Promise<Access> {
  const path = join(base, 'store')
  mkdirSync(path)
  chownSync(path, -1, GROUP)
  chmodSync(path, mode)
  await using store = await openWritableStore({ name: type, type, path, options: {} }, true)
  for (const name of ['INBOX', 'Work/2024 plans']) {
    const folder = await folderIn(store, folderName(name))
    await work(scratch(), folder, { kind: 'append', messages: [outgoing(mail(1), { flags: ['\\Seen', 'todo'] })] })
  }
  return accessBelow(path)
}

describe('what is made in a store is for those who may use the directory that it lies in', () => {
  for (const type of FILES) {
    it(`${type}: a group's`, async () => {
      expect(await written(type, 0o2770)).toEqual({ directories: ['2770 its'], files: ['660 its'] })
    })
    it(`${type}: a group's that new files do not get by themselves`, async () => {
      expect(await written(type, 0o750)).toEqual({ directories: ['750 its'], files: ['640 its'] })
    })
    it(`${type}: everybody has the directories alone`, async () => {
      expect(await written(type, 0o755)).toEqual({ directories: ['755 its'], files: ['640 its'] })
    })
    it(`${type}: nobody else's`, async () => {
      const { directories, files } = await written(type, 0o700)
      expect([...directories, ...files].map((each) => each.split(' ')[0])).toEqual(['700', '600'])
    })
    it(`${type}: a directory in which everybody puts things of his own says nothing of them`, async () => {
      const { directories, files } = await written(type, 0o1777)
      expect([...directories, ...files].map((each) => each.split(' ')[0])).toEqual(['700', '600'])
    })
  }

  it('mbox: a group has the files, and everybody only the directories', async () => {
    expect(await written('mbox', 0o2775)).toEqual({ directories: ['2775 its'], files: ['660 its'] })
  })

  it('mbox: nobody else has the one file that is a store', async () => {
    chmodSync(base, 0o770)
    const spec = { name: 'm', type: 'mbox', path: join(base, 'store'), options: { layout: 'file' } } as const
    await using _store = await openWritableStore(spec, true)
    expect(lstatSync(spec.path).mode & 0o777).toBe(0o600)
  })
})

describe.runIf(isRoot)('who may not give files to a group', () => {
  /** A sync by a user who is in no group but its own, into a Maildir that it shares with another. */
  function synced(mode: number): Access {
    chmodSync(base, 0o777)
    const from = join(base, 'from')
    mkdirSync(from)
    writeFileSync(join(from, '1.eml'), mail(1))
    const path = join(base, 'store')
    for (const each of ['', 'new', 'tmp', 'cur']) mkdirSync(join(path, each))
    for (const each of ['', 'new', 'tmp', 'cur']) {
      chownSync(join(path, each), 54_321, GROUP)
      chmodSync(join(path, each), mode)
    }
    const args = ['sync', `eml:${from}`, `maildir:${path}`, '--yes']
    const env = { PATH: process.env.PATH ?? '', HOME: join(base, 'home'), XDG_STATE_HOME: join(base, 'state') }
    const { status, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
      env: { ...env, XDG_CACHE_HOME: join(base, 'cache'), XDG_DATA_HOME: join(base, 'data') },
      encoding: 'utf8',
      uid: 54_321,
      gid: 54_321,
    })
    expect([status, stderr]).toEqual([0, expect.anything()])
    return accessBelow(join(path, 'cur'))
  }

  it('gives its own group nothing', () => {
    expect(synced(0o775).files).toEqual(['600 54321'])
  })

  it('leaves it to the system where that hands the group on', () => {
    expect(synced(0o2770).files).toEqual(['660 its'])
  })
})

describe.runIf(isRoot)('what is changed', () => {
  it('an mbox that is rewritten stays with its owner, group and mode', async () => {
    const path = join(base, 'mbox')
    writeFileSync(path, `From a@b Mon Jan  1 10:00:00 2024\n${mail(1).toString('latin1')}\n`)
    chownSync(path, 54_321, GROUP)
    chmodSync(path, 0o640)
    await using store = await openWritableStore({ name: 'm', type: 'mbox', path, options: {} }, false)
    const folder = await folderIn(store)
    const { wire } = outgoing(mail(1))
    const flags = { add: ['\\Flagged'], remove: [] }
    const changes = [{ token: 'aa', locator: locator('offset=0'), wire, flags }]
    expect(await work(scratch(), folder, { kind: 'change', changes })).toMatchObject([{ outcome: 'done' }])
    const { uid, gid, mode } = lstatSync(path)
    expect([uid, gid, mode & 0o777]).toEqual([54_321, GROUP, 0o640])
  })

  for (const [type, name] of [
    ['mh', '.mh_sequences'],
    ['maildir', 'dovecot-keywords'],
  ] as const)
    it(`${name} stays with its owner, group and mode`, async () => {
      const path = join(base, 'store')
      for (const each of ['', 'new', 'tmp', 'cur']) if (each === '' || type === 'maildir') mkdirSync(join(path, each))
      const file = join(path, name)
      writeFileSync(file, '')
      chownSync(file, 54_321, GROUP)
      chmodSync(file, 0o640)
      await using store = await openWritableStore({ name: type, type, path, options: {} }, false)
      await work(scratch(), await folderIn(store), {
        kind: 'append',
        messages: [outgoing(mail(1), { flags: ['todo'] })],
      })
      const { uid, gid, mode, size } = lstatSync(file)
      expect([basename(file), uid, gid, mode & 0o777, size > 0]).toEqual([name, 54_321, GROUP, 0o640, true])
    })
})
