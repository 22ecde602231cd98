import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { requireRoom } from '../../src/cli/migration-target.js'
import { mail, mails, readMaildir, textsIn, writeMaildir } from '../support/maildir-mail.js'
import { finished, makeWorkplace, type Workplace } from '../support/run-program.js'
import { readSchema } from '../support/schemas.js'

let place: Workplace
let source: string
beforeEach(async () => {
  place = await makeWorkplace()
  source = join(place.path, 'old')
})
afterEach(() => place[Symbol.asyncDispose]())

const migrate = async (...args: readonly string[]) => {
  const run = await place.run(['migrate', '--json', ...args])
  return { ...run, document: JSON.parse(run.stdout) }
}
const at = (name: string) => join(place.path, name)
const proofOf = (name: string) => JSON.parse(readFileSync(at(name), 'utf8'))
const refusalOf = async (...args: readonly string[]) => {
  const { status, document } = await migrate(...args)
  return [status, document.error?.message, document.error?.hint]
}
/** Everything in a directory but its times: paths and octets. */
const octetsIn = (path: string): readonly string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => `${file.slice(path.length)} ${readFileSync(file, 'latin1')}`)
    .sort()

describe('a migration', () => {
  it('brings every message over, reads each back, and proves it; again there is nothing to do', async () => {
    writeMaildir(source, { INBOX: [...mails(0, 20), mail(30, { id: null })], 'Archive/2001': mails(40, 43), Empty: [] })
    const before = readMaildir(source)
    const { status, document } = await migrate('old', 'new', '--format', 'maildir', '--yes', '--save', 'proof.json')
    expect([status, document.summary]).toMatchObject([0, { copy: 24, done: 27, verified: 24, failed: 0 }])
    expect(readMaildir(at('new'))).toEqual(before)
    expect(readMaildir(source)).toEqual(before)
    const again = await migrate('old', 'new', '--format', 'maildir', '--yes', '--save', 'again.json')
    expect([again.status, again.document.steps]).toEqual([0, []])
    expect(proofOf('proof.json').summary).toMatchObject({ source: 24, arrived: 24, verified: 24 })
    expect(proofOf('again.json').summary).toMatchObject({ source: 24, arrived: 24, thereBefore: 0, verified: 24 })
  })

  it('without a target goes to SOURCE.FORMAT here; without a source it takes the only one there is', async () => {
    writeMaildir(source, { INBOX: mails(0, 2) })
    expect((await migrate('old', '--format', 'mbox', '--yes')).document.summary.verified).toBe(2)
    expect(existsSync(at('old.mbox/INBOX'))).toBe(true)
    writeFileSync(at('mbaudit.yaml'), `stores:\n  home: { type: maildir, path: ${source} }\n`)
    expect((await migrate('--format', 'eml', '--yes')).document.summary.verified).toBe(2)
    writeFileSync(at('mbaudit.yaml'), `stores:\n  a: { type: maildir, path: a }\n  b: { type: maildir, path: b }\n`)
    expect(await refusalOf('--format', 'eml', '--yes')).toMatchObject([
      2,
      expect.stringContaining('a, b'),
      expect.anything(),
    ])
  })

  it('copies what is new since then, and leaves alone what people do on the new side', async () => {
    writeMaildir(source, { INBOX: mails(0, 6) })
    await migrate('old', 'new', '--format', 'maildir', '--yes')
    const cur = at('new/cur')
    const [first = '', second = ''] = readdirSync(cur).sort()
    renameSync(join(cur, first), join(cur, first.replace(/:2,.*/, ':2,FRS')))
    writeMaildir(at('new'), { Mine: [] })
    renameSync(join(cur, second), join(at('new/.Mine/cur'), second))
    writeMaildir(at('new'), { INBOX: [mail(90)] })
    const moved = readMaildir(at('new'))
    writeMaildir(source, { INBOX: [mail(7)] })
    rmSync(join(source, 'cur', readdirSync(join(source, 'cur')).sort()[5] ?? ''))
    const { status, document } = await migrate('old', 'new', '--format', 'maildir', '--yes')
    expect([status, document.summary]).toMatchObject([0, { copy: 1, flags: 0, move: 0, delete: 0, verified: 1 }])
    const [added] = document.steps
    expect(added.id).toBe('<7@example.org>')
    expect(readMaildir(at('new')).Mine).toEqual(moved.Mine)
    expect(readMaildir(at('new')).INBOX).toEqual(expect.arrayContaining(moved.INBOX ?? []))
  })

  it('of equal mail gives equal octets', async () => {
    writeMaildir(source, { INBOX: [...mails(0, 5), mail(9, { flags: 'FRS' })], Zoë: mails(10, 13) })
    for (const side of ['one', 'two'])
      for (const format of ['maildir', 'mboxrd', 'mboxcl2', 'mh', 'eml', 'maildir-fs']) {
        expect((await migrate('old', format, '--format', format, '--yes')).status).toBe(0)
        mkdirSync(at(side), { recursive: true })
        for (const made of [format, `${format}.sha256`]) renameSync(at(made), at(`${side}/${made}`))
      }
    expect(octetsIn(at('two'))).toEqual(octetsIn(at('one')))
  }, 120_000)

  it('killed again and again, each message is there once', async () => {
    writeMaildir(source, { INBOX: mails(0, 400), Sent: mails(400, 500) })
    const args = ['migrate', 'old', 'new', '--format', 'maildir', '--yes', '--json']
    let kills = 0
    for (const least of [1, 100, 300]) {
      const child = place.start(args)
      const run = finished(child)
      let isOver = false
      run.then(() => {
        isOver = true
      })
      const count = () => ['new/cur', 'new/.Sent/cur'].reduce((sum, path) => sum + sizeOf(at(path)), 0)
      while (!isOver && count() < least) await setImmediate()
      child.kill('SIGKILL')
      if ((await run).status === null) kills++
    }
    expect(kills).toBeGreaterThan(0)
    expect((await place.run(args)).status).toBe(0)
    expect(readMaildir(at('new'))).toEqual(readMaildir(source))
    expect(JSON.parse((await place.run(args)).stdout).steps).toEqual([])
  }, 120_000)
})

const sizeOf = (path: string): number => (existsSync(path) ? readdirSync(path).length : 0)

describe('the proof', () => {
  const SIGNED = { 'DKIM-Signature': 'v=1; a=rsa-sha256; d=example.org; s=x; c=simple/simple; h=from; b=AAAA; bh=' }

  it('accounts for every message, with reasons, in each format', async () => {
    writeMaildir(source, {
      INBOX: [...mails(0, 5), mail(0, { flags: '' }), mail(6, { flags: 'ST' }), mail(7, { body: 'x'.repeat(9000) })],
      Spam: mails(20, 23),
    })
    const save = ['--save', 'p.json', '--save', 'p.csv', '--save', 'p.html']
    const choice = ['--dedupe', '--no-deleted', '--max-size', '5k', '--not-folder', 'Spam']
    const { status } = await migrate('old', 'new', '--format', 'mbox', '--yes', ...choice, ...save)
    const proof = proofOf('p.json')
    expect([status, proof.summary]).toMatchObject([0, { source: 11, arrived: 5, verified: 5, leftOut: 6 }])
    const reasons = proof.messages.flatMap(({ verdict, detail }: Record<string, string>) =>
      verdict === 'left-out' ? [`${detail}`.replace(/ with .*/, '')] : [],
    )
    expect(reasons.sort()).toEqual([
      'identical',
      ...Array(3).fill('its folder was not asked for'),
      'larger than --max-size',
      'marked deleted',
    ])
    const validate = new Ajv2020().compile(await readSchema('migrate-proof'))
    expect(validate(proof), JSON.stringify(validate.errors)).toBe(true)
    const lines = readFileSync(at('p.csv'), 'utf8').trimEnd().split('\r\n')
    expect(lines).toHaveLength(12)
    expect(lines[0]).toMatch(/^store,folder,locator,toStore,toFolder,toLocator,id,digest,size,date,received,verdict/)
    expect(readFileSync(at('p.html'), 'utf8')).toContain('left-out')
    expect(readFileSync(at('new/INBOX'), 'utf8')).toContain('Number 4')
  })

  it('tells what DKIM signatures say before and after', async () => {
    const text = mail(1).text.replace(
      /^From:/m,
      `DKIM-Signature: ${SIGNED['DKIM-Signature']}47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nFrom:`,
    )
    writeMaildir(source, { INBOX: [{ ...mail(1), text }] })
    await migrate('old', 'new', '--format', 'mh', '--yes', '--save', 'p.json')
    expect(proofOf('p.json').messages).toMatchObject([{ dkimBefore: 'altered', dkimAfter: 'altered' }])
  })

  it('is a list that sha256sum checks, in an order of its own', async () => {
    writeMaildir(source, { INBOX: mails(0, 3), 'A b': mails(3, 5) })
    for (const format of ['maildir', 'mbox', 'mh', 'eml']) {
      const { status } = await migrate('old', `new-${format}`, '--format', format, '--yes')
      expect(status).toBe(0)
      const list = readFileSync(at(`new-${format}.sha256`), 'utf8')
      const files = list.split('\n').map((line) => line.slice(66))
      expect(files).toEqual([...files.slice(0, -1).sort(), ''])
      expect(files.length - 1).toBe(format === 'mbox' ? 2 : 5)
      const checked = execFileSync('sha256sum', ['-c', `new-${format}.sha256`], { cwd: place.path, encoding: 'utf8' })
      expect(checked.match(/: OK$/gm)).toHaveLength(files.length - 1)
    }
    await migrate('old', 'bare', '--format', 'mh', '--yes', '--no-manifest')
    expect(existsSync(at('bare.sha256'))).toBe(false)
  })

  it('is of the plan alone where nothing is carried out', async () => {
    writeMaildir(source, { INBOX: mails(0, 3) })
    const { document } = await migrate('old', 'new', '--format', 'mh', '--dry-run', '--save', 'plan.csv')
    expect(readFileSync(at('plan.csv'), 'utf8')).toMatch(/^step,op,store/)
    expect(existsSync(at('new'))).toBe(false)
    expect(existsSync(at('new.sha256'))).toBe(false)
    const validate = new Ajv2020().compile(await readSchema('migrate'))
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
  })
})

describe('what is chosen', () => {
  it('several sources: each mail once, with where each came from', async () => {
    writeMaildir(source, { INBOX: [...mails(0, 4), mail(9, { flags: 'F' })] })
    writeMaildir(at('other'), { INBOX: [...mails(2, 6)], Filed: [mail(9, { flags: 'R' })] })
    const args = ['old', 'other', '--into', 'new', '--format', 'maildir', '--yes', '--dedupe']
    const { status, document } = await migrate(...args, '--save', 'p.json')
    expect([status, document.summary.verified]).toEqual([0, 7])
    expect(textsIn(at('new'))).toEqual([...mails(0, 6), mail(9)].map(({ text }) => text).sort())
    const left = proofOf('p.json').messages.filter(({ verdict }: { verdict: string }) => verdict === 'left-out')
    expect(left.map(({ store }: { store: string }) => store)).toEqual(['other', 'other', 'other'])
    expect(left[0].detail).toMatch(/^identical with old INBOX file=/)
    expect(readMaildir(at('new')).INBOX?.filter((line) => line.startsWith('FR'))).toHaveLength(1)
    expect((await migrate(...args)).document.steps).toEqual([])
  })

  it('several sources without --dedupe: all of them, and again nothing', async () => {
    writeMaildir(source, { INBOX: mails(0, 4) })
    writeMaildir(at('other'), { INBOX: mails(2, 6) })
    const args = ['old', 'other', '--into', 'new', '--format', 'mh', '--yes']
    expect((await migrate(...args)).document.summary).toMatchObject({ copy: 8, verified: 8 })
    expect((await migrate(...args)).document.steps).toEqual([])
    expect(await refusalOf('old', 'other', 'third', '--format', 'mh', '--yes')).toMatchObject([
      2,
      expect.stringContaining('3 stores are named'),
      expect.stringContaining('--into'),
    ])
  })

  it('--flatten and --map give other names', async () => {
    writeMaildir(source, { INBOX: mails(0, 1), 'A/b': mails(1, 2), 'A/c': mails(2, 3) })
    const dry = ['--format', 'maildir', '--dry-run']
    const targets = async (...args: readonly string[]) =>
      (await migrate('old', 'new', ...dry, ...args)).document.steps.flatMap(
        ({ op, toFolder }: { op: string; toFolder: string }) => (op === 'copy' ? [toFolder] : []),
      )
    expect(await targets('--flatten')).toEqual(['INBOX', 'A-b', 'A-c'])
    expect(await targets('--map', 'A=Old')).toEqual(['INBOX', 'Old/b', 'Old/c'])
  })

  it('a target with other mail is refused, unless --into-existing; one that was begun is gone on with', async () => {
    writeMaildir(source, { INBOX: mails(0, 4) })
    writeMaildir(at('new'), { INBOX: [mail(50)] })
    const args = ['old', 'maildir:new', '--yes']
    expect(await refusalOf(...args)).toEqual([
      2,
      'maildir:new holds other mail: 1 that old has not',
      expect.stringContaining('--into-existing'),
    ])
    expect((await migrate(...args, '--into-existing')).document.summary.verified).toBe(4)
    expect((await migrate(...args)).status).toBe(0)
    expect(textsIn(at('new'))).toHaveLength(5)
  })
})

describe('what cannot be', () => {
  it('source and target in one place', async () => {
    writeMaildir(source, { INBOX: mails(0, 2) })
    const dry = ['--dry-run']
    expect((await refusalOf('old', 'maildir:old', ...dry))[0]).toBe(2)
    expect(await refusalOf('old', 'maildir:old/.new', ...dry)).toMatchObject([
      2,
      expect.stringContaining('lie within'),
      expect.anything(),
    ])
    expect(await refusalOf('old', 'new', ...dry)).toMatchObject([
      2,
      expect.stringContaining('laid out'),
      expect.anything(),
    ])
    expect((await refusalOf('old', 'maildir:new', '--format', 'mh', ...dry))[0]).toBe(2)
    expect(readdirSync(place.path)).toEqual(['old'])
    writeFileSync(at('list.csv'), `account,source,target\nann,maildir:${source},maildir:${source}\n`)
    const { document } = await migrate('--accounts', 'list.csv', ...dry)
    expect(document.problems).toMatchObject([{ store: 'ann', message: 'source and target are one store' }])
  })

  it('a folder that the target can have under no name', async () => {
    const name = `${'n'.repeat(120)}/${'m'.repeat(120)}/${'o'.repeat(120)}`
    mkdirSync(at(`tree/${name}`), { recursive: true })
    for (const sub of ['cur', 'new', 'tmp']) mkdirSync(at(`tree/${name}/${sub}`))
    writeFileSync(at(`tree/${name}/cur/1.M1P1.x:2,S`), mail(1).text)
    const args = ['maildir:tree?layout=fs', 'new', '--format', 'maildir', '--dry-run']
    const [status, message, hint] = await refusalOf(...args)
    expect([status, message]).toEqual([2, expect.stringMatching(/^maildir:new can have no folder n.*255 octets$/)])
    expect(hint).toContain('--map')
    expect((await migrate(...args, '--map', `${name}=Short`)).status).toBe(0)
  })

  it('flags and lines that the target cannot hold are told beforehand, with how many', async () => {
    writeMaildir(source, { INBOX: [mail(1, { flags: 'FS' }), mail(2, { body: 'No such line.\n' })] })
    const eml = await migrate('old', 'new', '--format', 'eml', '--dry-run')
    expect(eml.document.notes).toEqual([
      expect.stringMatching(/^1 message: will be without \\Flagged: a folder of .eml files/),
      expect.stringMatching(/^2 messages: will be without \\Seen: /),
    ])
    const mboxo = await migrate('old', 'new', '--format', 'mboxo', '--dry-run')
    expect(mboxo.document.notes).toEqual([expect.stringMatching(/^1 message: with lines that begin with “From ”/)])
    expect((await migrate('old', 'new', '--format', 'mboxrd', '--dry-run')).document.notes).toEqual([])
  })

  it('more than there is room for', () => {
    const spec = { name: 'new', type: 'mh', path: place.path, options: {} } as const
    expect(() => requireRoom(spec, 100, () => 99)).toThrow(/room for 99 octets, and 100/)
    expect(() => requireRoom(spec, 100, () => 100)).not.toThrow()
  })
})
