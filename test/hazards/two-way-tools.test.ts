import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isToBeTested } from '../support/daemon.js'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.js'
import { startFaultProxy } from '../support/fault-proxy.js'
import { type HazardPlace, hazardAccount, makeHazardPlace } from '../support/hazards.js'
import { mail, mails, readMaildir, textsIn, writeMaildir } from '../support/maildir-mail.js'
import { ODD } from '../support/odd-mail.js'

describe.skipIf(!isToBeTested(hasDovecot))('where mbsync and offlineimap lost or doubled mail (Dovecot)', () => {
  let dovecot: Dovecot
  let place: HazardPlace
  beforeAll(async () => {
    dovecot = await startDovecot()
  })
  afterAll(() => dovecot[Symbol.asyncDispose]())
  beforeEach(async () => {
    place = await makeHazardPlace()
  })
  afterEach(() => place[Symbol.asyncDispose]())

  it('all that is remembered is lost: two accounts, or an account and a Maildir, hold nothing twice', async () => {
    const master = hazardAccount(dovecot, { INBOX: mails(0, 20), Work: mails(30, 35) })
    const target = hazardAccount(dovecot, {})
    for (const to of [target.url, 'maildir:s']) await place.sync(master.url, to)
    for (const part of ['cache', 'state', 'data'])
      rmSync(join(place.path, '..', part), { recursive: true, force: true })
    for (const to of [target.url, 'maildir:s'])
      expect((await place.sync(master.url, to, '--delete')).document.steps).toEqual([])
    expect([await target.count(), textsIn(join(place.path, 's')).length]).toEqual([25, 25])
  })

  it('a master whose files are gone, or whose INBOX was emptied by accident, does not empty its copy', async () => {
    const master = writeMaildir(join(place.path, 'm'), { INBOX: mails(0, 25), Work: mails(30, 32) })
    const target = hazardAccount(dovecot, {})
    await place.sync('maildir:m', target.url)
    const before = await target.read()
    for (const name of readdirSync(join(master, 'cur'))) rmSync(join(master, 'cur', name))
    const emptied = await place.sync('maildir:m', target.url, '--delete')
    rmSync(join(master, '.Work'), { recursive: true })
    const withoutWork = await place.sync('maildir:m', target.url, '--delete', '--folder', 'Work')
    rmSync(master, { recursive: true })
    const gone = await place.sync('maildir:m', target.url, '--delete', '--max-delete', 'none')
    expect([emptied.status, withoutWork.status, gone.status, await target.read()]).toEqual([5, 5, 3, before])
  })

  it('a folder of the server that was made anew and is empty (UIDVALIDITY) deletes no local mail by itself', async () => {
    const master = hazardAccount(dovecot, { INBOX: mails(0, 2), Work: mails(10, 40) })
    await place.sync(master.url, 'maildir:s')
    const before = readMaildir(join(place.path, 's'))
    await master.say(['DELETE', 'Work'], ['CREATE', 'Work'])
    const { status } = await place.sync(master.url, 'maildir:s', '--delete')
    expect([status, readMaildir(join(place.path, 's'))]).toEqual([5, before])
  })

  it("another client's mark of deletion is not carried out for it, on either side", async () => {
    const master = hazardAccount(dovecot, { INBOX: [...mails(0, 4), mail(4, { flags: 'ST' })] })
    const target = hazardAccount(dovecot, { INBOX: [...mails(0, 4), mail(4, { flags: 'ST' }), mail(9)] })
    const right = await master.read()
    await place.sync(master.url, target.url, '--delete')
    expect([await master.read(), await target.read()]).toEqual([right, right])
  })

  it('octets stay as they are, odd ones too, on the way to a server and back', async () => {
    // Dovecot makes CR CR LF one line end; that is told of.
    const kept = Object.entries(ODD).filter(([what]) => what !== 'lines that end in CR CR LF')
    const odd = kept.map(([, raw], n) => ({ ...mail(n), text: raw.toString('utf8') }))
    writeMaildir(join(place.path, 'm'), { INBOX: odd })
    const target = hazardAccount(dovecot, {})
    const { status, document } = await place.sync('maildir:m', target.url)
    expect([status, document.summary.failed, document.summary.alteredByServer]).toEqual([0, 0, 0])
    await place.sync(target.url, 'maildir:back')
    const ended = (text: string) => text.replace(/\r\n/g, '\n').replace(/[\r\n]*$/, '\n')
    expect(textsIn(join(place.path, 'back')).map(ended).sort()).toEqual(
      textsIn(join(place.path, 'm')).map(ended).sort(),
    )
    expect((await place.sync('maildir:m', 'maildir:back', '--delete')).document.steps).toEqual([])
  })

  it('what was moved is moved, with its keywords, and not deleted and copied', async () => {
    const master = hazardAccount(dovecot, { INBOX: mails(0, 3), Work: [] })
    await master.say(['SELECT', 'INBOX'], ['STORE', '1', '+FLAGS.SILENT', '(todo)'])
    const target = hazardAccount(dovecot, {})
    await place.sync(master.url, target.url)
    await master.say(['SELECT', 'INBOX'], ['UID MOVE', '1', 'Work'])
    const { document } = await place.sync(master.url, target.url)
    expect(document.summary).toMatchObject({ move: 1, copy: 0, delete: 0, failed: 0 })
    expect(await target.read()).toEqual(await master.read())
  })

  it('opening changes nothing: a master of files is the same afterwards, to its times', async () => {
    const master = writeMaildir(join(place.path, 'm'), { INBOX: mails(0, 3) })
    const look = () =>
      readdirSync(master, { recursive: true, encoding: 'utf8' })
        .sort()
        .map((name) => [name, statSync(join(master, name)).mtimeMs, statSync(join(master, name)).ino])
    const before = [look(), readFileSync(join(master, 'cur', readdirSync(join(master, 'cur'))[0] ?? ''))]
    const target = hazardAccount(dovecot, {})
    await place.sync('maildir:m', target.url, '--delete')
    await place.json('compare', 'maildir:m', target.url)
    expect([look(), readFileSync(join(master, 'cur', readdirSync(join(master, 'cur'))[0] ?? ''))]).toEqual(before)
  })

  it('opening changes nothing: an account that is the master is asked, and told nothing', async () => {
    const master = hazardAccount(dovecot, { INBOX: mails(0, 3), Work: [mail(5, { flags: '' })] })
    await using proxy = await startFaultProxy(dovecot.port)
    proxy.set(null)
    await place.sync(master.url.replace(`:${dovecot.port}`, `:${proxy.port}`), 'maildir:s', '--delete')
    const said = proxy.said.client.toString('latin1')
    expect(said).toMatch(/ EXAMINE /)
    expect(said).not.toMatch(/ (?:SELECT|STORE|APPEND|COPY|MOVE|EXPUNGE|CREATE|DELETE|RENAME|SUBSCRIBE|CLOSE) ?/)
    expect(said).not.toMatch(/ FETCH [^\r]*BODY\[/)
  })
})
