/** Packs the program, installs the package in an empty folder as a user would, and runs it there on the fixtures. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const run = (cwd, command, ...args) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

const here = process.cwd()
const folder = mkdtempSync(join(tmpdir(), 'mbaudit-package-'))
try {
  run(here, 'npm', 'pack', '--silent', '--pack-destination', folder)
  const { name, version } = JSON.parse(run(here, 'npm', 'pkg', 'get', 'name', 'version'))
  writeFileSync(join(folder, 'package.json'), '{"private":true,"allowScripts":{"better-sqlite3":true}}')
  run(folder, 'npm', 'install', '--no-audit', '--no-fund', `./${name}-${version}.tgz`)
  console.log(run(folder, 'npx', name, '--version').trim())
  console.log(run(folder, 'npx', name, 'dupes', join(here, 'fixtures/mail')))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
