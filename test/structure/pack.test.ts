import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ROOT } from './sources.js'

const Lock = z.object({ packages: z.record(z.string(), z.looseObject({ version: z.string().optional() })) })
const Manifest = z.looseObject({
  overrides: z.record(z.string(), z.string()),
  bundleDependencies: z.array(z.string()).optional(),
})

/** What makes up the package, and its own contents besides `dist`. */
const SOURCES = [
  'package.json',
  'package-lock.json',
  '.npmrc',
  'bin',
  'dist',
  'scripts',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'oclif.manifest.json',
]
const CONTENTS = [
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'bin/mbaudit.js',
  'npm-shrinkwrap.json',
  'oclif.manifest.json',
  'package.json',
]

const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))

describe('the package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mbaudit-pack-'))
  const script = (...args: string[]) => execFileSync('node', ['scripts/package.js', ...args], { cwd: folder })

  beforeAll(() => {
    for (const path of SOURCES) cpSync(join(ROOT, path), join(folder, path), { recursive: true })
    script()
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('holds the program, its manual and nothing else', () => {
    const listing = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: folder,
      encoding: 'utf8',
    })
    const paths =
      z
        .array(z.object({ files: z.array(z.object({ path: z.string() })) }))
        .parse(JSON.parse(listing))[0]
        ?.files.map((file) => file.path) ?? []
    expect(paths.filter((path) => !path.startsWith('dist/')).sort()).toEqual(CONTENTS)
    expect(paths.filter((path) => path.startsWith('dist/') && !/^dist\/(src|commands)\/.*\.js$/.test(path))).toEqual([])
    expect(paths.filter((path) => path.startsWith('dist/')).length).toBeGreaterThan(30)
  })

  it('names the tested version of every dependency, and none that only development needs', () => {
    const lock = Lock.parse(read(join(ROOT, 'package-lock.json'))).packages
    const shipped = Lock.parse(read(join(folder, 'npm-shrinkwrap.json'))).packages
    for (const [place, entry] of Object.entries(shipped)) expect(entry.version).toBe(lock[place]?.version)
    expect(Object.keys(shipped)).not.toContain('node_modules/vitest')
    for (const [name, version] of Object.entries(Manifest.parse(read(join(ROOT, 'package.json'))).overrides)) {
      expect(shipped[`node_modules/${name}`]).toMatchObject({ version, inBundle: true })
    }
  })

  it('bundles what could not be installed elsewhere, and only while it is packed', () => {
    expect(Manifest.parse(read(join(folder, 'package.json'))).bundleDependencies).toEqual(['imapflow', 'mailparser'])
    script('--undo')
    expect(readFileSync(join(folder, 'package.json'), 'utf8')).toBe(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    expect(existsSync(join(folder, 'npm-shrinkwrap.json'))).toBe(false)
  })
})
