import type { ChannelConfig, StoreConfig } from '../schema.js'
import { refuseBroken } from './broken-file.js'
import type { Imported, ImportedEntry, ImportPlace } from './imported.js'
import { type MbsyncChannel, mbsyncChannel } from './mbsync-channel.js'
import { channelOf, type StoreUse } from './mbsync-channels.js'
import { referenceMistakes } from './mbsync-references.js'
import { type MbsyncStore, mbsyncStore } from './mbsync-stores.js'
import { type MbsyncKind, type MbsyncSection, readMbsync } from './mbsync-syntax.js'
import { valueMistakes } from './mbsync-values.js'
import { Names } from './names.js'
import { allOf, lastOf, type Section, SettingLedger } from './settings.js'

/**
 * Takes an .mbsyncrc over.
 *
 * @throws ConfigError with the lines that mbsync does not take either
 */
export function importMbsync(text: string, { file }: ImportPlace): Imported {
  const { globals, sections, broken } = readMbsync(text)
  refuseBroken(file, 'mbsync', [...broken, ...valueMistakes([globals, ...sections]), ...referenceMistakes(sections)])
  const ledger = new SettingLedger([globals, ...sections])
  const names = new Names()
  const of = (...kinds: readonly MbsyncKind[]) => sections.filter(({ kind }) => kinds.includes(kind))
  const channelNames = new Map(of('channel').map((section) => [section.name, names.give(section.name, 'channel')]))
  const groupNames = new Map(of('group').map((section) => [section.name, names.give(section.name, 'group')]))
  const stores = new StoreEntries(names)
  for (const section of of('imapstore', 'maildirstore')) {
    const kind = section.kind === 'imapstore' ? 'server' : 'local'
    stores.add(
      section.name,
      mbsyncStore(names.give(section.name, kind), section, withAccount(section, sections), ledger),
    )
  }
  globalSettings(globals, ledger)
  const channels = of('channel').map((section) => ({
    section,
    entries: mbsyncChannel(section, globals, stores.stores, ledger).flatMap((channel, n) =>
      entryOf(
        channel,
        n === 0 ? (channelNames.get(section.name) ?? section.name) : names.give(`${section.name}-${n + 1}`, 'channel'),
        stores,
      ),
    ),
  }))
  const comments: string[] = []
  const groups = of('group').flatMap((section) => {
    const members = groupMembers(section, ledger, comments).flatMap((name) =>
      channels.filter((each) => each.section.name === name).flatMap(({ entries }) => entries),
    )
    const inForce = members.filter(({ withheld }) => withheld.length === 0).map(({ name }) => name)
    return inForce.length === 0 ? [] : [[groupNames.get(section.name) ?? section.name, inForce] as const]
  })
  return {
    source: 'mbsync',
    comments,
    stores: stores.entries(),
    channels: channels.flatMap(({ entries }) => entries),
    groups: Object.fromEntries(groups),
    settings: ledger.rows(),
  }
}

/** The settings of the account that a store names stand before its own. */
function withAccount(store: MbsyncSection, sections: readonly MbsyncSection[]): MbsyncSection {
  const named = lastOf(store, 'account')?.value
  const account = sections.find(({ kind, name }) => kind === 'imapaccount' && name === named)
  return account === undefined ? store : { ...store, settings: [...account.settings, ...store.settings] }
}

function globalSettings(globals: Section, ledger: SettingLedger): void {
  ledger.notNeeded(lastOf(globals, 'fsync'), 'mbaudit always flushes what it writes')
  ledger.notNeeded(lastOf(globals, 'bufferlimit'), 'mbaudit keeps its memory bounded')
  ledger.notNeeded(lastOf(globals, 'fielddelimiter'), 'mbaudit names its state itself')
}

/** The channels of a group; a choice of folders within one has no counterpart. */
function groupMembers(section: MbsyncSection, ledger: SettingLedger, comments: string[]): string[] {
  const lines = allOf(section, 'channel', 'channels')
  ledger.taken(...lines)
  const ofLines = lines.flatMap((setting) => {
    const names = setting.value.split(' ')
    if (names.some((name) => name.includes(':'))) {
      comments.push(
        ...ledger.byHand(setting, 'a group is of whole channels: give these folders a channel of their own'),
      )
    }
    return names
  })
  return [...section.more, ...ofLines].map((name) => name.replace(/:.*/s, ''))
}

/** The stores, and those parts of them that channels use. */
class StoreEntries {
  readonly stores = new Map<string, MbsyncStore>()
  readonly #entries = new Map<string, ImportedEntry<StoreConfig>>()
  readonly #names: Names

  constructor(names: Names) {
    this.#names = names
  }

  add(name: string, store: MbsyncStore): void {
    this.stores.set(name, store)
    this.#entries.set(store.base.name, store.base)
  }

  nameOf({ store, suffix, config }: StoreUse): string {
    if (suffix === '') return store.base.name
    const key = `${store.base.name}\0${JSON.stringify(config)}`
    const known = this.#entries.get(key)
    if (known !== undefined) return known.name
    const name = this.#names.give(`${store.base.name}-${suffix}`, 'part')
    const comments = [`the part of ${store.base.name} that a channel pairs`]
    this.#entries.set(key, { name, config, comments, withheld: store.base.withheld })
    return name
  }

  entries(): ImportedEntry<StoreConfig>[] {
    return [...this.#entries.values()]
  }
}

function entryOf(channel: MbsyncChannel, name: string, stores: StoreEntries): ImportedEntry<ChannelConfig>[] {
  const { pairing, mode, comments } = channel
  const [far, near] = [stores.nameOf(pairing.far), stores.nameOf(pairing.near)]
  const waiting = [pairing.far, pairing.near].filter(({ store }) => store.base.withheld.length > 0)
  const withheld = [...channel.withheld, ...waiting.map(({ store }) => `the store ${store.base.name} is not in force`)]
  return [{ name, config: channelOf(mode, far, near, pairing), comments, withheld }]
}
