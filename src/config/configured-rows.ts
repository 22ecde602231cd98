import type { Config } from './config.js'
import type { ChannelConfig, StoreConfig } from './schema.js'

/** What of a store or channel is shown by name; all else is a setting. */
const SHOWN = ['type', 'path', 'host', 'user', 'folders', 'notFolders', 'master', 'slave', 'between', 'mode']

/** A configuration as a result. */
export function configAnswer(config: Config) {
  const rows = configuredRows(config)
  return {
    summary: {
      file: config.file,
      stores: config.stores.size,
      channels: config.channels.size,
      rules: config.rules.length,
    },
    rows: () => rows,
  }
}

/** The stores, channels, groups and rules of a configuration as rows; a password is named by where it comes from alone. */
function configuredRows({ stores, channels, groups, rules }: Config) {
  return [
    ...[...stores].map(([name, store]) => ({
      name,
      kind: 'store' as const,
      type: store.type,
      ...rest(store),
      place: storePlace(store),
    })),
    ...[...channels].map(([name, channel]) => ({
      name,
      kind: 'channel' as const,
      type: channel.mode,
      ...rest(channel),
      place: channelPlace(channel),
    })),
    ...[...groups].map(([name, members]) => ({
      ...NO_SETTINGS,
      name,
      kind: 'group' as const,
      type: '',
      place: members.join(', '),
    })),
    ...rules.map(({ name, grade }) => ({ ...NO_SETTINGS, name, kind: 'rule' as const, type: grade, place: '' })),
  ]
}

const NO_SETTINGS = { folders: [], notFolders: [], settings: [] } as const

function rest(entry: StoreConfig | ChannelConfig) {
  const others = Object.entries(entry).filter(([key, value]) => !SHOWN.includes(key) && value !== undefined)
  return {
    folders: entry.folders ?? [],
    notFolders: entry.notFolders ?? [],
    settings: others.map(([key, value]) => `${key}=${settingText(key, value)}`),
  }
}

/** A secret is named by where it comes from alone. */
function settingText(key: string, value: unknown): string {
  if (key === 'password' || key === 'oauth') return secretSource(value)
  if (key === 'proxy') return String(value).replace(/\/\/[^/@]*@/, '//…@')
  return typeof value === 'object'
    ? JSON.stringify(value, (name, inner) => (name === 'passphrase' ? secretSource(inner) : inner))
    : String(value)
}

function secretSource(value: unknown): string {
  const [source = 'set'] = typeof value === 'object' && value !== null ? Object.keys(value) : []
  return `(${source})`
}

function storePlace(store: StoreConfig): string {
  return store.type === 'imap' ? `${store.user}@${store.host}` : store.path
}

function channelPlace(channel: ChannelConfig): string {
  return 'between' in channel ? channel.between.join(' <-> ') : `${channel.master} -> ${channel.slave}`
}
