import type { ChannelConfig, StoreConfig } from '../schema.js'
import { choicesOf, type FolderChoice, literalGlob } from './folder-patterns.js'
import type { ImportedMode } from './mbsync-modes.js'
import type { MbsyncStore } from './mbsync-stores.js'

/** One side of a channel: `:store:box`. */
export interface MbsyncSide {
  readonly store: MbsyncStore
  /** Empty: none is named. */
  readonly box: string
}

/** Two stores whose folders of one name belong together, and which of them are meant. */
export interface FolderPairing extends FolderChoice {
  /** One folder that is called otherwise on each side. */
  readonly map?: { readonly far: string; readonly near: string }
  readonly far: StoreUse
  readonly near: StoreUse
}

/** A store as a whole, or a part of it that is a store of its own. */
export interface StoreUse {
  readonly store: MbsyncStore
  /** What is added to the name of a part; empty: the whole. */
  readonly suffix: string
  readonly config: StoreConfig
}

export type Pairings = { readonly pairings: readonly FolderPairing[]; readonly withheld: readonly string[] }

const whole = (store: MbsyncStore): StoreUse => ({ store, suffix: '', config: store.base.config })

/** What a channel pairs: one folder a side, or all that patterns match. */
export function pairingsOf(far: MbsyncSide, near: MbsyncSide, patterns: readonly string[] | null): Pairings {
  return patterns === null ? onePair(far, near) : manyPairs(far, near, patterns)
}

function manyPairs(far: MbsyncSide, near: MbsyncSide, patterns: readonly string[]): Pairings {
  const renames = [...far.store.renames, ...near.store.renames]
  const same = far.box === near.box
  const sides = same ? { far: whole(far.store), near: whole(near.store) } : { far: partOf(far), near: partOf(near) }
  const start = same && far.box !== '' ? `${far.box}/` : ''
  const choices = choicesOf(patterns.map((each) => (each.startsWith('!') ? `!${start}${each.slice(1)}` : start + each)))
  const first = {
    far: sides.far ?? whole(far.store),
    near: sides.near ?? whole(near.store),
    folders: [],
    notFolders: [],
  }
  if (choices === null || choices.length === 0) {
    const why =
      choices === null ? 'its Patterns cannot be said by folders and notFolders' : 'its Patterns mean no folder'
    return { pairings: [first], withheld: [why] }
  }
  const unsaid = [sides.far === null ? far : null, sides.near === null ? near : null].flatMap((side) => side ?? [])
  const withheld = [
    ...renames,
    ...unsaid.map(({ box }) => `folders below ${box} are meant: write a store whose prefix or path ends there`),
  ]
  const pairings = choices.map((choice) => ({ ...first, ...choice }))
  return { pairings: start === '' ? pairings.flatMap(apartInbox) : pairings, withheld }
}

function partOf({ store, box }: MbsyncSide): StoreUse | null {
  if (box === '') return whole(store)
  const config = store.belowFolder(box)
  return config === null ? null : { store, suffix: box.replace(/\/+$/, ''), config }
}

/** INBOX in a place of its own gets a pairing of its own. */
function apartInbox(pairing: FolderPairing): FolderPairing[] {
  const sides = [pairing.far, pairing.near]
  const mayHold = pairing.folders.some((glob) => /^(?:\*|inbox(?=[/*]|$))/i.test(glob))
  const isApart = sides.some(({ store, suffix }) => store.inboxApart !== null && suffix === '')
  if (!isApart || !mayHold || pairing.notFolders.some((glob) => /^(?:\*+|inbox\**)$/i.test(glob))) return [pairing]
  const rest = pairing.folders.filter((glob) => !/^inbox$/i.test(glob))
  const inbox = { far: inboxOf(pairing.far), near: inboxOf(pairing.near), folders: ['INBOX'], notFolders: [] }
  const others = { ...pairing, folders: rest, notFolders: [...pairing.notFolders, 'INBOX'] }
  return rest.length === 0 ? [inbox] : [others, inbox]
}

function inboxOf(use: StoreUse): StoreUse {
  const { inboxApart } = use.store
  if (inboxApart === null || use.suffix !== '') return use
  return { store: use.store, suffix: 'inbox', config: { type: 'maildir', path: inboxApart } }
}

const isInbox = (box: string): boolean => /^(?:inbox)?$/i.test(box)

function onePair(far: MbsyncSide, near: MbsyncSide): Pairings {
  const [a, b] = [isInbox(far.box) ? 'INBOX' : far.box, isInbox(near.box) ? 'INBOX' : near.box]
  const pair = (farUse: StoreUse, nearUse: StoreUse, folder: string): Pairings => ({
    pairings: [{ far: farUse, near: nearUse, folders: [literalGlob(folder)], notFolders: [] }],
    withheld: [],
  })
  if (a === b) {
    const use = (store: MbsyncStore) => (a === 'INBOX' ? inboxOf(whole(store)) : whole(store))
    return pair(use(far.store), use(near.store), a)
  }
  const nearPart = partFor(near.store, b, a)
  if (nearPart !== null) return pair(whole(far.store), nearPart, a)
  const farPart = partFor(far.store, a, b)
  if (farPart !== null) return pair(farPart, whole(near.store), b)
  const mapped = {
    far: whole(far.store),
    near: whole(near.store),
    folders: [],
    notFolders: [],
    map: { far: a, near: b },
  }
  return { pairings: [mapped], withheld: [] }
}

/** A part of a store in which the folder `box` is called `name`; null: there is none. */
function partFor(store: MbsyncStore, box: string, name: string): StoreUse | null {
  const { config } = store.base
  if (name === 'INBOX' && config.type === 'maildir' && box !== 'INBOX') {
    const inner = store.belowFolder(box)
    return inner === null ? null : { store, suffix: box, config: inner }
  }
  if (!box.endsWith(`/${name}`)) return null
  const above = box.slice(0, -name.length - 1)
  const inner = store.belowFolder(above)
  return inner === null ? null : { store, suffix: above, config: inner }
}

/** A channel between two stores, by their names. */
export function channelOf(
  { mode, master, deletesNothing }: Pick<ImportedMode, 'mode' | 'master' | 'deletesNothing'>,
  far: string,
  near: string,
  { folders, notFolders, map }: FolderChoice & Pick<FolderPairing, 'map'>,
): ChannelConfig {
  const isWhole = folders.length === 1 && folders[0] === '**'
  const [from, to] = master === 'near' ? [map?.near, map?.far] : [map?.far, map?.near]
  const chosen = from !== undefined ? [literalGlob(from)] : isWhole ? [] : folders
  const choice = {
    ...(deletesNothing && { maxDelete: 0 }),
    ...(chosen.length > 0 && { folders: [...chosen] }),
    ...(notFolders.length > 0 && { notFolders: [...notFolders] }),
    ...(from !== undefined && to !== undefined && { map: { [from]: to } }),
  }
  if (mode === 'two-way') return { between: [far, near], mode, ...choice }
  return master === 'near'
    ? { master: near, slave: far, mode, ...choice }
    : { master: far, slave: near, mode, ...choice }
}
