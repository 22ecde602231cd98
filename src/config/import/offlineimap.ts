import { refuseBroken } from './broken-file.js'
import type { Imported, ImportPlace } from './imported.js'
import { Names } from './names.js'
import { offlineimapChannel } from './offlineimap-accounts.js'
import { type OfflineimapStore, offlineimapStore } from './offlineimap-stores.js'
import { readOfflineimap } from './offlineimap-syntax.js'
import { accountNames, offlineimapMistakes } from './offlineimap-values.js'
import { lastOf, type Section, SettingLedger } from './settings.js'

/**
 * Takes an .offlineimaprc over. Its Python expressions are recognised by their shape, and never run.
 *
 * @throws ConfigError with the lines that offlineimap does not take either
 */
export function importOfflineimap(text: string, { file }: ImportPlace): Imported {
  const { sections, broken } = readOfflineimap(text)
  refuseBroken(file, 'offlineimap', [...broken, ...(broken.length > 0 ? [] : offlineimapMistakes(sections))])
  const ledger = new SettingLedger(sections)
  const names = new Names()
  const of = (kind: string) => sections.filter((section) => section.kind === kind)
  const general = sections.find(({ kind }) => kind === 'general')
  const listed = general === undefined ? [] : accountNames(lastOf(general, 'accounts')?.value ?? '')
  const comments = sections
    .filter(({ kind }) => kind !== 'Account' && kind !== 'Repository')
    .flatMap((each) => generalSettings(each, ledger))
  const channelNames = new Map(of('Account').map(({ name }) => [name, names.give(name, 'channel')]))
  const stores = new Map<string, OfflineimapStore>()
  for (const section of of('Repository')) {
    const kind = /Maildir$/.test(lastOf(section, 'type')?.value ?? '') ? 'local' : 'server'
    stores.set(section.name, offlineimapStore(names.give(section.name, kind), section, ledger))
  }
  proxies(of('Account'), stores, ledger)
  const channels = of('Account').flatMap((section) => {
    const remote = stores.get(lastOf(section, 'remoterepository')?.value ?? '')
    const local = stores.get(lastOf(section, 'localrepository')?.value ?? '')
    if (remote === undefined || local === undefined) return []
    const entry = offlineimapChannel(channelNames.get(section.name) ?? section.name, section, remote, local, ledger)
    const unlisted = listed.includes(section.name)
      ? []
      : ['it is not among the accounts of [general]: offlineimap does not sync it']
    return [{ ...entry, withheld: [...entry.withheld, ...unlisted] }]
  })
  return {
    source: 'offlineimap',
    comments,
    stores: [...stores.values()].map(({ base }) => base),
    channels,
    groups: {},
    settings: ledger.rows(),
  }
}

function generalSettings(section: Section, ledger: SettingLedger): readonly string[] {
  ledger.taken(lastOf(section, 'accounts'))
  ledger.notNeeded(lastOf(section, 'metadata'), 'mbaudit keeps its own state')
  ledger.notNeeded(lastOf(section, 'ui'), '--progress and --quiet say how much is shown')
  ledger.notNeeded(lastOf(section, 'maxsyncaccounts'), 'mbaudit sync --all does several at once')
  ledger.notNeeded(lastOf(section, 'fsync'), 'mbaudit always flushes what it writes')
  const [python, timeout] = [lastOf(section, 'pythonfile'), lastOf(section, 'socktimeout')]
  return [
    ...ledger.byHand(python, 'nothing is run: what settings take from it is to be written out'),
    ...ledger.byHand(timeout, 'write timeouts: { silence: SECONDS } for each account'),
    ...ledger.leftOver(section),
  ]
}

/** An account's proxy is that of the server it speaks to. */
function proxies(accounts: readonly Section[], stores: Map<string, OfflineimapStore>, ledger: SettingLedger): void {
  for (const section of accounts) {
    const setting = lastOf(section, 'proxy')
    const [, type, host, port] = /^(SOCKS5|SOCKS4|HTTP):([^:]+):(\d+)$/i.exec(setting?.value ?? '') ?? []
    const name = lastOf(section, 'remoterepository')?.value ?? ''
    const store = stores.get(name)
    if (type === undefined || store?.base.config.type !== 'imap') continue
    const proxy = `${type.toLowerCase()}://${host}:${port}`
    stores.set(name, { ...store, base: { ...store.base, config: { ...store.base.config, proxy } } })
    ledger.taken(setting)
  }
}
