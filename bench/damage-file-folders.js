/** A defect of each kind that MH folders and folders of .eml files can have beside those of a Maildir. */
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cleanMail, receivedAt, textOf } from './clean-mail.js'

function put(folder, name, content, serial) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), Buffer.from(content, 'latin1'))
  utimesSync(join(folder, name), receivedAt(serial), receivedAt(serial))
}

const mailOf = (serial) => textOf(cleanMail(serial))

/** By rule: what is put into the folder of that name besides a clean mail, a file's name and what is in it. */
const MH_DAMAGE = {
  'number-malformed': (n) => ['007', mailOf(n + 1)],
  'sequence-malformed': () => ['.mh_sequences', 'cur: 1 and so on\n'],
  'sequence-without-message': () => ['.mh_sequences', 'unseen: 98-99\n'],
  'deleted-leftover': (n) => [',5', mailOf(n + 1)],
}
const EML_DAMAGE = {
  'emlx-length-wrong': (n) => ['b.emlx', `999999\n${mailOf(n + 1)}`],
  'emlx-partial': (n) => ['b.partial.emlx', `${mailOf(n + 1).length}\n${mailOf(n + 1)}<?xml version="1.0"?>\n`],
}

function damageFolders(root, damage, first, serialOf, told) {
  Object.entries(damage).forEach(([rule, make], nth) => {
    const folder = join(root, rule)
    put(folder, first, mailOf(serialOf(nth)), serialOf(nth))
    put(folder, ...make(serialOf(nth)), serialOf(nth) + 1)
    told(rule, rule)
  })
}

/** @param told - given each rule and the folder that it is to be told of */
export function damageMh(root, serialOf, told) {
  damageFolders(root, MH_DAMAGE, '1', serialOf, told)
  put(join(root, '9999999'), '1', mailOf(serialOf(99)), serialOf(99))
  told('folder-named-as-message', '9999999')
}

export const damageEml = (root, serialOf, told) => damageFolders(root, EML_DAMAGE, 'a.eml', serialOf, told)
