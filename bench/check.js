/** Measures `check`: how fast it is, and whether it finds what was put into clean mail. */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { atMost, mbaudit, memory } from './cases.js'
import { judgeDefects, SEEDED_TYPES, seedStore } from './damage.js'
import { alternate } from './measure.js'

/** Room for the defects of a store as JSON. */
const MOST_OUTPUT = 1 << 28

/** `check` with an index that is up to date, against `dupes` with none. */
export async function checkSpeed({ store, cache, title, count, rounds }) {
  const env = { XDG_CACHE_HOME: cache }
  rmSync(cache, { recursive: true, force: true })
  await alternate({ scan: { ...mbaudit('scan', store), env } }, 2)
  const took = await alternate(
    {
      'mbaudit check': { ...mbaudit('check', store), env },
      'mbaudit dupes --no-cache': mbaudit('dupes', store, '--no-cache'),
    },
    rounds,
  )
  const [check, dupes] = Object.values(took)
  return {
    title: `check: ${title}`,
    took,
    rate: count / check.seconds,
    rows: [
      atMost(`${title}: \`check\` against \`dupes --no-cache\``, check.seconds / dupes.seconds, 4),
      memory(`${title}: \`check\``, check.megabytes),
    ],
  }
}

/** Clean mail with a defect of each kind in it: what is found, and what is found where nothing is wrong. */
export function seededDamage({ scratch, count }) {
  const names = run('explain').rules.map(({ name }) => name)
  const asked = names.flatMap((name) => ['--rule', name])
  const rows = SEEDED_TYPES.flatMap((type) => {
    const path = join(scratch, `seeded-${type}`)
    const seeds = seedStore(type, path, count)
    const { defects } = run('check', `${type}:${path}`, '--no-cache', ...asked)
    const { missed, falseAlarms } = judgeDefects(seeds, defects)
    const what = `${type}, ${seeds.expected.length} defects in ${count} messages`
    return [
      atMost(`${what}: not found`, missed.length, 0, 'defects'),
      atMost(`${what}: found in clean mail`, falseAlarms.length, 0, 'defects'),
    ]
  })
  return { title: 'Seeded damage', took: {}, rows }
}

function run(...args) {
  const [command, ...rest] = mbaudit(...args, '--json').argv
  const { stdout, status, stderr } = spawnSync(command, rest, { encoding: 'utf8', maxBuffer: MOST_OUTPUT })
  if (status !== 0 && status !== 4) throw new Error(`mbaudit ${args[0]} ended with ${status}\n${stderr}`)
  return JSON.parse(stdout)
}
