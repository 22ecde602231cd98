/**
 * Makes this folder fit to be packed (`prepack`), and with `--undo` as it was (`postpack`).
 *
 * `overrides` of package.json act in this checkout alone, and imapflow and mailparser pin what they need to versions that are not to be
 * had everywhere. So both are bundled with all that they need (npm refuses a clean install of a project that both
 * bundles and overrides a package, hence only while packing), and npm-shrinkwrap.json names the versions of the rest.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'

const BUNDLED = ['imapflow', 'mailparser']
const SHRINKWRAP = 'npm-shrinkwrap.json'

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'))
const writeJson = (path, value) => writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`)

/** Places in the lock file of `names` and of all that they need, wherever npm put it. */
function closure(packages, names, from = 'node_modules/', found = new Set()) {
  for (const name of names) {
    const place = placeOf(packages, name, from)
    if (place === undefined || found.has(place)) continue
    found.add(place)
    closure(packages, Object.keys(packages[place].dependencies ?? {}), `${place}/node_modules/`, found)
  }
  return found
}

/** Looks for a package as Node does: in the folder itself, then further up. */
function placeOf(packages, name, from) {
  for (let at = from; at !== ''; at = at.slice(0, at.lastIndexOf('node_modules/', at.length - 2))) {
    const folder = at.slice(0, at.lastIndexOf('node_modules/') + 'node_modules/'.length)
    if (packages[`${folder}${name}`] !== undefined) return `${folder}${name}`
  }
  return undefined
}

/** The lock file without what only development needs. */
function shrinkwrap({ packages, ...lock }) {
  const { devDependencies, ...root } = packages['']
  const bundle = closure(packages, BUNDLED)
  const shipped = Object.entries(packages)
    .filter(([place, entry]) => place !== '' && !entry.dev)
    .map(([place, entry]) => [place, bundle.has(place) ? { ...entry, inBundle: true } : entry])
  return { ...lock, packages: { '': { ...root, bundleDependencies: BUNDLED }, ...Object.fromEntries(shipped) } }
}

const { bundleDependencies, ...manifest } = readJson('package.json')
if (process.argv.includes('--undo')) {
  rmSync(SHRINKWRAP, { force: true })
  writeJson('package.json', manifest)
} else {
  writeJson(SHRINKWRAP, shrinkwrap(readJson('package-lock.json')))
  writeJson('package.json', { ...manifest, bundleDependencies: BUNDLED })
}
