/**
 * Makes its own mail and measures mbaudit on it, in turn with other programs.
 *
 *   npm run bench                  all of it; writes docs/performance.md
 *   npm run bench -- --quick       a twentieth of the mail; writes nothing
 *   npm run bench -- --long        ten times as many small messages besides, for memory
 *   npm run bench -- --huge        ten times as much of all mail besides (some 25 GB)
 *   npm run bench -- --imap        IMAP alone (needs Dovecot: scripts/install-test-servers.sh); writes nothing
 *   npm run bench -- --sync        compare and sync alone (needs Dovecot); writes nothing
 *   npm run bench -- --migrate      migrations alone (one of them needs Dovecot); writes nothing
 *   npm run bench -- --two-way     two-way sync alone (needs Dovecot, but for Maildirs); writes nothing
 *   npm run bench -- --damage      what mbaudit, mbsync, offlineimap and mailsync do after damage; writes docs/against-others.md
 *   npm run bench -- --keep        leaves the mail in .bench
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { again, maildir, mbox, startUp } from './cases.js'
import { checkSpeed, seededDamage } from './check.js'
import { imap } from './imap.js'
import { writeMaildir, writeMbox } from './mail.js'
import { measure } from './measure.js'
import { accountToMaildir, maildirToMbox, mboxToMaildir } from './migrate.js'
import { document, ratios } from './report.js'
import { rivalDamage } from './rival-damage.js'
import { rivals } from './rivals.js'
import { compare, sync } from './sync.js'
import { twoWay } from './two-way.js'

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
    huge: { type: 'boolean', default: false },
    imap: { type: 'boolean', default: false },
    sync: { type: 'boolean', default: false },
    migrate: { type: 'boolean', default: false },
    'two-way': { type: 'boolean', default: false },
    damage: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
  },
})
const root = fileURLToPath(new URL('..', import.meta.url))
const asked = process.argv.slice(2)
const scratch = join(root, '.bench')
const rounds = Number(options.rounds)
const share = options.quick ? 0.05 : 1
const [large, small] = [50_000 * share, 200_000 * share]
const inScratch = (name) => join(scratch, name)
const isPart = ['imap', 'sync', 'migrate', 'two-way', 'damage'].some((part) => options[part])
const writesPage = !options.quick && !isPart
const say = (text) => process.stderr.write(`${text}\n`)

/** Makes a store once, and reads it once, so that all runs find it in the file cache. */
async function prepared(name, write, ...args) {
  const path = inScratch(name)
  if (!existsSync(path)) {
    say(`making ${name} (${args[0]} messages)`)
    write(path, ...args)
  }
  await measure(['sh', '-c', 'find "$0" -type f -exec cat {} + > /dev/null', path])
  return path
}

async function measured(results, promise) {
  const result = await promise
  say(ratios([result]).split('\n').slice(2).join('\n'))
  results.push(result)
  if (writesPage) writePage(results, [])
  return result
}

/** Written anew after each part, so that one that is stopped leaves what it measured. */
function writePage(results, missing) {
  const page = document(results, {
    command: ['npm run bench', ...(asked.length > 0 ? ['--'] : []), ...asked].join(' '),
    machine: `${cpus().length} cores, Node ${process.version}, ${debian()}`,
    mail: `${large} messages of 20 KB (1 GB) as an mbox and as a Maildir, ${small} of 3 KB as an mbox`,
    missing,
  })
  writeFileSync(join(root, 'docs/performance.md'), page)
}

/** @returns whether there is a Dovecot to measure on */
async function measuredOnImap(results) {
  const found = await imap({ scratch, rounds, share, isLong: options.long || options.huge, say })
  if (found === null) say('IMAP is not measured: there is no Dovecot here (scripts/install-test-servers.sh)')
  for (const result of found ?? []) await measured(results, result)
  return found !== null
}

async function measuredSync(results) {
  await measured(results, compare({ scratch, rounds, share }))
  const found = await sync({ scratch, rounds, share, say })
  for (const result of found ?? []) await measured(results, result)
}

async function measuredTwoWay(results) {
  const isLong = options.long || options.huge
  for (const result of await twoWay({ scratch, rounds, share, isLong, say })) await measured(results, result)
}

async function measuredMigrations(results) {
  const file = await prepared(`large-${large}.mbox`, writeMbox, large, 20_000)
  const folder = await prepared(`maildir-${large}`, writeMaildir, large, 20_000)
  const turns = Math.min(rounds, 3)
  await measured(results, mboxToMaildir({ scratch, file, count: large, rounds: turns }))
  await measured(results, maildirToMbox({ scratch, folder, count: large, rounds: turns }))
  const found = await accountToMaildir({ scratch, count: 10_000 * share, rounds: turns, say })
  if (found !== null) await measured(results, found)
}

async function main() {
  mkdirSync(scratch, { recursive: true })
  const results = []
  if (options.imap) {
    await measuredOnImap(results)
    console.log(ratios(results))
    return
  }
  if (options.migrate) {
    await measuredMigrations(results)
    console.log(ratios(results))
    return
  }
  if (options['two-way']) {
    await measuredTwoWay(results)
    console.log(ratios(results))
    return
  }
  if (options.damage) {
    if (!(await rivalDamage({ say })))
      say('nothing is tried: there is no Dovecot here (scripts/install-test-servers.sh)')
    return
  }
  if (options.sync) {
    await measuredSync(results)
    console.log(ratios(results))
    return
  }
  const file = await prepared(`large-${large}.mbox`, writeMbox, large, 20_000)
  const smallFile = await prepared(`small-${small}.mbox`, writeMbox, small, 3000)
  const folder = await prepared(`maildir-${large}`, writeMaildir, large, 20_000)
  const cache = inScratch('cache')

  await measured(results, startUp({ rounds }))
  const big = await measured(
    results,
    mbox({ file, count: large, title: `mbox, ${large} messages of 20 KB`, rounds, bySha256sum: 1, byOpenssl: 3 }),
  )
  await measured(
    results,
    mbox({ file: smallFile, count: small, title: `mbox, ${small} messages of 3 KB`, rounds, byOpenssl: 8 }),
  )
  const files = await measured(
    results,
    maildir({ folder, count: large, title: `Maildir, ${large} messages of 20 KB`, rounds }),
  )
  await measured(results, again({ store: `mbox:${file}`, cache, title: 'the mbox again, unchanged', rounds }))
  await measured(
    results,
    again({ store: `maildir:${folder}`, folder, cache, title: 'the Maildir again, unchanged', rounds }),
  )
  await measured(
    results,
    checkSpeed({ store: `mbox:${file}`, cache, count: large, title: `mbox, ${large} messages of 20 KB`, rounds }),
  )
  await measured(
    results,
    checkSpeed({
      store: `maildir:${folder}`,
      cache,
      count: large,
      title: `Maildir, ${large} messages of 20 KB`,
      rounds,
    }),
  )
  await measured(results, seededDamage({ scratch, count: 10_000 * (options.quick ? 0.1 : 1) }))
  if (options.long || options.huge) {
    const many = await prepared(`many-${large * 10}.mbox`, writeMbox, large * 10, 3000)
    await measured(
      results,
      mbox({ file: many, count: large * 10, title: `mbox, ${large * 10} messages of 3 KB`, rounds: 1, byOpenssl: 8 }),
    )
    const spread = await prepared(`spread-${large * 10}`, writeMaildir, large * 10, options.huge ? 20_000 : 1000)
    await measured(
      results,
      maildir({
        folder: spread,
        count: large * 10,
        title: `Maildir, ${large * 10} messages of ${options.huge ? 20 : 1} KB`,
        rounds: 1,
      }),
    )
  }
  if (options.huge) {
    const whole = await prepared(`large-${large * 10}.mbox`, writeMbox, large * 10, 20_000)
    await measured(
      results,
      mbox({
        file: whole,
        count: large * 10,
        title: `mbox, ${large * 10} messages of 20 KB`,
        rounds: 1,
        bySha256sum: 1,
        byOpenssl: 3,
      }),
    )
  }
  const hasDovecot = await measuredOnImap(results)
  await measuredSync(results)
  await measuredTwoWay(results)
  await measuredMigrations(results)
  const ours = { mbox: Object.values(big.took)[0].seconds, maildir: Object.values(files.took)[0].seconds }
  const others = await measured(results, rivals({ scratch: inScratch('rivals'), file, folder, ours }))

  console.log(ratios(results))
  if (writesPage) writePage(results, [...others.missing, ...(hasDovecot ? [] : ['Dovecot'])])
}

function debian() {
  const release = '/etc/os-release'
  return existsSync(release)
    ? (/^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync(release, 'utf8'))?.[1] ?? process.platform)
    : process.platform
}

try {
  await main()
} finally {
  if (!options.keep) rmSync(scratch, { recursive: true, force: true })
}
