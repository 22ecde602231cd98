import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isToBeTested } from '../support/daemon.js'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.js'
import { crlf, type HazardPlace, hazardAccount, makeHazardPlace } from '../support/hazards.js'
import {
  type Mail,
  type MailFolders,
  mail,
  mails,
  readMaildir,
  textsIn,
  writeMaildir,
} from '../support/maildir-mail.js'
import { startRewordingProxy } from '../support/rewording-proxy.js'
import { startSmallImap } from '../support/small-imap.js'

let place: HazardPlace
beforeEach(async () => {
  place = await makeHazardPlace()
})
afterEach(() => place[Symbol.asyncDispose]())

const master = (folders: MailFolders) => writeMaildir(join(place.path, 'm'), folders)
const like = (n: number, text: string): Mail => ({ ...mail(n), text })

/** Cases 1 to 4 of the list of hard cases: what has no ID of its own, and what seems to share one. */
const HARD: readonly Mail[] = [
  mail(1, { id: '<one@example.org>', body: 'a draft\n' }),
  mail(1, { id: '<one@example.org>', body: 'no word of which is in the other\n' }),
  mail(2, { id: null }),
  like(3, '\nno header at all\n'),
  like(4, 'Message-ID: <first@a>\nMessage-ID: <second@a>\nDate: Thu, 29 Feb 2024 10:00:00 +0000\n\nx\n'),
  mail(5, { id: '' }),
  mail(6, { id: `<${'i'.repeat(980)}@b>` }),
  mail(7, { id: 'bare@b' }),
  mail(8, { id: '<c@b> (comment)' }),
  mail(9, { id: '<Case@b>', body: 'upper\n' }),
  mail(10, { id: '<case@b>', body: 'lower\n' }),
]

describe.each(['maildir', 'mbox'])('hard mail (cases 1 to 4, 6) in %s', (kind) => {
  it('arrives once, every piece of it, and stays when the same is asked for again', async () => {
    // 6: a copy that differs by newlines at its end is the same mail, and is not copied again.
    master({ INBOX: HARD })
    const { document } = await place.sync('maildir:m', `${kind}:s`, '--delete')
    expect(document.summary).toMatchObject({ copy: HARD.length, verified: HARD.length, failed: 0 })
    const ended = HARD.map((each) => ({ ...each, text: `${each.text}\n\n` }))
    writeMaildir(join(place.path, 'ended'), { INBOX: ended })
    expect((await place.sync('maildir:ended', `${kind}:s`, '--delete')).document.steps.filter(isOfMail)).toEqual([])
  })
})

const isOfMail = ({ op }: { op: string }): boolean => op === 'copy' || op === 'delete' || op === 'move'

describe('odd servers', () => {
  /** A server that says yes to every APPEND, and keeps nothing (8: Gmail, which has the message in its Trash). */
  it('a server that throws away what it says it stored is found out, and the master is as it was', async () => {
    const before = readMaildir(master({ INBOX: mails(0, 2) }))
    let left = 0
    let tag = ''
    await using server = await startSmallImap({
      capability: 'IMAP4rev1 UIDPLUS',
      on: (line) => {
        if (left > 0) {
          left -= line.line.length + 2
          if (left <= 0) line.send(`${tag} OK [APPENDUID 1 77] done\r\n`)
          return true
        }
        const literal = /\{(\d+)\+?\}$/.exec(line.line)
        if (line.command === 'APPEND' && literal !== null) {
          left = Number(literal[1]) + 2
          tag = line.tag
          line.send('+ go on\r\n')
          return true
        }
        if (line.command === 'LIST') line.send('* LIST () "/" INBOX\r\n')
        if (line.command === 'STATUS') line.send('* STATUS INBOX (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 1)\r\n')
        if (line.command === 'SELECT' || line.command === 'EXAMINE')
          line.send(
            '* 0 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT 1] x\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] x\r\n',
          )
        if (line.command === 'UID SEARCH') line.send('* SEARCH\r\n')
        if (
          ['LIST', 'STATUS', 'SELECT', 'EXAMINE', 'UID SEARCH', 'UID FETCH', 'FETCH', 'NOOP'].includes(line.command)
        ) {
          line.ok()
          return true
        }
        return false
      },
    })
    const { document } = await place.sync('maildir:m', `imap://u@127.0.0.1:${server.port}/`)
    expect(document.summary.verified).toBe(0)
    expect(readMaildir(join(place.path, 'm'))).toEqual(before)
  })
})

describe.skipIf(!isToBeTested(hasDovecot))('hard cases with accounts (Dovecot)', () => {
  let dovecot: Dovecot
  beforeAll(async () => {
    dovecot = await startDovecot()
  })
  afterAll(() => dovecot[Symbol.asyncDispose]())
  const rewording = async (url: string, reword: (text: string) => string) => {
    const proxy = await startRewordingProxy(dovecot.port, reword)
    return { proxy, url: url.replace(`:${dovecot.port}`, `:${proxy.port}`) }
  }
  const again = async (url: string, ...more: readonly string[]) =>
    (await place.sync('maildir:m', url, '--delete', '--max-delete', 'none', ...more)).document

  it('5: mail that a server gave another ID, or a new header, is not copied again nor deleted', async () => {
    master({ INBOX: mails(0, 4) })
    const changed = mails(0, 4).map((each, n) => ({
      ...each,
      text: n < 2 ? each.text.replace(/<\d+@example.org>/, `<new${n}@server>`) : `X-Filtered: yes\n${each.text}`,
    }))
    const target = hazardAccount(dovecot, { INBOX: changed })
    const before = await target.read()
    expect((await again(target.url)).steps.filter(isOfMail)).toEqual([])
    expect(await target.read()).toEqual(before)
  })

  it('18, 19, 21: sizes that lie, and answers that are left out, change nothing of what is copied', async () => {
    const source = hazardAccount(dovecot, { INBOX: mails(0, 5) })
    await using lying = (
      await rewording(source.url, (text) =>
        text.replace(/RFC822\.SIZE \d+/g, (size) => `RFC822.SIZE ${'0'.repeat(size.length - 12)}`),
      )
    ).proxy
    const { document } = await place.sync(source.url.replace(`:${dovecot.port}`, `:${lying.port}`), 'maildir:s')
    expect(document.summary).toMatchObject({ copy: 5, failed: 0 })
    expect(textsIn(join(place.path, 's'))).toEqual(
      mails(0, 5)
        .map(({ text }) => text.replaceAll('\n', '\r\n'))
        .sort(),
    )
  })

  it('20: a SEARCH that finds nothing of what is there is not believed', async () => {
    const target = hazardAccount(dovecot, { INBOX: mails(0, 5) })
    master({ INBOX: mails(0, 5) })
    const { proxy, url } = await rewording(target.url, (text) =>
      text.replace(/^\* (?:E?SEARCH)[^\r]*\r\n/gm, '* SEARCH\r\n'),
    )
    await using _ = proxy
    await again(url)
    expect(await target.count()).toBe(5)
  })

  it('22: NULs and 8-bit headers come over or are told of, and the other mail comes in any case', async () => {
    const nul = mail(50, { body: 'a\0b\0\n' })
    const raw = { ...mail(51), text: mail(51).text.replace('Number 51', 'Gr\u00fc\u00dfe') }
    master({ INBOX: [mail(1), nul, raw, mail(2)] })
    const target = hazardAccount(dovecot, {})
    const { summary } = await again(target.url)
    expect([summary.done, summary.verified + summary.alteredByServer]).toEqual([4, 4])
    expect([(await again(target.url)).steps, await target.count()]).toEqual([[], 4])
  })

  it('23: flags that look like those of a system, and keywords in another case, come to an end', async () => {
    const source = hazardAccount(dovecot, { INBOX: mails(0, 3) })
    await source.say(['SELECT', 'INBOX'], ['STORE', '1:2', '+FLAGS.SILENT', '($MdnSent Junk)'])
    const target = hazardAccount(dovecot, { INBOX: mails(0, 3) })
    await target.say(['SELECT', 'INBOX'], ['STORE', '1:2', '+FLAGS.SILENT', '($MDNSent junk)'])
    const odd = await rewording(source.url, (text) =>
      text.replace(/FLAGS \(([^)]*)\\Seen/g, 'FLAGS ($1\\Indexed \\Seen'),
    )
    await using _ = odd.proxy
    await place.sync(odd.url, target.url, '--delete')
    const { status, document } = await place.sync(odd.url, target.url, '--delete')
    expect([status, document.steps, await target.count()]).toEqual([0, [], 3])
  })

  it('24: names that a server holds for one, or that are odd to it, come to an end and lose no half of the mail', async () => {
    await using dotted = await startDovecot({ separator: '.', prefix: 'INBOX.' })
    master({ INBOX: [mail(1)], Trash: [mail(2)], trash: [mail(3)], 'A/B': [mail(4)], '^ x': [mail(5)] })
    const target = hazardAccount(dotted, {})
    const first = await again(target.url)
    const seen = await target.read()
    const names = Object.keys(seen)
    expect(names.filter((name) => /INBOX\.INBOX/.test(name))).toEqual([])
    expect([first.summary.failed, Object.values(seen).flat().length]).toEqual([0, 5])
    expect((await again(target.url)).steps).toEqual([])
  })

  it('28: what a server takes no more of is told, the master stays, and what fits is there', async () => {
    await using small = await startDovecot({ quota: 'messages=3' })
    const before = readMaildir(master({ INBOX: mails(0, 6) }))
    const target = hazardAccount(small, {})
    const { status, document } = await place.sync('maildir:m', target.url, '--delete')
    expect([status, document.problems[0].code, await target.count()]).toEqual([4, 'QUOTA_EXCEEDED', 3])
    expect(readMaildir(join(place.path, 'm'))).toEqual(before)
  })

  it('29: sides that were swapped, with the other one empty, change nothing', async () => {
    const full = hazardAccount(dovecot, { INBOX: mails(0, 3), Work: mails(5, 8) })
    const empty = hazardAccount(dovecot, {})
    const before = await full.read()
    expect((await place.sync(empty.url, full.url, '--delete', '--delete-folders')).status).toBe(5)
    expect(await full.read()).toEqual(before)
  })

  it('30: mail that comes to the target while it is written to stays, and comes no second time', async () => {
    master({ INBOX: mails(0, 5) })
    const target = hazardAccount(dovecot, { INBOX: [mail(90)] })
    await place.json('sync', 'maildir:m', target.url, '--delete', '--plan', 'p')
    await target.say(['APPEND', 'INBOX', crlf(mail(3).text)], ['APPEND', 'INBOX', crlf(mail(91).text)])
    await place.json('apply', 'p', '--yes')
    const ids = (await target.read()).INBOX?.map((line) => /Message-ID: <(\d+)@/.exec(line)?.[1])
    expect(ids?.map(Number).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 91])
  })
})
