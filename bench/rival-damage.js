/**
 * What mbaudit and the programs that are installed do when something has gone wrong between two syncs. A private Dovecot on
 * loopback and temporary folders; every trial has its own accounts. Writes docs/against-others.md.
 */
import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { mail, mails } from './rival-mail.js'
import { rivalPage } from './rival-page.js'
import { firstSide, programs, versionOf } from './rival-programs.js'
import { loadTestServers } from './test-servers.js'

const COUNT = 300
/** Milliseconds each way, where a program is killed: on loopback most are done before it comes to that. */
const FAR = 10
/** How many messages have arrived when it is killed. */
const KILLED_AT = [20, 80, 140, 200, 260]
/** Seconds after which a run is stopped. */
const LIMIT = 180
const numbers = (from, to) => Array.from({ length: to - from }, (_, at) => from + at)

/** Each prepares, damages, syncs again, and says which messages should be there then. */
const scenarios = [
  {
    key: 'state-lost',
    trial: async ({ first, program, sync }) => {
      first.fill(mails(0, COUNT))
      await sync()
      program.forget()
      return { status: await sync(), right: numbers(0, COUNT) }
    },
  },
  {
    key: 'files-gone',
    trial: async ({ first, program, sync }) => {
      first.fill(mails(0, COUNT))
      await sync()
      program.second.empty()
      return { status: await sync(), right: numbers(0, COUNT) }
    },
  },
  {
    key: 'made-anew',
    trial: async ({ first, sync, raw }) => {
      first.fill(mails(0, COUNT))
      await sync()
      // A UIDVALIDITY of Dovecot's is a time in seconds.
      await setTimeout(1100)
      await raw(['DELETE', 'Work'], ['CREATE', 'Work'])
      return { status: await sync(), right: numbers(0, COUNT) }
    },
  },
  {
    key: 'killed',
    isFar: true,
    trial: async ({ first, program, sync, kill }) => {
      first.fill([])
      program.second.fill(mails(0, COUNT))
      let kills = 0
      for (const at of KILLED_AT) if (await kill(() => first.count() >= at)) kills++
      const status = await sync()
      // What a session that is dead had sent may still be stored.
      await setTimeout(1000)
      return { status, right: numbers(0, COUNT), more: `${kills} kills` }
    },
  },
  {
    key: 'no-id',
    trial: async ({ first, program, sync }) => {
      first.fill(mails(0, 20, { id: null }))
      await sync()
      program.second.remove(program.second.numbers().toSorted((one, other) => one - other)[0])
      // Only what both have had can be deleted; which one that was is known by what is left.
      const left = new Set(program.second.numbers())
      const gone = numbers(0, 20).find((number) => !left.has(number))
      return { status: await sync(), right: numbers(0, 20).filter((number) => number !== gone) }
    },
  },
  {
    key: 'one-id',
    trial: async ({ first, program, sync }) => {
      const id = '<robot@example.org>'
      first.fill([...mails(0, 20), mail(100, { id }), mail(101, { id })])
      await sync()
      program.second.remove(101)
      return { status: await sync(), right: [...numbers(0, 20), 100] }
    },
  },
  {
    key: 'marked',
    trial: async ({ first, program, sync }) => {
      first.fill(mails(0, COUNT))
      await sync()
      for (const number of numbers(0, 5)) first.mark(number)
      program.second.remove(50)
      return { status: await sync(), right: numbers(0, COUNT).filter((number) => number !== 50) }
    },
  },
]

/** What is there and should not be, and the other way round. */
function found({ first, program }, { status, right, more }) {
  const sides = [first.numbers(), program.second.numbers()]
  const [one, other] = sides.map((side) => new Set(side))
  const wanted = new Set(right)
  return {
    status,
    more,
    right: wanted.size,
    counts: sides.map((side) => side.length),
    doubled: sides.map((side) => side.length - new Set(side).size),
    lost: right.filter((number) => !one.has(number) && !other.has(number)).length,
    oneSided: right.filter((number) => one.has(number) !== other.has(number)).length,
    cameBack: [...new Set(sides.flat())].filter((number) => !wanted.has(number)).length,
  }
}

function start({ argv: [command, ...args], env }, cwd) {
  const child = spawn(command, args, {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, HOME: cwd, ...env },
  })
  let errors = ''
  child.stderr.on('data', (text) => {
    errors += text
  })
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status, signal) => resolve(status ?? signal))
  })
  return { child, ended, said: () => errors }
}

async function carryOut(entry, scenario, { servers, dovecot, port, scratch, nth }) {
  const path = mkdtempSync(join(scratch, `${entry.name}-`))
  chmodSync(path, 0o755)
  const user = `u${nth}`
  const place = { servers, dovecot, port, path, user, other: `${user}o`, third: `${user}s` }
  for (const name of [place.user, place.other, place.third]) mkdirSync(dovecot.home(name), { recursive: true })
  const program = entry.make(place, entry.kind)
  const first = firstSide(place)
  if (entry.kind === 'account') program.second.fill([])
  const sync = async () => {
    const run = start(program, path)
    const timer = globalThis.setTimeout(() => run.child.kill('SIGTERM'), LIMIT * 1000)
    const status = await run.ended
    clearTimeout(timer)
    writeFileSync(join(path, 'said.txt'), `${status}\n${run.said()}\n`, { flag: 'a' })
    return status
  }
  const kill = async (isTime) => {
    const run = start(program, path)
    let isOver = false
    run.ended.then(() => {
      isOver = true
    })
    while (!isOver && !isTime()) await setTimeout(2)
    const isKilled = !isOver && run.child.kill('SIGKILL')
    return (await run.ended) === 'SIGKILL' && isKilled
  }
  const raw = async (...commands) => {
    const client = await servers.connectRaw(dovecot.port, user)
    for (const words of commands) await client.command(...words)
    await client[Symbol.asyncDispose]()
  }
  return found({ first, program }, await scenario.trial({ first, program, sync, kill, raw }))
}

/** @returns whether there was a Dovecot to try it on */
export async function rivalDamage({ say }) {
  const servers = await loadTestServers()
  if (!servers.hasDovecot) return false
  const { installed, versions, lacking } = programs()
  const scratch = mkdtempSync(join(tmpdir(), 'mbaudit-damage-'))
  chmodSync(scratch, 0o755)
  const dovecot = await servers.startDovecot()
  const far = await servers.startFaultProxy(dovecot.port, FAR)
  let nth = 0
  const column = async (entry) => {
    const cells = {}
    for (const scenario of scenarios) {
      const port = scenario.isFar ? far.port : dovecot.port
      const cell = await carryOut(entry, scenario, { servers, dovecot, port, scratch, nth: nth++ })
      say(`${entry.name}, ${entry.kind}: ${scenario.key}: ${JSON.stringify(cell)}`)
      cells[scenario.key] = cell
    }
    return { ...entry, cells }
  }
  try {
    const columns = await Promise.all(installed.map(column))
    const facts = {
      count: COUNT,
      kills: KILLED_AT.length,
      far: FAR,
      dovecot: versionOf('/usr/sbin/dovecot', '--version'),
    }
    const page = rivalPage(columns, { versions, lacking, ...facts })
    writeFileSync(fileURLToPath(new URL('../docs/against-others.md', import.meta.url)), page)
    return true
  } finally {
    await far[Symbol.asyncDispose]()
    await dovecot[Symbol.asyncDispose]()
    rmSync(scratch, { recursive: true, force: true })
  }
}
