/** The tests' own servers and proxies, made ready for programs that are not run by the tests. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const FILES = ['dovecot.ts', 'fault-proxy.ts', 'raw-imap.ts'].map((name) => join(root, 'test/support', name))
const OPTIONS = '--ignoreConfig --noCheck --module nodenext --target es2023'.split(' ')

/** Compiles them, and loads them. */
export async function loadTestServers() {
  const folder = join(root, 'node_modules/.cache/mbaudit-bench')
  const tsc = join(root, 'node_modules/.bin/tsc')
  execFileSync(tsc, [...OPTIONS, '--rootDir', root, '--outDir', folder, ...FILES], { cwd: root, stdio: 'inherit' })
  const load = (name) => import(pathToFileURL(join(folder, 'test/support', name)).href)
  return { ...(await load('dovecot.js')), ...(await load('fault-proxy.js')), ...(await load('raw-imap.js')) }
}
