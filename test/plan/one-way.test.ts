import { describe, expect, it } from 'vitest'
import type { Step } from '../../src/plan/step.js'
import type { MemoryMessage, MemoryStore } from '../../src/stores/memory/store.js'
import { folderName, type Store } from '../../src/stores/store.js'
import { PlanEffect } from '../support/plan-effect.js'
import { ARCHIVE, MIRROR, syncPlan } from '../support/planning.js'
import { type Folders, mail, message, storeOf } from '../support/small-pool.js'

const TEXT = 'One line of it.\nTwo lines of it.\nThree lines of it.\nFour lines of it.'
const pair = (master: Folders, slave: Folders) => [storeOf('master', master), storeOf('slave', slave)] as const

/** A step in few words. */
function brief(step: Step): string {
  switch (step.op) {
    case 'copy':
      return `copy ${step.from.folder} ${step.from.locator} to ${step.to.folder} [${step.flags.join(' ')}]`
    case 'move':
      return `move ${step.at.folder} ${step.at.locator} to ${step.to}`
    case 'flags':
      return `flags ${step.at.folder} ${step.at.locator} +[${step.add.join(' ')}] -[${step.remove.join(' ')}]`
    case 'delete':
      return `delete ${step.at.folder} ${step.at.locator}`
    case 'createFolder':
      return `create ${step.at.folder} ${step.specialUse ?? ''}`.trim()
    case 'subscribe':
      return `${step.subscribed ? 'subscribe' : 'unsubscribe'} ${step.at.folder}`
    default:
      return `${step.op} ${step.at.folder}`
  }
}

async function plan(stores: readonly [Store, Store], options = ARCHIVE, asked: Parameters<typeof syncPlan>[3] = {}) {
  const { steps, notes } = await syncPlan(...stores, options, asked)
  return { steps, brief: steps.map(brief), notes }
}

describe('archive and mirror', () => {
  const stores = () => pair({ INBOX: [message(mail('1'))] }, { INBOX: [message(mail('2'))] })

  it('archive copies what is missing and deletes nothing', async () => {
    const { steps, brief } = await plan(stores())
    expect(brief).toEqual(['copy INBOX number=1 to INBOX []'])
    expect(steps[0]).toMatchObject({ lacking: { store: 'slave', folder: 'INBOX', atMost: 0 }, received: 1_700_000_000 })
  })

  it('mirror deletes what the master has not, for as long as it has it not', async () => {
    const { steps, brief } = await plan(stores(), MIRROR)
    expect(brief).toEqual(['copy INBOX number=1 to INBOX []', 'delete INBOX number=1'])
    expect(steps[1]).toMatchObject({
      safe: { lacking: { store: 'master', folder: null, identity: '<2@example.org>', atMost: 0 } },
      staysElsewhere: false,
    })
  })

  it('mirror counts a second place of a mail as no loss', async () => {
    const both = pair({ INBOX: [message(mail('1'))] }, { INBOX: [message(mail('1'))], Old: [message(mail('1'))] })
    const { steps, brief } = await plan(both, MIRROR)
    expect(brief).toEqual(['delete Old number=2'])
    expect(steps[0]).toMatchObject({ staysElsewhere: true, safe: { lacking: { atMost: 1 } } })
  })

  it('copies in the order of the master, folder by folder', async () => {
    const numbers = ['1', '2', '3', '4', '5']
    const all = { Archive: numbers.map((id) => message(mail(id))), INBOX: [message(mail('6')), message(mail('7'))] }
    expect((await plan(pair(all, { INBOX: [] }))).brief).toEqual([
      'create Archive \\Archive',
      'copy INBOX number=1 to INBOX []',
      'copy INBOX number=2 to INBOX []',
      ...['3', '4', '5', '6', '7'].map((number) => `copy Archive number=${number} to Archive []`),
    ])
  })
})

describe('mail that moved', () => {
  it('moves, and takes new flags along in the one step', async () => {
    const stores = pair({ Old: [message(mail('1'), ['\\Seen'])] }, { INBOX: [message(mail('1'), ['\\Flagged'])] })
    const { steps, brief } = await plan(stores)
    expect(brief).toEqual(['create Old', 'move INBOX number=1 to Old'])
    expect(steps[1]).toMatchObject({ flags: { had: ['\\Flagged'], add: ['\\Seen'], remove: ['\\Flagged'] } })
  })

  it('into Trash or Junk is reported by an archive, and moved by a mirror', async () => {
    for (const waste of ['Trash', 'Junk']) {
      const stores = pair({ [waste]: [message(mail('1'))] }, { INBOX: [message(mail('1'))], [waste]: [] })
      const archive = await plan(stores)
      expect(archive.brief).toEqual([])
      expect(archive.notes).toEqual([
        `1 message: moved to ${waste} on the master, and left by the archive where they are`,
      ])
      expect((await plan(stores, MIRROR)).brief).toEqual([`move INBOX number=1 to ${waste}`])
    }
  })

  it('of several copies none is doubled, and a mirror keeps no more than the master', async () => {
    const stores = () =>
      pair({ Old: [message(mail('1'))] }, { INBOX: [message(mail('1')), message(mail('1'))], Old: [] })
    expect((await plan(stores())).brief).toEqual(['move INBOX number=1 to Old', 'move INBOX number=2 to Old'])
    expect((await plan(stores(), MIRROR)).brief).toEqual(['move INBOX number=1 to Old', 'delete INBOX number=2'])
  })
})

describe('flags', () => {
  it('are brought over, added and removed', async () => {
    const stores = pair(
      { INBOX: [message(mail('1'), ['$Later', '\\Seen'])] },
      { INBOX: [message(mail('1'), ['\\Flagged', '\\Seen'])] },
    )
    expect((await plan(stores)).brief).toEqual(['flags INBOX number=1 +[$Later] -[\\Flagged]'])
  })

  it('are the same whatever their case', async () => {
    const stores = pair({ INBOX: [message(mail('1'), ['$MDNSent'])] }, { INBOX: [message(mail('1'), ['$MdnSent'])] })
    expect((await plan(stores)).brief).toEqual([])
  })

  it('that the slave cannot keep are told once, and those that the master cannot keep stay', async () => {
    const stores = pair(
      { INBOX: [message(mail('1'), ['$A']), message(mail('2'), ['$A']), message(mail('3'))] },
      { INBOX: [message(mail('3'), ['$B'])] },
    )
    const keepsFlag = {
      master: (_: string, flag: string) => flag !== '$B',
      slave: (_: string, flag: string) => flag !== '$A',
    }
    const whyNoFlag = (_: string, flag: string) => (flag === '$A' ? 'MH keeps no keywords' : '')
    const { brief, notes } = await plan(stores, { ...ARCHIVE, masterKeeps: keepsFlag.master, whyNoFlag }, { keepsFlag })
    expect(brief).toEqual(['copy INBOX number=1 to INBOX []', 'copy INBOX number=2 to INBOX []'])
    expect(notes).toEqual(['2 messages: will be without $A: MH keeps no keywords'])
  })

  it('a mail marked deleted is copied marked, and nothing live in an archive is marked', async () => {
    const stores = pair(
      { INBOX: [message(mail('1'), ['\\Deleted']), message(mail('2'), ['\\Deleted', '\\Seen'])] },
      { INBOX: [message(mail('2'))] },
    )
    expect((await plan(stores)).brief).toEqual([
      'copy INBOX number=1 to INBOX [\\Deleted]',
      'flags INBOX number=1 +[\\Seen] -[]',
    ])
    expect((await plan(stores, MIRROR)).brief[1]).toBe('flags INBOX number=1 +[\\Deleted \\Seen] -[]')
  })

  it('of a mail that is there live and marked deleted, the live copy is the one that is copied', async () => {
    const stores = pair({ INBOX: [message(mail('1'), ['\\Deleted']), message(mail('1'), ['\\Seen'])] }, {})
    expect((await plan(stores)).brief).toEqual(['create INBOX', 'copy INBOX number=2 to INBOX [\\Seen]'])
  })
})

describe('several copies of one mail', () => {
  const three = { INBOX: [message(mail('1')), message(mail('1')), message(mail('1'))] }

  it('make one on the slave; with --copies all as many', async () => {
    expect((await plan(pair(three, { INBOX: [] }))).brief).toEqual(['copy INBOX number=1 to INBOX []'])
    const all = { ...ARCHIVE, copies: 'all' as const }
    expect((await plan(pair(three, { INBOX: [] }), all)).brief).toHaveLength(3)
    const { steps, brief } = await plan(pair(three, { INBOX: [message(mail('1'))] }), all)
    expect(brief).toEqual(['copy INBOX number=2 to INBOX []', 'copy INBOX number=3 to INBOX []'])
    expect(steps[1]).toMatchObject({ lacking: { atMost: 1 } })
  })

  it('beyond the master go in a mirror, the one that stays is named, and is live', async () => {
    const slave = { INBOX: [message(mail('1'), ['\\Deleted']), message(mail('1'), ['\\Seen'])] }
    const { steps, brief } = await plan(pair({ INBOX: [message(mail('1'), ['\\Seen'])] }, slave), MIRROR)
    expect(brief).toEqual(['delete INBOX number=1'])
    expect(steps[0]).toMatchObject({ safe: { keptAs: { locator: 'number=2' } }, staysElsewhere: true })
  })
})

describe('changed mail', () => {
  const footer = mail('1', { body: `${TEXT}\n-- \nfooter` })
  const other = mail('1', { body: 'Another thing.' })

  it('stays in an archive, and is replaced in a mirror: the copy first, then the deletion that waits for it', async () => {
    const stores = pair({ INBOX: [message(mail('1'))] }, { INBOX: [message(footer)] })
    expect((await plan(stores)).brief).toEqual([])
    const { steps, brief } = await plan(stores, MIRROR)
    expect(brief).toEqual(['copy INBOX number=1 to INBOX []', 'delete INBOX number=1'])
    expect(steps[1]).toMatchObject({ safe: { after: steps[0]?.id }, staysElsewhere: false })
  })

  it('another mail under the same ID comes to an archive as well', async () => {
    const stores = pair({ INBOX: [message(mail('1'))] }, { INBOX: [message(other)] })
    const { steps, brief } = await plan(stores)
    expect(brief).toEqual(['copy INBOX number=1 to INBOX []'])
    expect(steps[0]).toMatchObject({ lacking: { atMost: 1 } })
  })

  it('what a server makes of a mail again and again is not copied for ever', async () => {
    const stores = pair({ INBOX: [message(mail('1'))] }, { INBOX: [message(other), message(other)] })
    const { brief, notes } = await plan(stores)
    expect(brief).toEqual([])
    expect(notes[0]).toContain('and not copied again')
  })

  it('an archive brings the whole mail beside one that was cut short, once, and never the other way', async () => {
    const cut = mail('1', { body: TEXT.slice(0, 40) })
    const stores = pair({ INBOX: [message(mail('1'))] }, { INBOX: [message(cut)] })
    const { steps, brief } = await plan(stores)
    expect(brief).toEqual(['copy INBOX number=1 to INBOX []'])
    expect(steps[0]?.why).toBe('whole on the master (truncated)')
    new PlanEffect(stores).apply(steps)
    expect((await plan(stores)).brief).toEqual([])
    const turned = pair({ INBOX: [message(cut)] }, { INBOX: [message(mail('1'))] })
    expect((await plan(turned)).brief).toEqual([])
  })

  it('which of two was cut short is told by what they say, however long their headers are', async () => {
    const trace = `Received: by mx.example; Mon, 1 Jan 2024 00:00:00 +0000; ${'and so on '.repeat(30)}\n`
    const travelled = (raw: Buffer) => Buffer.concat([Buffer.from(trace), raw])
    const attached = (parts: readonly string[]) =>
      mail('1', { body: 'Page three.', subject: 'Programme' })
        .toString()
        .replace('Subject:', 'Content-Type: multipart/mixed; boundary=b\nSubject:')
        .replace(/Page three[\s\S]*/, `${parts.map((part) => `--b\n${part}\n`).join('')}--b--\n`)
    const [letter, card] = [
      '\nThe last proof: page three still says February.',
      'Content-Type: text/vcard; name=a.vcf\n\nVCARD:a',
    ]
    const [cut, without] = [mail('1', { body: TEXT.slice(0, 40) }), Buffer.from(attached([letter]))]
    for (const [whole, less, why] of [
      [mail('1'), cut, 'truncated'],
      [Buffer.from(attached([letter, card])), without, 'attachment-missing'],
    ] as const) {
      const there = pair({ INBOX: [message(whole)] }, { INBOX: [message(travelled(less))] })
      const { steps } = await plan(there)
      expect(steps.map((step) => step.why)).toEqual([`whole on the master (${why})`])
      new PlanEffect(there).apply(steps)
      expect((await plan(there)).brief).toEqual([])
      const turned = pair({ INBOX: [message(travelled(less))] }, { INBOX: [message(whole)] })
      expect((await plan(turned)).brief).toEqual([])
    }
  })

  it('of several altered mails under one ID each finds the one again that the first sync left it with', async () => {
    const like = (subject: string, body = TEXT) => mail('2', { subject, body })
    const footer = like('Choir', `${TEXT}\n-- \nfooter`)
    for (const [master, slave] of [
      [
        [message(like('Choir', 'Another thing.')), message(like('Choir'))],
        [message(like('Rehearsal'), ['\\Seen']), message(footer)],
      ],
      [
        [message(like('Rehearsal')), message(footer)],
        [message(like('Choir', TEXT.slice(0, 40))), message(like('Choir'))],
      ],
    ]) {
      const stores = pair({ INBOX: master ?? [] }, { INBOX: slave ?? [] })
      const { steps } = await plan(stores)
      expect(steps).not.toEqual([])
      new PlanEffect(stores).apply(steps)
      expect((await plan(stores)).brief).toEqual([])
    }
  })

  it('mail that lost its ID on the slave is not copied for another mail that has that ID there', async () => {
    const other = 'Message-ID: <1@example.org>\n'
    const [first, second] = [mail('1', { subject: 'Choir' }), mail('1', { subject: 'Choir', body: 'Another thing.' })]
    const lost = Buffer.from(String(second).replace(other, ''))
    const cut = mail('1', { subject: 'Choir', body: TEXT.slice(0, 40) })
    const stores = pair({ INBOX: [message(first), message(second)] }, { INBOX: [message(lost), message(cut)] })
    const { steps, brief } = await plan(stores)
    expect(brief).toEqual(['copy INBOX number=1 to INBOX []'])
    new PlanEffect(stores).apply(steps)
    expect((await plan(stores)).brief).toEqual([])
    expect(
      (await plan(pair({ INBOX: [message(second)] }, { INBOX: [message(lost), message(cut)] }), MIRROR)).brief,
    ).toEqual(['delete INBOX number=2'])
  })

  it('what is left over of such a pair is not deleted while a folder of the master was not read in full', async () => {
    const whole = mail('1', { subject: 'Choir' })
    const lost = Buffer.from(String(whole).replace('Message-ID: <1@example.org>\n', ''))
    const cut = mail('1', { subject: 'Choir', body: TEXT.slice(0, 40) })
    const slave = { INBOX: [message(lost), message(cut)], Work: [] }
    const inFull = pair({ INBOX: [message(whole)], Work: [] }, slave)
    expect((await plan(inFull, MIRROR)).brief).toEqual(['delete INBOX number=2'])
    const broken = { ...message(mail('9')), isBroken: true }
    const { brief, notes } = await plan(pair({ INBOX: [message(whole)], Work: [broken] }, slave), MIRROR)
    expect([brief, notes.join()]).toEqual([[], expect.stringContaining('not on the master, and left as they are')])
  })

  it('mail that lost its ID on the slave is not copied for one that was cut short there under that ID', async () => {
    const [first, second] = [mail('1', { subject: 'Choir' }), mail('1', { subject: 'Rehearsal' })]
    const lost = Buffer.from(String(second).replace('Message-ID: <1@example.org>\n', ''))
    const cut = mail('1', { subject: 'Choir', body: TEXT.slice(0, 40) })
    const stores = pair({ INBOX: [message(first), message(second)] }, { INBOX: [message(cut), message(lost)] })
    const { steps, brief } = await plan(stores)
    expect(brief).toEqual(['copy INBOX number=1 to INBOX []'])
    new PlanEffect(stores).apply(steps)
    expect((await plan(stores)).brief).toEqual([])
  })

  it('mail whose ID a server changed is not copied again, and its flags follow', async () => {
    const renamed = Buffer.from(String(mail('1')).replace('<1@', '<77@'))
    const stores = pair({ INBOX: [message(mail('1'), ['\\Seen'])] }, { INBOX: [message(renamed)] })
    for (const options of [ARCHIVE, MIRROR])
      expect((await plan(stores, options)).brief).toEqual(['flags INBOX number=1 +[\\Seen] -[]'])
  })
})

const broken = (raw: Buffer): MemoryMessage => ({ ...message(raw), isBroken: true })

describe('where a folder was not read in full', () => {
  it('nothing is deleted against the master, and nothing moved', async () => {
    const stores = pair(
      { INBOX: [message(mail('1')), broken(mail('2'))], Old: [message(mail('3'))] },
      { INBOX: [message(mail('1')), message(mail('2')), message(mail('3'))], Other: [message(mail('4'))], Old: [] },
    )
    const { brief, notes } = await plan(stores, { ...MIRROR, deleteFolders: true })
    expect(brief).toEqual(['copy Old number=3 to Old []'])
    expect(notes.join('\n')).toContain('INBOX of master was not read in full: nothing is deleted or moved against it.')
  })

  it('nothing that seems to be missing there is copied to the slave', async () => {
    const stores = pair(
      { INBOX: [message(mail('1')), message(mail('2'))], Old: [message(mail('3'))] },
      { INBOX: [message(mail('1')), broken(mail('2'))], Old: [] },
    )
    const { brief, notes } = await plan(stores, MIRROR)
    expect(brief).toEqual(['copy Old number=3 to Old []'])
    expect(notes).toEqual(['INBOX of slave was not read in full: nothing that is missing there is copied.'])
  })
})

it('mail whose bounds are in doubt is never moved or deleted', async () => {
  const [master, slave] = pair(
    { Old: [message(mail('1'))], INBOX: [message(mail('3'))] },
    { INBOX: [message(mail('1')), message(mail('2')), message(mail('3', { body: `${TEXT}\n-- \nfooter` }))], Old: [] },
  )
  const { brief, notes } = await plan([master, inDoubt(slave)], MIRROR)
  expect(brief).toEqual(['copy Old number=2 to Old []'])
  expect(notes.filter((note) => note.includes('left'))).toHaveLength(2)
})

function inDoubt(store: MemoryStore): Store {
  return {
    ...store,
    open: async (name) => {
      const folder = await store.open(name)
      const scan: typeof folder.scan = async function* (known) {
        for await (const batch of folder.scan(known))
          yield { ...batch, read: batch.read.map((copy) => ({ ...copy, boundsInDoubt: true })) }
      }
      const read: typeof folder.read = (locators) => folder.read(locators)
      return {
        name,
        abilities: folder.abilities,
        scan,
        read,
        measure: () => folder.measure(),
        [Symbol.asyncDispose]: async () => {},
      }
    },
  }
}

describe('views', () => {
  const ALL_MAIL = '[Gmail]/All Mail'
  const STARRED = '[Gmail]/Starred'

  it('are not copied from, but for what is seen nowhere else', async () => {
    const stores = pair(
      {
        INBOX: [message(mail('1'))],
        [ALL_MAIL]: [message(mail('1')), message(mail('2'))],
        [STARRED]: [message(mail('2'))],
      },
      { INBOX: [message(mail('1'))] },
    )
    const { brief } = await plan(stores, ARCHIVE, {
      nameOnSlave: (folder) => folderName(folder.replace('[Gmail]/', '')),
    })
    expect(brief).toEqual(['create All Mail', 'copy [Gmail]/All Mail number=3 to All Mail []'])
  })

  it('are not copied into, and nothing is taken out of them', async () => {
    const stores = pair(
      { INBOX: [message(mail('1'))], [ALL_MAIL]: [message(mail('2'))] },
      { INBOX: [], [ALL_MAIL]: [message(mail('1')), message(mail('3'))] },
    )
    const { brief, notes } = await plan(stores, MIRROR)
    expect(brief).toEqual(['copy INBOX number=1 to INBOX []'])
    expect(notes).toEqual([`1 message: not brought to ${ALL_MAIL}, which shows messages of other folders alone`])
  })
})

describe('folders', () => {
  it('are made with their special use, which one folder has', async () => {
    const stores = pair({ INBOX: [], Sent: [], 'Sent Items': [], Leer: [] }, { INBOX: [], Gesendet: [] })
    expect((await plan(stores)).brief).toEqual(['create Leer', 'create Sent', 'create Sent Items'])
    const without = pair({ INBOX: [], Sent: [], 'Sent Items': [] }, { INBOX: [] })
    expect((await plan(without)).brief).toEqual(['create Sent \\Sent', 'create Sent Items'])
  })

  it('that the master has not go with --delete-folders alone, the inner one first, once they are empty', async () => {
    const stores = pair({ INBOX: [] }, { INBOX: [], A: [], 'A/B': [message(mail('1'))], Trash: [], C: [], 'C/D': [] })
    const { brief } = await plan(stores, MIRROR)
    expect(brief).toEqual(['delete A/B number=1'])
    const all = await plan(stores, { ...MIRROR, deleteFolders: true })
    expect(all.brief).toEqual([
      'delete A/B number=1',
      'deleteFolder C/D',
      'deleteFolder C',
      'deleteFolder A/B',
      'deleteFolder A',
    ])
    new PlanEffect(stores).apply(all.steps)
    expect([...stores[1].folders.keys()]).toEqual(['INBOX', 'Trash'])
    expect((await plan(stores, { ...ARCHIVE, deleteFolders: true })).brief).toEqual([])
  })

  it('are subscribed to as on the master; an archive ends no subscription', async () => {
    const stores = pair({ INBOX: [], A: [] }, { INBOX: [], B: [] })
    const subscribed = { master: ['A', 'Gone'].map(folderName), slave: ['INBOX', 'B'].map(folderName) }
    expect((await plan(stores, ARCHIVE, { subscribed })).brief).toEqual(['create A', 'subscribe A'])
    expect((await plan(stores, MIRROR, { subscribed })).brief).toEqual(['create A', 'unsubscribe INBOX', 'subscribe A'])
  })

  it('of the master that come together in one keep their order', async () => {
    const stores = pair({ A: [message(mail('1'))], B: [message(mail('2'))] }, { Both: [] })
    const maps = [
      { from: 'A', to: 'Both' },
      { from: 'B', to: 'Both' },
    ]
    const { brief } = await plan(stores, ARCHIVE, { maps })
    expect(brief).toEqual(['copy A number=1 to Both []', 'copy B number=2 to Both []'])
  })
})
