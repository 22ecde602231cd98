import { hash } from 'node:crypto'
import { byLength, type FolderMap, mapFolder, plainName } from '../audit/folder-map.js'
import { compareFolderNames, escapeLevel, splitLevels } from '../stores/folder-name.js'
import { type FolderName, folderName } from '../stores/store.js'

/** What names are made by. */
export interface NameRules {
  readonly maps: readonly FolderMap[]
  /** Levels become one, with `-` between them. */
  readonly flatten: boolean
  /** The name under which the target has a folder, where it cannot have it as it is (`WritableStore.nameFor`). */
  readonly nameFor: (folder: FolderName) => FolderName
  /** Whether the target cannot tell apart names that differ in case alone. */
  readonly foldsCase: boolean
}

/** A folder that is called otherwise in the target. */
export interface OtherName {
  readonly from: FolderName
  readonly to: FolderName
  /** The folder of the source that has the name that this one would have had; null: the target cannot have it. */
  readonly since: FolderName | null
}

export interface TargetNames {
  /** The name in the target, by the name that `--map` makes of the source's. */
  readonly names: ReadonlyMap<FolderName, FolderName>
  readonly others: readonly OtherName[]
}

/**
 * Names folders for a target, each otherwise than all others: two that would fall together there are told apart. Folders that a
 * map brings together stay so. Equal folders get equal names, whatever others there are.
 *
 * @param folders - of the source
 * @param there - of the target: a name that it has stays that of the folder that is called so
 */
export function nameInTarget(
  folders: readonly FolderName[],
  there: readonly FolderName[],
  rules: NameRules,
): TargetNames {
  const known = new Set<string>(there)
  const wanted = [...new Set(folders.map((folder) => mapped(folder, rules.maps)))]
    .map((from) => ({ from, to: rules.nameFor(rules.flatten ? flat(from) : from) }))
    .sort((a, b) => rank(a) - rank(b) || compareFolderNames(a.from, b.from))
  function rank({ from, to }: { readonly from: FolderName; readonly to: FolderName }): number {
    if (known.has(to) && from === to) return 0
    return from === to ? 1 : 2
  }
  const taken = new Map<string, FolderName>()
  const names = new Map<FolderName, FolderName>()
  const others: OtherName[] = []
  const keyOf = (name: FolderName) => (rules.foldsCase ? plainName(name).toLowerCase() : plainName(name))
  for (const { from, to } of wanted) {
    const before = taken.get(keyOf(to))
    const name = before === undefined ? to : rules.nameFor(apart(to, from))
    taken.set(keyOf(name), from)
    names.set(from, name)
    if (before !== undefined || (name !== from && !rules.flatten))
      others.push({ from, to: name, since: before ?? null })
  }
  return { names, others }
}

/** The name with a sign that its own name alone makes: `Work` -> `Work (3f2a)`. */
function apart(name: FolderName, from: FolderName): FolderName {
  return folderName(`${name} (${hash('sha256', from).slice(0, 4)})`)
}

/** `Archive/2001` -> `Archive-2001` */
function flat(name: FolderName): FolderName {
  const levels = splitLevels(name).map((level) => level.replace(/\\(.)/gsu, '$1'))
  return folderName(levels.map(escapeLevel).join('-'))
}

function mapped(folder: FolderName, maps: readonly FolderMap[]): FolderName {
  for (const map of [...maps].sort(byLength)) {
    const name = mapFolder(folder, map)
    if (name !== null && name !== '') return folderName(name)
  }
  return folder
}
