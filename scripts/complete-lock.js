/**
 * Adds to package-lock.json the builds for other platforms that `npm install` left out, to be run after it.
 *
 * A registry that mirrors one platform alone does not know them, and `npm ci` refuses a lock file without them, everywhere.
 * What is needed of them is in the lock file already (the exact version, by who asks for it) and in their names (the platform).
 */
import { readFileSync, writeFileSync } from 'node:fs'

const LOCK = 'package-lock.json'
const OPERATING_SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
]

/** `binding-linux-arm64-musl`: Linux, arm64, with musl. */
function platformOf(name) {
  const words = name.split(/[/-]/)
  const at = words.findIndex((word) => OPERATING_SYSTEMS.includes(word))
  if (at === -1) throw new Error(`${name}: no platform in its name`)
  const libc = words.at(-1) === 'musl' ? { libc: ['musl'] } : words.at(-1) === 'gnu' ? { libc: ['glibc'] } : {}
  return { cpu: [words[at + 1]], ...libc, os: [words[at]] }
}

function missingFrom(packages) {
  return Object.entries(packages).flatMap(([place, { optionalDependencies = {}, dev }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !packages[`node_modules/${name}`] && !packages[`${place}/node_modules/${name}`])
      .map(([name, version]) => [
        `node_modules/${name}`,
        { version, ...(dev ? { dev } : {}), optional: true, ...platformOf(name) },
      ]),
  )
}

const lock = JSON.parse(readFileSync(LOCK, 'utf8'))
const missing = missingFrom(lock.packages)
const [root, ...others] = Object.entries(lock.packages)
const packages = Object.fromEntries([root, ...[...others, ...missing].sort(([a], [b]) => a.localeCompare(b, 'en'))])
writeFileSync(LOCK, `${JSON.stringify({ ...lock, packages }, null, 2)}\n`)
console.log(`${missing.length} builds for other platforms added to ${LOCK}`)
