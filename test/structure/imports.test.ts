import { describe, expect, it } from 'vitest'
import { codeOf, type Import, importsOf, roomOf, SOURCES } from './sources.js'

/** Who may import what (docs/architecture.md). An arrow runs downward only; a room may always import itself. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  errors: [],
  message: ['errors'],
  stores: ['message', 'errors'],
  index: ['stores', 'message', 'errors'],
  audit: ['index', 'stores', 'message', 'errors'],
  plan: ['audit', 'index', 'stores', 'message', 'errors'],
  apply: ['plan', 'audit', 'index', 'stores', 'message', 'errors'],
  report: ['plan', 'audit', 'index', 'stores', 'message', 'errors'],
  config: ['stores', 'message', 'errors'],
  cli: ['config', 'apply', 'plan', 'audit', 'index', 'stores', 'report', 'message', 'errors'],
  commands: ['cli', 'config', 'report', 'apply', 'plan', 'audit', 'index', 'stores', 'message', 'errors'],
}
/** Rooms from which `report` takes types and nothing that runs. */
const TYPES_ONLY: Record<string, readonly string[]> = { report: ['plan', 'audit', 'index', 'stores', 'message'] }

const PURE_ROOMS = ['message', 'audit', 'plan', 'report']
const PURE_MODULES = ['node:buffer', 'node:crypto', 'node:util']
/** A clock or a random number: pure rooms are handed these. */
const IMPURE =
  /\bDate\.now\b|\bnew Date\(\)|\bperformance\b|\bMath\.random\b|\brandom(?:Bytes|UUID|Int)\b|\bset(?:Timeout|Interval)\b|\bfetch\(/
/** Packages that one place alone may import. */
const KEPT_TO: Record<string, RegExp> = {
  imapflow: /^src\/stores\/imap\//,
  'better-sqlite3': /^src\/index\//,
  kysely: /^src\/index\//,
  '@oclif/core': /^(src\/cli\/|commands\/)/,
}

const forbidden = (from: string, { room, isType }: Import): boolean =>
  room !== null &&
  room !== from &&
  (!(MAY_IMPORT[from] ?? []).includes(room) || (!isType && (TYPES_ONLY[from] ?? []).includes(room)))

describe.each(SOURCES.map((path) => [path]))('%s', (path) => {
  const room = roomOf(path)
  const imports = importsOf(path)

  it('imports downward only', () => {
    expect(Object.keys(MAY_IMPORT)).toContain(room)
    expect(imports.filter((each) => forbidden(room, each)).map((each) => each.specifier)).toEqual([])
  })

  it('keeps packages to their place', () => {
    const strays = imports.filter(({ specifier }) => KEPT_TO[specifier]?.test(path) === false)
    expect(strays.map((each) => each.specifier)).toEqual([])
  })

  if (PURE_ROOMS.includes(room)) {
    it('names no file, socket, clock or random number', () => {
      const modules = imports.map((each) => each.specifier).filter((name) => name.startsWith('node:'))
      expect(modules.filter((name) => !PURE_MODULES.includes(name))).toEqual([])
      expect(codeOf(path)).not.toMatch(IMPURE)
    })
  }

  if (room !== 'cli' && room !== 'commands') {
    it('names neither process nor console', () => {
      expect(imports.map((each) => each.specifier)).not.toContain('node:process')
      expect(codeOf(path)).not.toMatch(/(?<![.\w])(?:process|console)(?=[.[])/)
    })
  }
})
