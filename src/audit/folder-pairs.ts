import type { FolderFacts } from '../index/store-index.js'
import { type FolderName, folderName, type SpecialUse } from '../stores/store.js'
import { byLength, type FolderMap, mapFolder, plainName, turnMap } from './folder-map.js'

export interface FolderPairOptions {
  readonly maps: readonly FolderMap[]
  /** Whether Sent pairs with the folder that has this special use, whatever it is called. */
  readonly matchSpecialUse: boolean
  /** The name under which the slave keeps a folder, where it cannot have it as it is (`WritableStore.nameFor`). */
  readonly nameOnSlave: (folder: FolderName) => FolderName
  /** Which store cannot tell names apart that differ in case alone. */
  readonly foldsCase: { readonly master: boolean; readonly slave: boolean }
}

/** Why two folders pair. */
export type PairedBy = 'name' | 'map' | 'special-use'

export interface FolderPair {
  readonly master: FolderName
  readonly slave: FolderName
  /** Whether the slave has it. */
  readonly isThere: boolean
  readonly by: PairedBy
}

/** Which folder of the slave stands for which of the master. Several of the master may pair with one of the slave. */
export interface FolderPairing {
  /** One for each folder of the master, in its order. */
  readonly pairs: readonly FolderPair[]
  /** Folders of the slave that pair with none, in its order. */
  readonly extra: readonly FolderName[]
  /** The slave's folder for a folder of the master, or for one that the master might have. */
  slaveOf(master: FolderName): FolderName
  /** The master's folders for a folder of the slave. */
  mastersOf(slave: FolderName): readonly FolderName[]
  /** The first of them; where there is none, the name that the master would have for it. */
  masterOf(slave: FolderName): FolderName
}

type Folder = Pick<FolderFacts, 'folder' | 'specialUse'>

/** Pairs the folders of two stores: by `--map`, by special use where that is asked for, by name. */
export function pairFolders(
  master: readonly Folder[],
  slave: readonly Folder[],
  options: FolderPairOptions,
): FolderPairing {
  const names = new Names(master, slave, options)
  const pairs = master.map(({ folder }) => names.pair(folder))
  const masters = new Map<FolderName, FolderName[]>()
  for (const pair of pairs) masters.set(pair.slave, [...(masters.get(pair.slave) ?? []), pair.master])
  const bySlave = new Map(pairs.map((pair) => [pair.master, pair.slave]))
  return {
    pairs,
    extra: slave.map(({ folder }) => folder).filter((folder) => !masters.has(folder)),
    slaveOf: (folder) => bySlave.get(folder) ?? names.pair(folder).slave,
    mastersOf: (folder) => masters.get(folder) ?? [],
    masterOf: (folder) => masters.get(folder)?.[0] ?? names.nameOnMaster(folder),
  }
}

/** Special uses that one folder of a store has; views (`\All` …) are left to their names. */
const OWN_USES: readonly SpecialUse[] = ['\\Archive', '\\Drafts', '\\Junk', '\\Sent', '\\Trash']

class Names {
  readonly #maps: readonly FolderMap[]
  readonly #nameOnSlave: FolderPairOptions['nameOnSlave']
  readonly #there: ReadonlySet<FolderName>
  /** Folders of the slave by what their names are the same in. */
  readonly #plain: ReadonlyMap<string, FolderName>
  readonly #folded: ReadonlyMap<string, FolderName> | null
  /** Folders of the slave that a folder of the master has for its very name. */
  readonly #claimed: ReadonlySet<FolderName>
  readonly #special: readonly FolderMap[]

  constructor(master: readonly Folder[], slave: readonly Folder[], options: FolderPairOptions) {
    this.#maps = [...options.maps].sort(byLength)
    this.#nameOnSlave = options.nameOnSlave
    const there = slave.map(({ folder }) => folder)
    this.#there = new Set(there)
    this.#plain = firstBy(there, plainName)
    this.#folded = options.foldsCase.master || options.foldsCase.slave ? firstBy(there, foldCase) : null
    this.#claimed = new Set(master.map(({ folder }) => this.#wanted(folder)).filter((name) => this.#there.has(name)))
    this.#special = options.matchSpecialUse ? this.#pairUses(master, slave) : []
  }

  pair(master: FolderName): FolderPair {
    const isMapped = this.#mapped(this.#maps, master) !== null
    const named = this.#resolve(this.#wanted(master))
    const special = isMapped ? null : this.#bySpecialUse(master, named)
    const slave = special ?? named
    const by = isMapped ? 'map' : special === null ? 'name' : 'special-use'
    return { master, slave, isThere: this.#there.has(slave), by }
  }

  nameOnMaster(slave: FolderName): FolderName {
    for (const map of [...this.#maps, ...this.#special]) {
      const name = mapFolder(slave, turnMap(map))
      if (name !== null && name !== '' && this.pair(folderName(name)).slave === slave) return folderName(name)
    }
    return slave
  }

  /** The name that the slave should have for it, but for how the slave writes it. */
  #wanted(master: FolderName): FolderName {
    return this.#nameOnSlave(this.#mapped(this.#maps, master) ?? master)
  }

  #mapped(maps: readonly FolderMap[], name: FolderName): FolderName | null {
    for (const map of maps) {
      const mapped = mapFolder(name, map)
      if (mapped !== null && mapped !== '') return folderName(mapped)
    }
    return null
  }

  /** The slave's folder of this name: letter for letter, in another Unicode form, or in another case where it knows none. */
  #resolve(name: FolderName): FolderName {
    if (this.#there.has(name)) return name
    const other = this.#plain.get(plainName(name))
    if (other !== undefined && !this.#claimed.has(other)) return other
    return this.#folded?.get(foldCase(name)) ?? (plainName(name).startsWith('INBOX') ? inboxName(name) : name)
  }

  /** A folder of special use pairs itself whatever the names; those below it, where the slave has none of their name. */
  #bySpecialUse(master: FolderName, named: FolderName): FolderName | null {
    const own = this.#special.find(({ from }) => from === master)
    if (own !== undefined) return this.#resolve(folderName(own.to))
    if (this.#there.has(named)) return null
    const mapped = this.#mapped(this.#special, master)
    return mapped === null ? null : this.#resolve(this.#nameOnSlave(mapped))
  }

  #pairUses(master: readonly Folder[], slave: readonly Folder[]): readonly FolderMap[] {
    const unmapped = master.filter(({ folder }) => this.#mapped(this.#maps, folder) === null)
    return OWN_USES.flatMap((use) => {
      const [from, to] = this.#chooseUsed(withUse(unmapped, use), withUse(slave, use))
      return from === undefined || to === undefined ? [] : [{ from, to }]
    })
  }

  /** Where a side has several of one use (names tell it too), those are taken that have no partner by name. */
  #chooseUsed(masters: readonly FolderName[], slaves: readonly FolderName[]) {
    if (masters.length === 1 && slaves.length === 1) return [masters[0], slaves[0]]
    const named = masters.map((folder) => this.#resolve(this.#wanted(folder)))
    if (named.some((name) => slaves.includes(name))) return []
    return [masters.find((_, at) => !this.#there.has(named[at] ?? folderName(''))), slaves[0]]
  }
}

const withUse = (folders: readonly Folder[], use: SpecialUse): readonly FolderName[] =>
  folders.filter(({ specialUse }) => specialUse === use).map(({ folder }) => folder)

const foldCase = (name: string): string => plainName(name).toLowerCase()

const inboxName = (name: FolderName): FolderName => folderName(name.replace(/^inbox(?=\/|$)/i, 'INBOX'))

function firstBy(names: readonly FolderName[], keyOf: (name: string) => string): ReadonlyMap<string, FolderName> {
  const first = new Map<string, FolderName>()
  for (const name of names) if (!first.has(keyOf(name))) first.set(keyOf(name), name)
  return first
}
