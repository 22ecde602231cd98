/** A defect of each kind that a Maildir can have: what puts it into a folder of clean mail. */
import { chmodSync, linkSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cleanMail, receivedAt, textOf } from './clean-mail.js'

const HOUR = 3600
const DAYS_OF_MAIL = 1200
const FUTURE = Date.UTC(2100, 0, 1) / 1000
const VALIDITY = 1_300_000_000
const mailOf = (serial) => Buffer.from(textOf(cleanMail(serial)), 'latin1')
const count = (length, make) => Array.from({ length }, (_, n) => make(n))

/** A folder of a Maildir++ under way. */
class MaildirFolder {
  constructor(root, name) {
    this.root = root
    this.path = join(root, `.${name}`)
    for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(this.path, part), { recursive: true })
    this.put('maildirfolder', '', FUTURE - FUTURE)
  }

  /** Any file of the folder, or with `../` of the store. */
  put(name, content, seconds) {
    const file = join(this.path, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
    utimesSync(file, seconds, seconds)
    return file
  }

  /** A clean mail, but for what its file is called or when it was written. @returns its path */
  mail(serial, { directory = 'cur', unique = '', info = ':2,S', received = receivedAt(serial), content } = {}) {
    return this.put(`${directory}/${uniqueName(serial)}${unique}${info}`, content ?? mailOf(serial), received)
  }
}

const uniqueName = (serial) => `${receivedAt(serial)}.M${serial}P1.in.example.net`
const state = (pairs, { validity = VALIDITY, max = 90 } = {}) =>
  `FarUidValidity 5\nNearUidValidity ${validity}\nMaxPulledUid ${max}\nMaxPushedUid ${max}\n\n${pairs.map((pair) => `${pair}\n`).join('')}`
const list = (...names) => `3 V${VALIDITY} N900 G1\n${names.map((name, n) => `${n + 1} :${name}\n`).join('')}`

/** A folder that mbsync keeps: mail with UIDs, and what it notes of them. */
function synced(folder, serial, { pairs = [], highest = 90, text } = {}) {
  folder.mail(serial, { unique: ',U=1' })
  folder.put('.uidvalidity', `${VALIDITY}\n${highest}\n`, receivedAt(serial))
  folder.put('.mbsyncstate', text ?? state(['1 1 S', ...pairs]), receivedAt(serial))
}

/** By rule; each is given a folder of that name, and the serial of mail that nobody else uses. */
const FOLDER_DAMAGE = {
  'info-missing': (folder, n) => folder.mail(n, { info: '' }),
  'flags-in-new': (folder, n) => folder.mail(n, { directory: 'new' }),
  'flags-malformed': (folder, n) => folder.mail(n, { info: ':2,SZ' }),
  'keyword-letter-unnamed': (folder, n) => folder.mail(n, { info: ':2,Sa' }),
  'info-separator-replaced': (folder, n) => folder.mail(n, { info: '!2,S' }),
  'unique-name-malformed': (folder, n) => folder.put('cur/notes:2,S', mailOf(n), receivedAt(n)),
  'unique-name-twice': (folder, n) => [folder.mail(n), folder.mail(n, { directory: 'new', info: '' })],
  'unique-name-in-folders': (folder, n) => [folder.mail(n), new MaildirFolder(folder.root, 'also').mail(n)],
  'size-suffix-mismatch': (folder, n) => folder.mail(n, { unique: ',S=9999' }),
  'empty-or-nul-file': (folder, n) => folder.mail(n, { content: Buffer.alloc(300) }),
  'separator-in-file': (folder, n) =>
    folder.mail(n, { content: `From ann Mon Jan  3 10:00:00 2011\n${mailOf(n - (n % 4))}` }),
  'byte-order-mark': (folder, n) => folder.mail(n, { content: `\ufeff${mailOf(n - (n % 4))}` }),
  'compressed-file': (folder, n) => folder.mail(n, { content: Buffer.from('1f8b080000000000', 'hex') }),
  'file-time-implausible': (folder, n) => folder.mail(n, { received: FUTURE }),
  'stale-tmp-file': (folder, n) => folder.mail(n, { directory: 'tmp', info: '' }),
  'foreign-file': (folder, n) => folder.put('cur/.hidden', 'x', receivedAt(n)),
  'directory-among-messages': (folder) => mkdirSync(join(folder.path, 'new/attic')),
  'hard-linked': (folder, n) => linkSync(folder.mail(n), join(folder.path, 'cur', `${uniqueName(n + 1)}:2,S`)),
  'symbolic-link': (folder, n) => symlinkSync(folder.mail(n), join(folder.path, 'cur', `${uniqueName(n + 1)}:2,S`)),
  'broken-link': (folder, n) => symlinkSync('/nowhere/at/all', join(folder.path, 'cur', `${uniqueName(n)}:2,S`)),
  'unreadable-file': (folder, n) => chmodSync(folder.mail(n), 0),
  'maildir-incomplete': (folder) => rmSync(join(folder.path, 'tmp'), { recursive: true }),
  'maildirfolder-missing': (folder) => rmSync(join(folder.path, 'maildirfolder')),
  'folder-names-alike': (folder) => new MaildirFolder(folder.root, 'Folder-Names-Alike'),
  'marked-deleted': (folder, n) => folder.mail(n, { info: ':2,ST' }),
  'received-dates-alike': (folder, n) =>
    count(30, (mail) => folder.mail(n + mail * DAYS_OF_MAIL, { received: receivedAt(n) })),
  'uid-in-name-twice': (folder, n) => [folder.mail(n, { unique: ',U=5' }), folder.mail(n + 1, { unique: ',U=5' })],
  'uid-in-name-too-high': (folder, n) => {
    synced(folder, n)
    folder.mail(n + 1, { unique: ',U=99' })
  },
  'uid-of-other-folder': (folder, n) => {
    for (const [more, hash] of ['a', 'a', 'b'].entries())
      folder.mail(n + more, { unique: `,U=${more + 1},FMD5=${hash.repeat(32)}` })
  },
  'uid-list-damaged': (folder, n) => {
    folder.mail(n)
    folder.put('dovecot-uidlist', `${list(uniqueName(n))}1 :${uniqueName(n)}\n`, receivedAt(n))
  },
  'uid-list-stale': (folder, n) => {
    folder.mail(n)
    folder.put('dovecot-uidlist', list(uniqueName(n), uniqueName(n + 1)), receivedAt(n))
  },
  'uid-list-of-other-files': (folder, n) => {
    for (const more of count(25, (each) => each)) folder.mail(n - more * DAYS_OF_MAIL)
    folder.put('dovecot-uidlist', list(...count(25, (more) => uniqueName(n + 1 + more))), receivedAt(n))
  },
  'sync-state-damaged': (folder, n) => synced(folder, n, { text: 'rubbish\n\n1 1 S\n' }),
  'sync-state-conflict': (folder, n) => synced(folder, n, { pairs: ['2 1 S'] }),
  'sync-state-other-validity': (folder, n) => synced(folder, n, { text: state(['1 1 S'], { validity: 7 }) }),
  'synced-mail-missing': (folder, n) => synced(folder, n, { pairs: count(40, (uid) => `${uid + 2} ${uid + 2} S`) }),
  'sync-interrupted': (folder, n) => {
    synced(folder, n)
    folder.put('.mbsyncstate.journal', '4\n+ 1 0\n', receivedAt(n) + HOUR)
  },
  'sync-left-copy': (folder, n) => {
    synced(folder, n)
    folder.mail(n + 1, { unique: ',U=2', content: `X-TUID: aBcDeFgHiJkL\n${mailOf(n)}` })
  },
}

/** What a Maildir as a whole can have, by rule: what makes it, and the folder that it is told of. */
const STORE_DAMAGE = {
  'folder-name-malformed': ['bad&utf7', (root) => new MaildirFolder(root, 'bad&utf7')],
  'layouts-mixed': [
    null,
    (root) => {
      for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(root, 'Plain', part), { recursive: true })
    },
  ],
  'subscription-without-folder': [null, (root) => writeFileSync(join(root, 'subscriptions'), 'Gone\n')],
  'dbox-without-index': [
    null,
    (root) => {
      const path = join(root, 'mailboxes/INBOX/dbox-Mails')
      mkdirSync(path, { recursive: true })
      writeFileSync(join(path, 'u.1'), '')
    },
  ],
}

/** A closed directory is open to the superuser, who may be the one that tests. */
export const NOT_SEEDED_IN_MAILDIR = ['unreadable-folder']

/** Makes all of it. @param told - given each rule and the folder that it is to be told of */
export function damageMaildir(root, serialOf, told) {
  Object.entries(FOLDER_DAMAGE).forEach(([rule, damage], nth) => {
    damage(new MaildirFolder(root, rule), serialOf(nth))
    told(rule, rule)
  })
  for (const [rule, [folder, damage]] of Object.entries(STORE_DAMAGE)) {
    damage(root)
    told(rule, folder)
  }
}
