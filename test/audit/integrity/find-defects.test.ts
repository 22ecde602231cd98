import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type CheckedStore, findDefects } from '../../../src/audit/integrity/find-defects.js'
import { receivedDatesAlike } from '../../../src/audit/integrity/received-dates.js'
import type { MessageRule, ObservedRuleText, Rule } from '../../../src/audit/integrity/rule.js'
import { RULES } from '../../../src/audit/integrity/rules.js'
import { DefectSpool } from '../../../src/index/defect-spool.js'
import { epochSeconds } from '../../../src/message/message.js'
import { type MemoryMessage, makeMemoryStore } from '../../../src/stores/memory/store.js'
import type { Observation, ObservedRule } from '../../../src/stores/observation.js'
import { folderName, locator } from '../../../src/stores/store.js'
import { scan } from '../../support/scanning.js'
import { SMALL_MAIL } from '../../support/small-mail.js'

const NOW = epochSeconds(1_710_000_000)
const held = (text: string, set: Partial<MemoryMessage> = {}): MemoryMessage => ({
  raw: Buffer.from(text),
  flags: [],
  received: 1_709_200_800,
  ...set,
})
const named = (...names: readonly string[]) => RULES.filter(({ name }) => names.includes(name))
const TEXTS = { severity: 'error', summary: '', source: '', origin: '', risk: '', remedy: '' } as const
const observedRule = (name: ObservedRule): ObservedRuleText => ({ name, scope: 'folder', ...TEXTS })
const says = (name: string, detect: MessageRule['detect']): MessageRule => ({
  name,
  scope: 'message',
  ...TEXTS,
  detect,
})

/** Checks a memory store; `observed` is what its examiner says. */
async function check(
  folders: Readonly<Record<string, readonly MemoryMessage[]>>,
  rules: readonly Rule[],
  observed: readonly Observation[] = [],
) {
  const store = makeMemoryStore(folders)
  await using scanned = await scan(store)
  using spool = new DefectSpool()
  const observe: CheckedStore['observe'] = async function* () {
    yield observed
  }
  const chosen = rules.map((rule) => ({ rule, severity: rule.severity }))
  const found = await findDefects([{ index: scanned.index, observe }], { rules: chosen, now: NOW, spool })
  const rows = [...found.rows()]
  expect([...found.rows()]).toEqual(rows)
  return { summary: found.summary, rows, problems: scanned.problems }
}

describe('a check', () => {
  it('asks each rule of each message, and tells where what it saw is', async () => {
    const rule = says('says-letter', ({ octets }) => {
      const offset = octets.indexOf('Letter')
      return offset < 0 ? [] : [{ offset, detail: 'there' }]
    })
    const { rows, summary } = await check({ INBOX: SMALL_MAIL.map((text) => held(text)) }, [rule])
    expect(rows).toHaveLength(2)
    expect(rows[0]).toEqual({
      rule: 'says-letter',
      severity: 'error',
      store: 'memory',
      folder: 'INBOX',
      locator: 'number=4',
      id: '<letter@example.org>',
      offset: SMALL_MAIL[3]?.indexOf('Letter'),
      detail: 'there',
    })
    expect(summary).toMatchObject({ messages: 10, defects: 2, errors: 2, warnings: 0, notes: 0 })
    expect(summary.byRule).toEqual([{ rule: 'says-letter', severity: 'error', count: 2, example: rows[0] }])
  })

  it('goes on where a rule throws, and says so', async () => {
    const chokes = says('chokes', () => {
      throw new RangeError('no \x1b[31m way')
    })
    const sees = says('sees', () => [{ offset: 0, detail: '' }])
    const { rows, summary } = await check({ INBOX: [held('From: a\n\nx\n'), held('From: b\n\nx\n')] }, [chokes, sees])
    expect(rows.map(({ rule, locator, detail }) => [rule, locator, detail])).toEqual([
      ['sees', 'number=1', ''],
      ['rule-failed', 'number=1', 'chokes: no ␛[31m way'],
      ['sees', 'number=2', ''],
      ['rule-failed', 'number=2', 'chokes: no ␛[31m way'],
    ])
    expect(summary).toMatchObject({ errors: 2, warnings: 2 })
  })

  it('puts what the store observed at the messages it is about', async () => {
    const at = { folder: folderName('INBOX'), offset: null, detail: '' }
    const observed: Observation[] = [
      { ...at, rule: 'info-missing', locator: locator('number=2') },
      { ...at, rule: 'info-missing', locator: locator('number=77') },
      { ...at, rule: 'maildir-incomplete', locator: null },
      { ...at, rule: 'layouts-mixed', folder: null, locator: null },
      { ...at, rule: 'nul-run', locator: locator('number=1') },
    ]
    const sees = says('sees', () => [{ offset: 3, detail: '' }])
    const rules: Rule[] = [
      observedRule('info-missing'),
      observedRule('maildir-incomplete'),
      observedRule('layouts-mixed'),
    ]
    const { rows } = await check(
      { INBOX: [held('Message-ID: <1>\n\nx\n'), held('Message-ID: <2>\n\nx\n')] },
      [...rules, sees],
      observed,
    )
    expect(rows.map(({ rule, folder, locator, id }) => [rule, folder, locator, id])).toEqual([
      ['layouts-mixed', null, null, null],
      ['maildir-incomplete', 'INBOX', null, null],
      ['info-missing', 'INBOX', 'number=77', null],
      ['sees', 'INBOX', 'number=1', '<1>'],
      ['info-missing', 'INBOX', 'number=2', '<2>'],
      ['sees', 'INBOX', 'number=2', '<2>'],
    ])
  })

  it('lists what cannot be read, and goes on', async () => {
    const store = makeMemoryStore({ INBOX: [held('A: 1\n\nx\n'), held('A: 2\n\nx\n'), held('A: 3\n\nx\n')] })
    await using scanned = await scan(store)
    const broken = store.folders.get(folderName('INBOX'))?.[1]
    if (broken !== undefined) broken.isBroken = true
    using spool = new DefectSpool()
    const rules = [{ rule: says('sees', () => [{ offset: null, detail: '' }]), severity: 'note' as const }]
    const observe: CheckedStore['observe'] = async function* () {}
    const { rows } = await findDefects([{ index: scanned.index, observe }], { rules, now: NOW, spool })
    expect([...rows()].map(({ locator }) => locator)).toEqual(['number=1', 'number=3'])
    expect(scanned.problems.map(({ locator }) => locator)).toEqual(['number=2'])
  })

  it('says nothing of signatures where no message was read', async () => {
    const { summary } = await check({ INBOX: [held('From: a\n\nx\n')] }, named('marked-deleted'))
    expect(summary.dkim).toBe(null)
  })
})

describe('signatures are counted', () => {
  const body = 'From here on.\n'
  const signed = (text: string) =>
    held(
      `DKIM-Signature: v=1; a=rsa-sha256; d=e.org; s=s; c=simple/simple; h=from; bh=${hashOf(body)}; b=eA==\nFrom: a@e.org\n\n${text}`,
    )
  const nothing = says('nothing', () => [])

  it('intact and altered', async () => {
    const { summary } = await check({ INBOX: [signed(body), signed('Other.\n'), held('From: a\n\nx\n')] }, [nothing])
    expect(summary.dkim).toEqual({ signed: 2, intact: 1, altered: 1, unverifiable: 0 })
  })
})

/** The hash of `From here on.` as a line of its own, in simple canonical form. */
function hashOf(text: string): string {
  return createHash('sha256').update(text.replaceAll('\n', '\r\n')).digest('base64')
}

describe('reused-message-id', () => {
  const rules = named('reused-message-id')
  it('tells each mail that has the ID of another', async () => {
    const { rows } = await check({ INBOX: SMALL_MAIL.map((text) => held(text)) }, rules)
    expect(rows.map(({ id, severity, locator }) => [id, severity, locator])).toEqual([
      ['<reused@example.org>', 'warning', 'number=7'],
    ])
    expect(rows[0]?.detail).toBe('another mail has the same Message-ID: INBOX number=6')
  })
  it('says nothing of copies of one mail', async () => {
    const { rows } = await check({ INBOX: SMALL_MAIL.slice(0, 5).map((text) => held(text)) }, rules)
    expect(rows).toEqual([])
  })
})

describe('marked-deleted', () => {
  it('tells the folder and how many', async () => {
    const flags = ['\\Deleted']
    const { rows } = await check(
      { INBOX: [held('A: 1\n\nx\n')], Old: [held('A: 2\n\nx\n', { flags }), held('A: 3\n\nx\n', { flags })] },
      named('marked-deleted'),
    )
    expect(rows.map(({ folder, detail, locator }) => [folder, detail, locator])).toEqual([['Old', '2 messages', null]])
  })
})

describe('received-dates-alike', () => {
  const DAY = 86_400
  const mail = (received: (n: number) => number, sent: (n: number) => number) =>
    Array.from({ length: 30 }, (_, n) =>
      held(`Date: ${new Date(sent(n) * 1000).toUTCString()}\n\nx\n`, { received: received(n) }),
    )
  const YEARS = (n: number) => 1_000_000_000 + n * 100 * DAY
  it('tells a folder that came in one heap', async () => {
    const { rows } = await check({ INBOX: mail((n) => 1_709_200_800 + n, YEARS) }, [receivedDatesAlike])
    expect(rows.map(({ folder, detail }) => [folder, detail])).toEqual([
      ['INBOX', '30 messages received on 2024-02-29, sent over 2900 days'],
    ])
  })
  it('is quiet where dates agree, or all mail is of one day', async () => {
    const { rows } = await check(
      {
        INBOX: mail(YEARS, YEARS),
        Day: mail(
          (n) => 1e9 + n,
          (n) => 1e9 + n,
        ),
      },
      [receivedDatesAlike],
    )
    expect(rows).toEqual([])
  })
})
