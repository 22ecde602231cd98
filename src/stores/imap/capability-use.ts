/** What is made of a capability, and what it costs where the server lacks it. */
interface CapabilityUse {
  readonly name: string
  readonly use: string
  /** null: nothing is lost. */
  readonly without: string | null
}

/** In the order of how much they matter here. */
const USES: readonly CapabilityUse[] = [
  {
    name: 'CONDSTORE',
    use: 'a second scan asks only for flags that changed',
    without: 'a second scan lists the flags of every message',
  },
  { name: 'QRESYNC', use: 'a second scan is told what is gone', without: null },
  { name: 'LIST-STATUS', use: 'one answer tells of all folders', without: 'each folder is asked for its state' },
  {
    name: 'SPECIAL-USE',
    use: 'Sent, Trash, Junk … are told by the server',
    without: 'Sent, Trash, Junk … are guessed by their names',
  },
  { name: 'NAMESPACE', use: 'whose folders are whose', without: 'all folders count as personal' },
  { name: 'OBJECTID', use: 'equal EMAILIDs prove copies identical without reading them', without: null },
  { name: 'X-GM-EXT-1', use: 'one message under several labels is counted once', without: null },
  { name: 'ESEARCH', use: 'lists of UIDs come packed', without: null },
  {
    name: 'UIDPLUS',
    use: 'messages can be removed one by one, and are found again once stored',
    without: 'removed messages are marked only, and not expunged',
  },
  { name: 'MOVE', use: 'messages are moved by the server itself', without: null },
  { name: 'LITERAL+', use: 'messages are sent without waiting', without: null },
  { name: 'MULTIAPPEND', use: 'many messages are stored by one command', without: null },
  { name: 'APPENDLIMIT', use: 'the largest message that is taken', without: null },
  { name: 'CREATE-SPECIAL-USE', use: 'Sent, Trash, Junk … are made as such', without: null },
  { name: 'COMPRESS=DEFLATE', use: 'less goes over the network', without: null },
  { name: 'UTF8=ACCEPT', use: 'folder names in UTF-8', without: null },
  { name: 'QUOTA', use: 'how full the account is', without: null },
]

/** What the server offers, with what is made of each, and what it lacks that matters. */
export interface CapabilityAudit {
  readonly offered: readonly { readonly name: string; readonly use: string | null }[]
  readonly lacking: readonly { readonly name: string; readonly without: string }[]
}

export function auditCapabilities(names: readonly string[]): CapabilityAudit {
  const uses = new Map(USES.map(({ name, use }) => [name, use]))
  const offered = new Set(names)
  return {
    offered: [...offered].sort().map((name) => ({ name, use: uses.get(name) ?? null })),
    lacking: USES.flatMap(({ name, without }) => (without === null || offered.has(name) ? [] : [{ name, without }])),
  }
}
