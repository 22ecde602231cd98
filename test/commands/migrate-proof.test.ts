import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fillAccount } from '../support/account-mail.js'
import { isToBeTested } from '../support/daemon.js'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.js'
import { mail, mails, readMaildir, writeMaildir } from '../support/maildir-mail.js'
import { finished, makeWorkplace, type Workplace } from '../support/run-program.js'
import { readSchema } from '../support/schemas.js'

let place: Workplace
beforeEach(async () => {
  place = await makeWorkplace()
})
afterEach(() => place[Symbol.asyncDispose]())

const at = (name: string) => join(place.path, name)
const run = async (...args: readonly string[]) => {
  const { status, stdout, stderr } = await place.run([...args, '--json', '--yes'])
  return { status, stderr, document: JSON.parse(stdout) }
}

interface ProofRow {
  readonly folder: string
  readonly locator: string
  readonly toLocator: string | null
  readonly verdict: string
  readonly detail: string
}

/** A certificate without what tells one run from another. */
function proofOf(name: string) {
  const proof = JSON.parse(readFileSync(at(name), 'utf8'))
  const messages: readonly ProofRow[] = proof.messages
  return { summary: proof.summary, problems: proof.problems, messages }
}
const verdictsOf = (name: string) => proofOf(name).messages.map(({ verdict, detail }) => [verdict, detail])

const SIGNED = mail(3).text.replace(
  /^From:/m,
  'DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=x; c=simple/simple; h=from; b=AAAA; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nFrom:',
)
const writeSource = (count: number, inAnother = 3) =>
  writeMaildir(at('old'), {
    INBOX: [...mails(0, count), mail(2), { ...mail(3), text: SIGNED }, mail(5, { id: null, flags: 'T' })],
    'A/b': mails(count, count + inAnother),
  })

/** Kills a command with `kill -9` when a folder of the target has got so many messages; fails where it was done before that. */
async function killAt(folder: string, least: number, args: readonly string[]): Promise<void> {
  const child = place.start([...args, '--yes', '--json', '--jobs', '1'])
  const end = finished(child)
  let isOver = false
  end.then(() => {
    isOver = true
  })
  const count = () => (existsSync(at(folder)) ? readdirSync(at(folder)).length : 0)
  while (!isOver && count() < least) await setImmediate()
  child.kill('SIGKILL')
  expect((await end).status).toBeNull()
}

/** Changes the last letter of a message, and nothing that a listing tells. */
function damage(file: string): void {
  const { atime, mtime } = statSync(file)
  const text = readFileSync(file, 'latin1').trimEnd()
  writeFileSync(file, `${text.slice(0, -1)}#\n`, { encoding: 'latin1', flag: 'r+' })
  utimesSync(file, atime, mtime)
}

describe('a plan that was saved', () => {
  it('and is applied has the proof and the checksums that the migration itself has', async () => {
    writeSource(8)
    const choice = ['--dedupe', '--no-deleted', '--map', 'A=Old=', '--until', '2099-01-01', '--max-size', '9k']
    await run('migrate', 'old', 'new', '--format', 'maildir', ...choice, '--save', 'one.json', '--save', 'one.csv')
    const list = readFileSync(at('new.sha256'), 'utf8')
    for (const made of ['new', 'new.sha256']) rmSync(at(made), { recursive: true })
    const planned = await place.run(['migrate', 'old', 'new', '--format', 'maildir', ...choice, '--plan', 'p.plan'])
    expect(planned.status).toBe(0)
    expect((await run('apply', 'p.plan', '--save', 'two.json', '--save', 'two.csv')).status).toBe(0)
    expect(proofOf('two.json')).toEqual(proofOf('one.json'))
    expect(readFileSync(at('two.csv'), 'utf8')).toBe(readFileSync(at('one.csv'), 'utf8'))
    expect(readFileSync(at('new.sha256'), 'utf8')).toBe(list)
    expect(proofOf('two.json').summary).toMatchObject({ source: 14, arrived: 11, verified: 11, leftOut: 3 })
    const validate = new Ajv2020().compile(await readSchema('migrate-proof'))
    expect(validate(JSON.parse(readFileSync(at('two.json'), 'utf8'))), JSON.stringify(validate.errors)).toBe(true)
  })

  it('and is only shown is written as its steps; without a list where none was asked for', async () => {
    writeSource(2)
    await place.run(['migrate', 'old', 'new', '--format', 'mh', '--no-manifest', '--plan', 'p.plan'])
    await place.run(['apply', 'p.plan', '--dry-run', '--save', 'shown.csv'])
    expect(readFileSync(at('shown.csv'), 'utf8')).toMatch(/^step,op,/)
    await run('apply', 'p.plan')
    expect(readdirSync(place.path).sort()).toEqual(['new', 'old', 'p.plan', 'shown.csv'])
  })

  it('killed in the middle and applied again has the proof of all of it', async () => {
    writeSource(600)
    await place.run(['migrate', 'old', 'new', '--format', 'maildir', '--plan', 'p.plan'])
    await killAt('new/cur', 100, ['apply', 'p.plan'])
    const { status, document } = await run('apply', 'p.plan', '--save', 'p.json')
    expect([status, document.summary.failed]).toEqual([0, 0])
    expect(proofOf('p.json').summary).toMatchObject({ source: 606, arrived: 606, verified: 606, failed: 0 })
    expect(new Set(verdictsOf('p.json').map(([, detail]) => detail))).toEqual(new Set(['']))
    expect(new Set(proofOf('p.json').messages.map(({ toLocator }) => toLocator)).size).toBe(606)
    expect(readFileSync(at('new.sha256'), 'utf8').trimEnd().split('\n')).toHaveLength(606)
  }, 120_000)

  it('killed in the middle: what is gone since then did not arrive, and what was altered is no proof', async () => {
    writeSource(17, 586)
    await place.run(['migrate', 'old', 'new', '--format', 'maildir', '--plan', 'p.plan'])
    // What the INBOX was to get is done and noted when the next folder gets its own.
    await killAt('new/.A.b/cur', 100, ['apply', 'p.plan'])
    const [gone = '', altered = ''] = readdirSync(at('new/cur')).sort()
    rmSync(at(`new/cur/${gone}`))
    damage(at(`new/cur/${altered}`))
    await run('apply', 'p.plan', '--save', 'p.json')
    const { summary, messages } = proofOf('p.json')
    expect(summary).toMatchObject({ source: 606, arrived: 605, verified: 604, failed: 1 })
    expect(messages.filter(({ verdict }) => verdict !== 'verified')).toMatchObject([
      { verdict: 'failed', detail: 'stored before the run was stopped, and gone since then', toLocator: null },
      { detail: expect.stringContaining('the text was changed') },
    ])
  }, 120_000)
})

describe('a migration that was killed', () => {
  it('and is given again proves what the first one brought too, by reading it', async () => {
    writeSource(600)
    const args = ['migrate', 'old', 'new', '--format', 'maildir', '--save', 'p.json']
    await killAt('new/cur', 100, args)
    expect((await run(...args)).status).toBe(0)
    const { summary, messages } = proofOf('p.json')
    expect(summary).toMatchObject({ source: 606, arrived: 606, verified: 606, leftOut: 0, failed: 0 })
    const before = messages.filter(({ detail }) => detail === 'there before this run')
    expect(before.length).toBeGreaterThanOrEqual(100)
    expect(before.length).toBeLessThan(606)
    expect(messages.filter((row) => 'dkimBefore' in row && row.dkimBefore !== null)).toMatchObject([
      { dkimBefore: 'altered', dkimAfter: 'altered' },
    ])
    expect(readMaildir(at('new'))).toEqual(readMaildir(at('old')))
  }, 120_000)
})

describe('where there is nothing to do', () => {
  it.each(['maildir', 'mbox', 'mh', 'eml'])('all that is in the %s is read again and proven', async (format) => {
    writeSource(8)
    const args = ['migrate', 'old', 'new', '--format', format]
    await run(...args)
    const again = await run(...args, '--save', 'p.json')
    expect([again.status, again.document.steps]).toEqual([0, []])
    expect(verdictsOf('p.json')).toEqual(Array(14).fill(['verified', 'there before this run']))
    expect(new Set(proofOf('p.json').messages.map((row) => `${row.folder} ${row.toLocator}`)).size).toBe(14)
  })

  it('what was altered in place since then is told, though no listing shows it', async () => {
    writeSource(8)
    const args = ['migrate', 'old', 'new', '--format', 'maildir']
    await run(...args)
    await run(...args)
    const [file = ''] = readdirSync(at('new/cur')).sort()
    damage(at(`new/cur/${file}`))
    const { stderr } = await run(...args, '--save', 'p.json')
    expect(stderr).toContain('note: 1 message in the target not as in the source; the proof says in what')
    expect(verdictsOf('p.json').filter(([verdict]) => verdict !== 'verified')).toEqual([
      ['altered-by-server', 'there before this run; the text was changed'],
    ])
  })

  it('the checksums are left as they are, unless something was written since they were made', async () => {
    writeSource(2)
    const args = ['migrate', 'old', 'new', '--format', 'maildir']
    await run(...args)
    const list = readFileSync(at('new.sha256'), 'utf8')
    writeFileSync(at('new.sha256'), 'mine')
    await run(...args)
    expect(readFileSync(at('new.sha256'), 'utf8')).toBe('mine')
    utimesSync(at('new.sha256'), 1e9, 1e9)
    await run(...args)
    expect(readFileSync(at('new.sha256'), 'utf8')).toBe(list)
  })
})

it('a message of a source that cannot be read is in the proof, as one that failed', async () => {
  writeSource(4)
  symlinkSync(at('gone'), join(at('old'), 'cur', '1500000000.M99P7.host:2,S'))
  const { status } = await run('migrate', 'old', 'new', '--format', 'mh', '--save', 'p.json')
  const { summary, messages, problems } = proofOf('p.json')
  expect([status, summary]).toMatchObject([4, { source: 11, arrived: 10, verified: 10, failed: 1 }])
  expect(messages.filter(({ verdict }) => verdict === 'failed')).toMatchObject([
    { folder: 'INBOX', locator: expect.stringContaining('M99P7'), toLocator: null },
  ])
  expect(problems).toHaveLength(1)
})

describe.skipIf(!isToBeTested(hasDovecot))('of accounts (Dovecot; scripts/install-test-servers.sh)', () => {
  let dovecot: Dovecot
  beforeAll(async () => {
    dovecot = await startDovecot()
  })
  afterAll(() => dovecot[Symbol.asyncDispose]())
  const url = (user: string) => `imap://${user}@127.0.0.1:${dovecot.port}/`
  const migrate = async (...args: readonly string[]) => {
    const told = await place.run(['migrate', ...args, '--yes', '--json'], { MBAUDIT_PASSWORD: 'secret' })
    return { status: told.status, document: JSON.parse(told.stdout) }
  }

  it('what was there before is read in full, whatever its header says', async () => {
    fillAccount(dovecot, 'proofold', { INBOX: [...mails(0, 5), mail(7), mail(8)], Work: mails(10, 13) })
    fillAccount(dovecot, 'proofnew', { INBOX: [...mails(0, 5), mail(7, { body: 'Quite another text.\n' })] })
    const { status } = await migrate(url('proofold'), url('proofnew'), '--save', 'p.json')
    expect([status, proofOf('p.json').summary]).toMatchObject([0, { source: 10, arrived: 10, verified: 9 }])
    const before = Array(5).fill(['verified', 'there before this run'])
    const altered = ['altered-by-server', 'there before this run; the text was changed']
    expect(verdictsOf('p.json')).toEqual([...before, altered, ...Array(4).fill(['verified', ''])])
    expect((await migrate(url('proofold'), url('proofnew'), '--save', 'again.json')).document.steps).toEqual([])
    const there = ['verified', 'there before this run']
    expect(verdictsOf('again.json')).toEqual([...before, altered, ...Array(4).fill(there)])
  })
})
