import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { epochSeconds } from '../../src/message/message.js'
import { folderName, type LocalStoreSpec } from '../../src/stores/store.js'
import { openWritableStore } from '../../src/stores/writable-drivers.js'
import { isToBeTested } from '../support/daemon.js'
import { hasDovecot, startDovecot } from '../support/dovecot.js'
import { hasPython } from '../support/mail-programs.js'
import { connectRaw } from '../support/raw-imap.js'
import { mail } from '../support/store-law.js'
import { folderIn, INBOX, outgoing, RECEIVED, seen, store, type WritingPlace } from '../support/writing-place.js'
import { localPlaces } from '../support/writing-places.js'

const places: WritingPlace[] = []
afterEach(async () => {
  for (const place of places.splice(0)) await place.dispose()
})

/** What Python's `mailbox` finds in a store: flags or sequences, subject, octets and date of each message, and the folders. */
function pythonSees(type: 'Maildir' | 'MH', path: string): unknown {
  const script = `
import json, mailbox, sys
box = mailbox.${type}(sys.argv[1], create=False)
of = lambda m: sorted(m.get_sequences()) if ${type === 'MH' ? 'True' : 'False'} else m.get_flags()
rows = [[of(m), m['Subject'], box.get_bytes(k).decode('latin1')] for k, m in sorted(box.items(), key=lambda each: each[1]['Subject'])]
print(json.dumps([rows, sorted(box.list_folders())]))`
  const run = spawnSync('python3', ['-c', script, path], { encoding: 'utf8' })
  if (run.status !== 0) throw new Error(run.stderr)
  return JSON.parse(run.stdout)
}

describe.skipIf(!isToBeTested(hasPython))('what is written, as Python reads it', () => {
  const text = (n: number): string => mail(n).toString('latin1')
  const three = () => [
    outgoing(mail(1), { flags: ['\\Seen', '\\Flagged'] }),
    outgoing(mail(2), { flags: ['todo'] }),
    outgoing(mail(3), { flags: ['\\Answered', '\\Seen', '\\Draft', '\\Deleted', '$Forwarded'] }),
  ]

  it('finds messages, flags and folders of a Maildir', async () => {
    const place = await localPlaces('maildir', null).make()
    places.push(place)
    const opened = await place.openForWriting()
    await store(place, await folderIn(opened), three())
    await opened.createFolder(folderName('Work/2024'), null)
    expect(pythonSees('Maildir', join(place.root ?? ''))).toEqual([
      [
        ['FS', 'Mail 1', text(1)],
        ['a', 'Mail 2', text(2)],
        ['DPRSTb', 'Mail 3', text(3)],
      ],
      ['Work.2024'],
    ])
  })

  it('finds messages, sequences and folders of MH', async () => {
    const place = await localPlaces('mh', null).make()
    places.push(place)
    const opened = await place.openForWriting()
    await opened.createFolder(folderName('INBOX'), null)
    await store(place, await folderIn(opened), three())
    await opened.createFolder(folderName('Work'), null)
    expect(pythonSees('MH', join(place.root ?? ''))).toEqual([
      [
        [['flagged'], 'Mail 1', text(1)],
        [['todo', 'unseen'], 'Mail 2', text(2)],
        [['$Forwarded', 'deleted', 'draft', 'replied'], 'Mail 3', text(3)],
      ],
      ['Work'],
    ])
  })
})

describe.skipIf(!isToBeTested(hasDovecot))('what is written to the Maildir of a running Dovecot', () => {
  it('shows as it was written, and letters of keywords mean the same to both', async () => {
    await using dovecot = await startDovecot()
    const spec: LocalStoreSpec = {
      name: 'm',
      type: 'maildir',
      path: join(dovecot.home('alice'), 'Maildir'),
      options: {},
    }
    const other = await localPlaces('maildir', null).make()
    places.push(other)
    const opened = await openWritableStore(spec, true)
    const place = { ...other, root: spec.path, open: async () => opened }
    for (const name of ['Entwürfe/送信済み', 'Q&A'].map(folderName)) {
      await opened.createFolder(name, null)
      await store(place, await opened.openForWriting(name), [outgoing(mail(3))])
    }
    await using client = await connectRaw(dovecot.port, 'alice')
    await client.command('APPEND', 'INBOX', '(DovecotsOwn)', mail(100))
    const folder = await folderIn(opened)
    const flags = ['\\Flagged', 'ours', '$Forwarded']
    await store(place, folder, [outgoing(mail(1), { flags, received: epochSeconds(RECEIVED) }), outgoing(mail(2))])
    await client.command('SELECT', 'INBOX')
    const shown = await client.command(
      'FETCH',
      '1:*',
      '(FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (SUBJECT)])',
    )
    const row = (subject: string) =>
      shown.split(/^\* \d+ FETCH /m).find((each) => each.includes(`Subject: ${subject}\r`)) ?? ''
    expect(row('Mail 1')).toMatch(/FLAGS \((?=[^)]*\\Flagged)(?=[^)]*\bours\b)(?=[^)]*\$Forwarded)[^)]*\)/)
    expect(row('Mail 1')).not.toMatch(/\\Seen|DovecotsOwn/)
    expect(row('Mail 1')).toMatch(/INTERNALDATE "14-Nov-2023 22:13:20 \+0000"/)
    expect(row('Mail 1')).toContain(`RFC822.SIZE ${mail(1).toString('latin1').replaceAll('\n', '\r\n').length}`)
    expect(row('Mail 100')).toMatch(/FLAGS \([^)]*\bDovecotsOwn\b/)
    const list = await client.command('LIST', '""', '"*"')
    expect(list).toContain(' Entw&APw-rfe/&kAFP4W4IMH8-')
    expect(list).toMatch(/ "?Q&-A"?\r/)
    const uid = /^\* (\d+) FETCH (?=[^*]*Subject: Mail 2\r)/m.exec(shown)?.[1] ?? ''
    await client.command('STORE', uid, '+FLAGS', '(theirs ours \\Seen)')
    const now = new Map(
      (await seen(place, INBOX)).map((each) => [/Subject: (.*)/.exec(each.raw)?.[1]?.trim(), each.flags]),
    )
    expect(now.get('Mail 2')).toEqual(['\\Seen', 'ours', 'theirs'])
    expect(now.get('Mail 1')).toEqual(['$Forwarded', '\\Flagged', 'ours'])
    expect(now.get('Mail 100')).toEqual(['DovecotsOwn'])
  })

  it('loses no keyword where both give new ones at once', async () => {
    await using dovecot = await startDovecot()
    await using client = await connectRaw(dovecot.port, 'bob')
    await client.command('APPEND', 'INBOX', mail(100))
    const spec: LocalStoreSpec = { name: 'm', type: 'maildir', path: join(dovecot.home('bob'), 'Maildir'), options: {} }
    const other = await localPlaces('maildir', null).make()
    places.push(other)
    const opened = await openWritableStore(spec, false)
    const place = { ...other, root: spec.path, open: async () => opened }
    const folder = await folderIn(opened)
    await client.command('SELECT', 'INBOX')
    for (let n = 0; n < 10; n++) {
      await Promise.all([
        client.command('STORE', '1', '+FLAGS', `(theirs${n})`),
        store(place, folder, [outgoing(mail(n), { flags: [`ours${n}`] })]),
      ])
    }
    const now = new Map(
      (await seen(place, INBOX)).map((each) => [/Subject: (.*)/.exec(each.raw)?.[1]?.trim(), each.flags]),
    )
    for (let n = 0; n < 10; n++) expect(now.get(`Mail ${n}`)).toEqual([`ours${n}`])
    expect(now.get('Mail 100')).toEqual(Array.from({ length: 10 }, (_, n) => `theirs${n}`))
  })
})
