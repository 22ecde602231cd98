/** A defect of each kind that a Maildir can have: what makes a folder of clean mail, with that defect in it. */
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cleanMail, receivedAt, textOf } from './clean-mail.js'

const MONTH = 1200

/** A folder of a Maildir++ under way. */
class MaildirFolder {
  constructor(root, name) {
    this.path = join(root, `.${name}`)
    for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(this.path, part), { recursive: true })
    writeFileSync(join(this.path, 'maildirfolder'), '')
  }

  /** @param set - what of the file is not as it should be */
  write(serial, { directory = 'cur', info = ':2,S', received = receivedAt(serial) } = {}) {
    const file = join(this.path, directory, `${receivedAt(serial)}.M${serial}P1.in.example.net${info}`)
    writeFileSync(file, Buffer.from(textOf(cleanMail(serial)), 'latin1'))
    utimesSync(file, received, received)
    return file
  }
}

/** By rule; each is given a folder with one clean mail, and the serial of mail that nobody else uses. */
const MAILDIR_DAMAGE = {
  'marked-deleted': (folder, n) => folder.write(n, { info: ':2,ST' }),
  'received-dates-alike': (folder, n) => {
    for (let mail = 0; mail < 30; mail++) folder.write(n + mail * MONTH, { received: receivedAt(n) })
  },
}

export const MAILDIR_FOLDER_RULES = Object.keys(MAILDIR_DAMAGE)

/** Makes the folder of that name with that defect in it. */
export function damageFolder(root, rule, serial) {
  const folder = new MaildirFolder(root, rule)
  MAILDIR_DAMAGE[rule](folder, serial)
}
