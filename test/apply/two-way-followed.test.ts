import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore } from '../../src/stores/drivers.js'
import type { LocalStoreSpec } from '../../src/stores/store.js'
import { openWritableStore } from '../../src/stores/writable-drivers.js'
import { mail } from '../support/applying.js'
import { scan } from '../support/scanning.js'
import { Computer, syncTwoWay, tellSteps } from '../support/two-way.js'

let place = ''
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'mbaudit-two-way-followed-'))
})
afterEach(() => rmSync(place, { recursive: true, force: true }))

/** What another program does with the mail of a store. */
interface Kind {
  readonly type: 'mbox' | 'mh' | 'maildir'
  make(path: string, folder: string, names: readonly string[]): void
  move(path: string, name: string, from: string, to: string): void
  remove(path: string, name: string, folder: string): void
}

const isOf = (name: string) => (raw: string) => raw.includes(`<${name}@`)

const separated = (name: string) => `From ana@example.org Thu Feb 29 10:00:00 2024\n${mail(name).raw}\n`

/** Takes a mail out of a file, so that those behind it come to lie elsewhere. */
function cut(file: string, name: string): string {
  const messages = readFileSync(file, 'utf8').split(/^(?=From ana)/m)
  writeFileSync(file, messages.filter((message) => !isOf(name)(message)).join(''))
  return messages.filter(isOf(name)).join('')
}

const mbox: Kind = {
  type: 'mbox',
  make(path, folder, names) {
    mkdirSync(path, { recursive: true })
    writeFileSync(join(path, folder), names.map(separated).join(''))
  },
  move: (path, name, from, to) => appendFileSync(join(path, to), cut(join(path, from), name)),
  remove: (path, name, folder) => void cut(join(path, folder), name),
}

/** A kind of store that has a file a message. */
function filed(type: 'mh' | 'maildir', directoryOf: (folder: string) => string, nameOf: (n: number) => string): Kind {
  const find = (path: string, name: string, folder: string): string => {
    const directory = join(path, directoryOf(folder))
    const files = readdirSync(directory).map((each) => join(directory, each))
    const found = files.find((file) => isOf(name)(readFileSync(file, 'utf8')))
    if (found === undefined) throw new Error(`no ${name} in ${folder}`)
    return found
  }
  return {
    type,
    make(path, folder, names) {
      for (const part of type === 'maildir' ? ['cur', 'new', 'tmp'] : ['']) {
        mkdirSync(join(path, part), { recursive: true })
        mkdirSync(join(path, directoryOf(folder), type === 'maildir' ? '..' : '', part), { recursive: true })
      }
      if (type === 'mh') writeFileSync(join(path, directoryOf(folder), '.mh_sequences'), '')
      for (const [at, name] of names.entries())
        writeFileSync(join(path, directoryOf(folder), nameOf(at + 1)), mail(name).raw)
    },
    move: (path, name, from, to) => renameSync(find(path, name, from), join(path, directoryOf(to), nameOf(9))),
    remove: (path, name, folder) => rmSync(find(path, name, folder)),
  }
}

const mh = filed('mh', (folder) => folder, String)
const maildir = filed(
  'maildir',
  (folder) => `.${folder}/cur`,
  (n) => `${n}.n.host:2,`,
)

/** Two stores with the same mail, which were synced. */
async function synced(computer: Computer, a: Kind, b: Kind) {
  const sides = { a: { kind: a, path: join(place, 'a') }, b: { kind: b, path: join(place, 'b') } }
  const specOf = (name: 'a' | 'b'): LocalStoreSpec => {
    const { kind, path } = sides[name]
    return { name, type: kind.type, path, options: {} }
  }
  for (const { kind, path } of Object.values(sides)) {
    kind.make(path, 'First', ['w', 'x', 'y'])
    kind.make(path, 'Work', ['v'])
  }
  const sync = async () => {
    const channel = {
      ...{ a: await openStore(specOf('a')), b: await openStore(specOf('b')) },
      ...{ openA: () => openWritableStore(specOf('a'), false), openB: () => openWritableStore(specOf('b'), false) },
    }
    const stableLocators = { a: a.type !== 'mbox', b: b.type !== 'mbox' }
    const { steps, result } = await syncTwoWay(computer, channel, { options: { stableLocators } })
    expect([result?.failed ?? 0, result?.skipped ?? 0]).toEqual([0, 0])
    return tellSteps(steps)
  }
  const held = async (name: 'a' | 'b') => {
    await using scanned = await scan(await openStore(specOf(name)))
    return [...scanned.index.copies()].map(({ folder, id }) => `${folder} ${id}`).sort()
  }
  // Not all of them have an INBOX, and take mail that nobody marked for unread.
  await sync()
  expect(await sync()).toEqual([])
  return { sides, sync, held }
}

describe.each([
  { a: mbox, b: mh },
  { a: mh, b: maildir },
  { a: maildir, b: mbox },
])('of $a.type and $b.type', ({ a, b }) => {
  for (const mover of ['a', 'b'] as const)
    for (const deleter of ['a', 'b'] as const)
      it(`a mail that was moved on ${mover}, followed, and deleted on ${deleter} is gone from both`, async () => {
        using computer = new Computer()
        const { sides, sync, held } = await synced(computer, a, b)
        const follower = mover === 'a' ? 'b' : 'a'
        sides[mover].kind.move(sides[mover].path, 'x', 'First', 'Work')
        // What lies behind it comes to lie elsewhere in an mbox.
        sides[follower].kind.remove(sides[follower].path, 'w', 'First')
        expect(await sync()).toEqual([
          `move <x@example.org> on ${follower} from First to Work`,
          `delete <w@example.org> on ${mover} First`,
        ])
        sides[deleter].kind.remove(sides[deleter].path, 'x', 'Work')
        expect(await sync()).toEqual([`delete <x@example.org> on ${deleter === 'a' ? 'b' : 'a'} Work`])
        expect(await held('a')).toEqual(['First <y@example.org>', 'Work <v@example.org>'])
        expect(await held('b')).toEqual(await held('a'))
        expect(await sync()).toEqual([])
      })
})
