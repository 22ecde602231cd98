import type { ChannelConfig } from '../schema.js'
import { refuseBroken } from './broken-file.js'
import type { Imported, ImportedEntry, ImportPlace } from './imported.js'
import { mailsyncStore } from './mailsync-stores.js'
import { readMailsync } from './mailsync-syntax.js'
import { Names } from './names.js'
import { lastOf, SettingLedger } from './settings.js'

/**
 * Takes a .mailsync over: every channel of it is two-way.
 *
 * @throws ConfigError with the line that mailsync does not take either
 */
export function importMailsync(text: string, place: ImportPlace): Imported {
  const { sections, broken } = readMailsync(text)
  refuseBroken(place.file, 'mailsync', broken)
  const ledger = new SettingLedger(sections)
  const names = new Names()
  const given = new Map(sections.map(({ name, kind }) => [name, names.give(name, kind)]))
  const nameOf = (name: string): string => given.get(name) ?? name
  const stores = sections.flatMap((section) =>
    section.kind === 'store' ? [mailsyncStore(nameOf(section.name), section, ledger, place)] : [],
  )
  const channels = sections.flatMap((section): ImportedEntry<ChannelConfig>[] => {
    if (section.kind === 'store') return []
    const [a, b] = [nameOf(section.sides[0]), nameOf(section.sides[1])]
    const comments = [`${section.title} (line ${section.line})`]
    ledger.notNeeded(lastOf(section, 'msinfo'), 'mbaudit keeps its own state')
    ledger.notNeeded(lastOf(section, 'passwd'), 'it is that of msinfo')
    comments.push(...ledger.byHand(lastOf(section, 'sizelimit'), 'mbaudit copies mail of any size'))
    const waiting = stores.filter(({ name, withheld }) => (name === a || name === b) && withheld.length > 0)
    const withheld = waiting.map(({ name }) => `the store ${name} is not in force`)
    return [{ name: nameOf(section.name), config: { between: [a, b], mode: 'two-way' }, comments, withheld }]
  })
  return { source: 'mailsync', comments: [], stores, channels, groups: {}, settings: ledger.rows() }
}
