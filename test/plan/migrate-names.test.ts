import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseFolderMap } from '../../src/audit/folder-map.js'
import { type NameRules, nameInTarget } from '../../src/plan/migrate-names.js'
import { type FolderName, folderName } from '../../src/stores/store.js'

const RULES: NameRules = { maps: [], flatten: false, nameFor: (folder) => folder, foldsCase: false }
const names = (folders: readonly string[], rules: Partial<NameRules> = {}, there: readonly string[] = []) => {
  const told = nameInTarget(folders.map(folderName), there.map(folderName), { ...RULES, ...rules })
  return { names: Object.fromEntries(told.names), others: told.others }
}
const mapOf = (text: string) => {
  const map = parseFolderMap(text)
  return map === null ? [] : [map]
}

describe('names in a target', () => {
  it('stay where the target can have them', () => {
    expect(names(['INBOX', 'Work', 'work', 'A/b'])).toEqual({
      names: { INBOX: 'INBOX', Work: 'Work', work: 'work', 'A/b': 'A/b' },
      others: [],
    })
  })

  it('are told apart where the target would have one folder for two, and listed', () => {
    const { names: given, others } = names(['Work', 'work', 'WORK'], { foldsCase: true })
    expect(new Set(Object.values(given).map((name) => name.toLowerCase())).size).toBe(3)
    expect(given.WORK).toBe('WORK')
    expect(given.work).toMatch(/^work \([0-9a-f]{4}\)$/)
    expect(others).toContainEqual({ from: 'work', to: given.work, since: 'WORK' })
  })

  it('are the same whatever other folders come later, and what is there keeps its name', () => {
    const first = names(['Work', 'work'], { foldsCase: true })
    const again = names(['WORK', 'Work', 'work'], { foldsCase: true }, Object.values(first.names))
    expect(again.names).toMatchObject(first.names)
  })

  it('are what the target makes of them, and told apart after that', () => {
    const nameFor = (folder: FolderName) => folderName(folder.replaceAll(':', '_'))
    const { names: given, others } = names(['a:b', 'a_b'], { nameFor })
    expect(given.a_b).toBe('a_b')
    expect(given['a:b']).toMatch(/^a_b \([0-9a-f]{4}\)$/)
    expect(others).toEqual([{ from: 'a:b', to: given['a:b'], since: 'a_b' }])
    expect(names(['a:b'], { nameFor }).others).toEqual([{ from: 'a:b', to: 'a_b', since: null }])
  })

  it('brought together by a map stay together', () => {
    expect(names(['Old', 'New'], { maps: mapOf('Old=New') })).toEqual({ names: { New: 'New' }, others: [] })
  })

  it('have one level when that is asked for', () => {
    const { names: given } = names(['INBOX', 'Archive/2001', 'Archive-2001', 'a\\/b/c'], { flatten: true })
    expect(given).toMatchObject({ INBOX: 'INBOX', 'Archive-2001': 'Archive-2001', 'a\\/b/c': 'a\\/b-c' })
    expect(given['Archive/2001']).toMatch(/^Archive-2001 \(/)
  })

  it('are as many as the folders, in whatever order these come', () => {
    const pool = fc.uniqueArray(fc.constantFrom('a', 'A', 'b/a', 'b-a', 'B/A', 'é', 'e\u0301', 'INBOX'), {
      minLength: 1,
    })
    fc.assert(
      fc.property(pool, fc.boolean(), fc.boolean(), (folders, flatten, foldsCase) => {
        const one = names(folders, { flatten, foldsCase }).names
        expect(names([...folders].reverse(), { flatten, foldsCase }).names).toEqual(one)
        const keys = Object.values(one).map((name) => {
          const plain = name.normalize('NFC')
          return foldsCase ? plain.toLowerCase() : plain
        })
        expect(new Set(keys).size).toBe(folders.length)
      }),
    )
  })
})
