import { ConfigError } from '../../errors.js'
import { channelMistakes } from '../channel-mistakes.js'
import type { Imported, ImportedEntry, ImportPlace, ImportSource } from './imported.js'
import { importMailsync } from './mailsync.js'
import { importMbsync } from './mbsync.js'
import { isMbsyncStart } from './mbsync-syntax.js'
import { importOfflineimap } from './offlineimap.js'

const IMPORTERS: Readonly<Record<ImportSource, (text: string, place: ImportPlace) => Imported>> = {
  mailsync: importMailsync,
  mbsync: importMbsync,
  offlineimap: importOfflineimap,
}

/**
 * Takes the configuration of mailsync, mbsync or offlineimap over, whichever it is by its content. Nothing in it is run.
 *
 * @throws ConfigError for a file that is none of them, or that is broken: `FILE:LINE: what is wrong, what is allowed`
 */
export function importConfig(text: string, place: ImportPlace): Imported {
  const plain = text.replace(/^\ufeff/, '')
  return withoutMistakes(IMPORTERS[recogniseSource(plain, place.file)](plain, place))
}

/** Which program a configuration is for. */
function recogniseSource(text: string, file: string): ImportSource {
  const lines = text.split('\n').map((line) => line.trim())
  const at = lines.findIndex((line) => line !== '' && !/^[#;]/.test(line))
  const first = lines[at] ?? ''
  if (/^\[.+\]/.test(first) && /^\[(?:general|Account .+|Repository .+)\]/m.test(text)) return 'offlineimap'
  const rest = lines.slice(at).join('\n')
  if (at >= 0 && /^(?:store\s+\S+|channel(?:\s+\S+){3})\s+(?:#.*\n\s*)*\{/.test(rest)) return 'mailsync'
  const [word = ''] = first.split(/\s/)
  if (at >= 0 && isMbsyncStart(word)) return 'mbsync'
  if (/^store\b/.test(first)) return 'mailsync'
  const what = at < 0 ? 'nothing stands in it' : 'this begins the configuration of none of the three'
  const own = /^(?:stores|channels|rules|groups):/.test(first)
    ? ' This looks like a configuration of mbaudit itself.'
    : ''
  throw new ConfigError(
    `${file}:${Math.max(at, 0) + 1}: ${what}: allowed are store NAME { … } and channel NAME STORE STORE { … } (mailsync), IMAPAccount, IMAPStore, MaildirStore, Channel … (mbsync), [general], [Account …], [Repository …] (offlineimap)`,
    `docs/config-import.md shows each.${own}`,
  )
}

/** Leaves out of force what `mbaudit config check` would refuse: channels of one place, or in a circle. */
function withoutMistakes(imported: Imported): Imported {
  const named = <T>(entries: readonly ImportedEntry<T>[]) =>
    Object.fromEntries(
      entries.filter(({ withheld }) => withheld.length === 0).map(({ name, config }) => [name, config]),
    )
  const [mistake] = channelMistakes({ stores: named(imported.stores), channels: named(imported.channels), groups: {} })
  if (mistake === undefined) return withoutLostMembers(imported)
  const channels = imported.channels.map((channel) =>
    channel.name === mistake.path[1] ? { ...channel, withheld: [mistake.message] } : channel,
  )
  return withoutMistakes({ ...imported, channels })
}

function withoutLostMembers(imported: Imported): Imported {
  const inForce = imported.channels.filter(({ withheld }) => withheld.length === 0).map(({ name }) => name)
  const groups = Object.entries(imported.groups)
    .map(([name, channels]) => [name, channels.filter((channel) => inForce.includes(channel))] as const)
    .filter(([, channels]) => channels.length > 0)
  return { ...imported, groups: Object.fromEntries(groups) }
}
