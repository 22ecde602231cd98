import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore } from '../../src/stores/drivers.js'
import type { LocalStoreSpec } from '../../src/stores/store.js'
import type { WritableFolder, WritableStore } from '../../src/stores/writable.js'
import { openWritableStore } from '../../src/stores/writable-drivers.js'
import {
  apply,
  carryOut,
  copyOf,
  flagsStep,
  mail,
  moveStep,
  NOW,
  planOf,
  type Side,
  settle,
  sideOf,
  Workbench,
} from '../support/applying.js'

let bench: Workbench
beforeEach(() => {
  bench = new Workbench()
})
afterEach(() => bench[Symbol.dispose]())

class Killed extends Error {}

const mbox = (names: readonly string[]): string =>
  names.map((name) => `From a@b Thu Feb 29 10:00:00 2024\n${mail(name).raw.toString()}\n`).join('')
const subjects = (path: string): readonly string[] =>
  [...readFileSync(path, 'utf8').matchAll(/^Subject: (.*)$/gm)].map(([, name = '']) => name)

class Tree {
  readonly path: string
  readonly spec: LocalStoreSpec

  constructor(folders: Readonly<Record<string, readonly string[]>>) {
    this.path = join(bench.root, 'tree')
    this.spec = { name: 'tree', type: 'mbox', path: this.path, options: {} }
    mkdirSync(this.path)
    for (const [name, names] of Object.entries(folders)) writeFileSync(join(this.path, name), mbox(names))
  }

  /** @param open - opens it for writing */
  side(open = () => openWritableStore(this.spec, false)): Promise<Side> {
    return openStore(this.spec).then((store) => sideOf(store, open))
  }

  get told(): Readonly<Record<string, readonly string[]>> {
    return { INBOX: subjects(join(this.path, 'INBOX')), Work: subjects(join(this.path, 'Work')) }
  }
}

/** Goes down when a second folder is about to be changed. */
async function dying(spec: LocalStoreSpec): Promise<WritableStore> {
  const store = await openWritableStore(spec, false)
  let changed = 0
  const watched = (folder: WritableFolder) =>
    new Proxy(folder, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name)
        if (typeof value !== 'function') return value
        return (...given: readonly unknown[]) => {
          const [work] = given
          const isChange = name === 'prepare' && typeof work === 'object' && work !== null && 'changes' in work
          if (isChange && ++changed === 2) throw new Killed()
          return Reflect.apply(value, target, given)
        }
      },
    })
  const openForWriting = store.openForWriting.bind(store)
  store.openForWriting = async (name) => watched(await openForWriting(name))
  return store
}

/** Mail that goes both ways, and flags before it, so that what was put at the end of either file does not stay where it was put. */
const movesAndFlags = (side: Side) =>
  planOf(
    [
      moveStep(side, copyOf(side, 'a'), 'Work'),
      moveStep(side, copyOf(side, 'w', 'Work'), 'INBOX'),
      flagsStep(side, copyOf(side, 'f'), ['\\Flagged', '\\Answered']),
      flagsStep(side, copyOf(side, 'g', 'Work'), ['\\Flagged', '\\Answered']),
    ],
    [side],
  )

describe('moves between files of an mbox tree', () => {
  it('are made beside flags and deletions in both folders', async () => {
    const tree = new Tree({ INBOX: ['f', 'a'], Work: ['g', 'w'] })
    const side = await tree.side()
    const { done, failed, skipped } = await apply(bench, movesAndFlags(side), [side])
    expect({ done, failed, skipped }).toEqual({ done: 4, failed: 0, skipped: 0 })
    expect(tree.told).toEqual({ INBOX: ['f', 'w'], Work: ['g', 'a'] })
  })

  it('are brought to their end after a crash, though what they brought has shifted meanwhile', async () => {
    const tree = new Tree({ INBOX: ['f', 'a'], Work: ['g', 'w'] })
    const side = await tree.side(() => dying(tree.spec))
    const run = await bench.runs.create(movesAndFlags(side), NOW)
    await expect(carryOut(run, [side])).rejects.toThrow(Killed)
    expect(tree.told).toEqual({ INBOX: ['f', 'w'], Work: ['g', 'w', 'a'] })
    await settle(bench, [await tree.side()])
    expect(tree.told).toEqual({ INBOX: ['f', 'w'], Work: ['g', 'a'] })
  })

  it('leave the original where another program took the copy away', async () => {
    const tree = new Tree({ INBOX: ['f', 'a'], Work: ['g', 'w'] })
    const side = await tree.side(() => dying(tree.spec))
    const run = await bench.runs.create(movesAndFlags(side), NOW)
    await expect(carryOut(run, [side])).rejects.toThrow(Killed)
    writeFileSync(join(tree.path, 'INBOX'), mbox(['f']))
    await settle(bench, [await tree.side()])
    expect(tree.told).toEqual({ INBOX: ['f'], Work: ['g', 'w', 'a'] })
  })

  it('leave the original where the folder that it came to is gone', async () => {
    const tree = new Tree({ INBOX: ['f', 'a'], Work: ['g', 'w'] })
    const side = await tree.side(() => dying(tree.spec))
    const run = await bench.runs.create(movesAndFlags(side), NOW)
    await expect(carryOut(run, [side])).rejects.toThrow(Killed)
    rmSync(join(tree.path, 'INBOX'))
    await settle(bench, [await tree.side()])
    expect(subjects(join(tree.path, 'Work'))).toEqual(['g', 'w', 'a'])
  })
})
