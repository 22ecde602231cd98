/** What is measured, against what, and how far it should reach. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { alternate } from './measure.js'

const PROGRAM = fileURLToPath(new URL('../bin/mbaudit.js', import.meta.url))
const HASH_FILES = fileURLToPath(new URL('./hash-files.js', import.meta.url))
/** Messages a second that mail-deduplicate 7 reaches with two jobs on 50,000 messages (496 MB), measured once elsewhere. */
const MAIL_DEDUPLICATE = 5450
const MEMORY_LIMIT = 200

export const node = (...args) => ({ argv: [process.execPath, ...args] })
export const mbaudit = (...args) => node(PROGRAM, ...args)
export const start = { node: node('-e', '0'), version: mbaudit('--version') }
export const atMost = (what, ours, limit, unit = '×') => ({ what, ours, limit, unit, isReached: ours <= limit })
export const atLeast = (what, ours, limit, unit = '×') => ({
  what,
  ours,
  limit,
  unit,
  isReached: ours >= limit,
  isFloor: true,
})
export const memory = (what, megabytes) => atMost(`${what}: peak memory`, megabytes, MEMORY_LIMIT, 'MB')

export async function startUp({ rounds }) {
  const took = await alternate({ ...start, help: mbaudit('--help') }, rounds * 3)
  return {
    title: 'Start-up',
    took,
    rows: [
      atMost('`--version` against `node -e 0`', took.version.seconds / took.node.seconds, 3),
      atMost('`--help` against `node -e 0`', took.help.seconds / took.node.seconds, 3),
    ],
  }
}

export async function mbox({ file, count, title, rounds, bySha256sum, byOpenssl }) {
  const took = await alternate(
    {
      'mbaudit dupes --no-cache': mbaudit('dupes', `mbox:${file}`, '--no-cache'),
      sha256sum: { argv: ['sha256sum', file] },
      'openssl dgst -sha256': { argv: ['openssl', 'dgst', '-sha256', file] },
    },
    rounds,
  )
  const [ours, sha256sum, openssl] = Object.values(took)
  return {
    title,
    took,
    rate: count / ours.seconds,
    rows: [
      ...(bySha256sum
        ? [atMost(`${title}: \`dupes\` against \`sha256sum\``, ours.seconds / sha256sum.seconds, bySha256sum)]
        : []),
      atMost(`${title}: \`dupes\` against \`openssl dgst -sha256\``, ours.seconds / openssl.seconds, byOpenssl),
      memory(title, ours.megabytes),
    ],
  }
}

export async function maildir({ folder, count, title, rounds }) {
  const took = await alternate(
    {
      'mbaudit dupes --no-cache': mbaudit('dupes', `maildir:${folder}`, '--no-cache'),
      'a bare loop in Node': node(HASH_FILES, join(folder, 'cur')),
    },
    rounds,
  )
  const [ours, loop] = Object.values(took)
  return {
    title,
    took,
    rate: count / ours.seconds,
    rows: [
      atLeast(
        `${title}: \`dupes\` against mail-deduplicate's ${MAIL_DEDUPLICATE}/s`,
        count / ours.seconds / MAIL_DEDUPLICATE,
        5,
      ),
      atMost(`${title}: \`dupes\` against a loop that reads and hashes each file`, ours.seconds / loop.seconds, 4),
      memory(title, ours.megabytes),
    ],
  }
}

/** The same store scanned again, with nothing changed. */
export async function again({ store, folder, cache, title, rounds }) {
  const env = { XDG_CACHE_HOME: cache }
  const scan = { ...mbaudit('scan', store), env }
  rmSync(cache, { recursive: true, force: true })
  // The first fills the index; the second lets an mbox that was just written come of age.
  await alternate({ scan }, 2)
  const commands = {
    'mbaudit scan': scan,
    'mbaudit dupes': { ...mbaudit('dupes', store), env },
    'mbaudit --version': start.version,
  }
  const took = await alternate(
    folder ? { ...commands, 'find -type f': { argv: ['find', folder, '-type', 'f'] } } : commands,
    rounds,
  )
  const [ours, , bare, find] = Object.values(took)
  const row = find
    ? atMost(
        `${title}: \`scan\` less start-up against \`find -type f\``,
        (ours.seconds - bare.seconds) / find.seconds,
        8,
      )
    : atMost(`${title}: \`scan\` against start-up`, ours.seconds / bare.seconds, 3)
  return { title, took, rows: [row, memory(title, ours.megabytes)] }
}
