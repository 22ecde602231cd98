/** Makes stores of clean mail with one defect of each kind in it, and judges what a check found in them. */
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cleanMail, receivedAt, textOf } from './clean-mail.js'
import { damageEml, damageMh } from './damage-file-folders.js'
import { damageMaildir, NOT_SEEDED_IN_MAILDIR } from './damage-maildir.js'
import { BESIDE_MBOXES, LOCKED, lockedFile, MBOX_DAMAGE, NOT_SEEDED_IN_MBOX, separator } from './damage-mbox.js'
import { MESSAGE_DAMAGE, NOT_IN_MBOX } from './damage-messages.js'

/** Serials of mail in other folders begin here; a folder uses some of twenty. */
const OTHERS = 40_000
const EACH = 20
const serialOf = (nth) => OTHERS + nth * EACH

/** Which mail of the INBOX gets which defect: spread evenly, none at the very beginning. */
function spread(rules, count) {
  const step = count / (rules.length + 1)
  if (step < 3) throw new RangeError(`${count} messages are too few for ${rules.length} defects`)
  return new Map(rules.map((rule, n) => [Math.floor((n + 1) * step), rule]))
}

/** The messages of the INBOX in their order, with the rule that is to find something. */
function* inbox(count, rules) {
  const damaged = spread(rules, count)
  for (let serial = 0; serial < count; serial++) {
    const rule = damaged.get(serial) ?? null
    const mail = cleanMail(serial)
    yield { serial, rule, text: textOf(rule === null ? mail : MESSAGE_DAMAGE[rule](mail)) }
  }
}

/** Takes two mails, and either of them may be told: the mail that was damaged, and the one before it. */
const OF_TWO = 'reused-message-id'

/** What was put where, and where findings are no false alarm. */
class Seeds {
  /** Any of the places will do; no place: any in the folder. */
  expected = []
  touched = new Set()
  folders = new Set()
  #before = null

  /** The next message of the INBOX. @param rule - null: it is clean */
  addMessage(rule, locator) {
    const places = rule === OF_TWO ? [this.#before, locator] : [locator]
    this.#before = locator
    if (rule === null) return
    this.expected.push({ rule, folder: 'INBOX', places })
    for (const place of places) this.touched.add(place)
  }

  addFolder(rule, folder) {
    this.expected.push({ rule, folder, places: [] })
    this.folders.add(folder)
  }
}

const octets = (text) => Buffer.from(text, 'latin1')

function writeReceived(path, text, serial) {
  writeFileSync(path, octets(text))
  utimesSync(path, receivedAt(serial), receivedAt(serial))
}

function writeInboxFile(path, count, rules, seeds) {
  let at = 0
  const stored = []
  for (const { serial, rule, text } of inbox(count, rules)) {
    const whole = octets(`${separator(serial)}${text}\n`)
    seeds.addMessage(rule, `offset=${at}`)
    at += whole.length
    stored.push(whole)
  }
  writeFileSync(path, Buffer.concat(stored))
}

/** A tree of mbox files: the INBOX with defects of messages, and a file for each defect that a file can have. */
function seedMbox(path, count, damage) {
  const seeds = new Seeds()
  mkdirSync(path, { recursive: true })
  const rules = damage ? Object.keys(MESSAGE_DAMAGE).filter((rule) => !NOT_IN_MBOX.includes(rule)) : []
  writeInboxFile(join(path, 'INBOX'), count, rules, seeds)
  if (!damage) return seeds
  Object.entries(MBOX_DAMAGE).forEach(([rule, make], n) => {
    writeFileSync(join(path, rule), octets(make(serialOf(n))))
    seeds.addFolder(rule, rule)
  })
  writeFileSync(join(path, LOCKED), octets(lockedFile(serialOf(-1))))
  for (const [rule, [name, content]] of Object.entries(BESIDE_MBOXES)) {
    writeFileSync(join(path, name), content)
    seeds.addFolder(rule, rule === 'mailbox-locked' ? LOCKED : null)
  }
  return seeds
}

/** A folder of message files, named by `nameOf`; `locatorOf` says how results call them. */
function writeFiles(folder, count, damage, { nameOf, locatorOf }) {
  const seeds = new Seeds()
  mkdirSync(folder, { recursive: true })
  for (const { serial, rule, text } of inbox(count, damage ? Object.keys(MESSAGE_DAMAGE) : [])) {
    const name = nameOf(serial)
    writeReceived(join(folder, name), text, serial)
    seeds.addMessage(rule, locatorOf(name))
  }
  return seeds
}

function seedMaildir(path, count, damage) {
  for (const part of ['new', 'tmp']) mkdirSync(join(path, part), { recursive: true })
  const seeds = writeFiles(join(path, 'cur'), count, damage, {
    nameOf: (serial) => `${receivedAt(serial)}.M${serial}P1.in.example.net:2,S`,
    locatorOf: (name) => `file=${name.replace(/:2,.*/, '')}`,
  })
  if (damage) damageMaildir(path, serialOf, (rule, folder) => seeds.addFolder(rule, folder))
  return seeds
}

function seedMh(path, count, damage) {
  const seeds = writeFiles(path, count, damage, {
    nameOf: (serial) => String(serial + 1),
    locatorOf: (name) => `number=${name}`,
  })
  if (damage) damageMh(path, serialOf, (rule, folder) => seeds.addFolder(rule, folder))
  return seeds
}

function seedEml(path, count, damage) {
  const seeds = writeFiles(path, count, damage, {
    nameOf: (serial) => `${String(serial).padStart(6, '0')}.eml`,
    locatorOf: (name) => `file=${name}`,
  })
  if (damage) damageEml(path, serialOf, (rule, folder) => seeds.addFolder(rule, folder))
  return seeds
}

/** By the scheme of the store. */
const SEEDERS = { mbox: seedMbox, maildir: seedMaildir, mh: seedMh, eml: seedEml }
export const SEEDED_TYPES = Object.keys(SEEDERS)

/** Writes a store of so many clean messages in its INBOX, with one defect of each kind unless `damage` is false. */
export function seedStore(type, path, count, damage = true) {
  return SEEDERS[type](path, count, damage)
}

/** Which seeded defects were not found, and what was found at clean messages. */
export function judgeDefects({ expected, touched, folders }, defects) {
  const isFound = ({ rule, folder, places }) =>
    defects.some(
      (defect) =>
        defect.rule === rule && defect.folder === folder && (places.length === 0 || places.includes(defect.locator)),
    )
  const isSeeded = ({ folder, locator }) =>
    locator === null || folders.has(folder) || (folder === 'INBOX' && touched.has(locator))
  return {
    missed: expected.filter((seed) => !isFound(seed)),
    falseAlarms: defects.filter((defect) => !isSeeded(defect)),
  }
}

/** Rules that no made store can have something for: what they tell takes another program, or a size beyond tests. */
/** What only a server shows, and what only a mistake of ours makes. */
const NOT_IN_FILES = ['size-reported-wrong', 'received-implausible', 'rule-failed']

export const NOT_SEEDED = [...NOT_SEEDED_IN_MBOX, ...NOT_SEEDED_IN_MAILDIR, ...NOT_IN_FILES]
