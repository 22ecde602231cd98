import type { Setting } from './imported.js'
import { type FolderPairing, pairingsOf } from './mbsync-channels.js'
import { type ImportedMode, modeOf, readSync } from './mbsync-modes.js'
import { readSide } from './mbsync-references.js'
import type { MbsyncStore } from './mbsync-stores.js'
import type { MbsyncSection, MbsyncSetting } from './mbsync-syntax.js'
import { allOf, lastOf, type Section, type SettingLedger } from './settings.js'

/** A channel of ours out of one of mbsync's: patterns that take back what they left out become several. */
export interface MbsyncChannel {
  readonly pairing: FolderPairing
  readonly mode: ImportedMode
  readonly comments: readonly string[]
  readonly withheld: readonly string[]
}

type Settings = { readonly settings: readonly MbsyncSetting[] } & Section

export function mbsyncChannel(
  section: MbsyncSection,
  globals: Settings,
  stores: ReadonlyMap<string, MbsyncStore>,
  ledger: SettingLedger,
): MbsyncChannel[] {
  const [farSetting, nearSetting] = [lastOf(section, 'far', 'master'), lastOf(section, 'near', 'slave')]
  const [far, near] = [sideOf(farSetting, stores), sideOf(nearSetting, stores)]
  if (far === null || near === null) return []
  const patterns = section.settings.filter(({ key }) => /^patterns?$/i.test(key))
  ledger.taken(farSetting, nearSetting, ...patterns)
  const mode = channelMode(section, globals, ledger)
  const comments = [
    `${section.title} (line ${section.line})`,
    ...mode.comments,
    ...otherSettings(section, globals, mode, ledger),
  ]
  const { pairings, withheld } = pairingsOf(
    far,
    near,
    patterns.length === 0 ? null : patterns.flatMap(({ words }) => words),
  )
  const last = ledger.leftOver(section)
  return pairings.map((pairing, n) => ({
    pairing,
    mode,
    comments:
      n === 0 ? [...comments, ...last] : [`${section.title}: folders that its Patterns include again, or its INBOX`],
    withheld: [...mode.withheld, ...withheld],
  }))
}

function sideOf(setting: Setting | undefined, stores: ReadonlyMap<string, MbsyncStore>) {
  const side = readSide(setting?.value ?? '')
  const store = stores.get(side?.store ?? '')
  return side === null || store === undefined ? null : { store, box: side.box }
}

/** A channel's own setting goes before that for all. */
function settingOf(key: string, section: Settings, globals: Settings): MbsyncSetting | undefined {
  const own = (each: Settings) => each.settings.findLast((setting) => setting.key.toLowerCase() === key)
  return own(section) ?? own(globals)
}

const names = (setting: Setting | undefined, ...words: readonly string[]): boolean =>
  words.some((word) => ` ${setting?.value.toLowerCase() ?? 'none'} `.includes(` ${word} `))

function channelMode(section: Settings, globals: Settings, ledger: SettingLedger): ImportedMode {
  const sync = settingOf('sync', section, globals)
  const expunge = settingOf('expunge', section, globals)
  ledger.taken(sync, expunge)
  const cells = readSync(sync === undefined ? ['full'] : sync.words)
  const all = { fresh: true, gone: true, flags: true }
  return modeOf(cells ?? { pull: all, push: all }, {
    far: names(expunge, 'far', 'master', 'both'),
    near: names(expunge, 'near', 'slave', 'both'),
  })
}

function otherSettings(section: Settings, globals: Settings, mode: ImportedMode, ledger: SettingLedger): string[] {
  const get = (key: string) => settingOf(key, section, globals)
  const create = get('create')
  const wanted =
    mode.master === null ? ['both'] : mode.master === 'far' ? ['near', 'slave', 'both'] : ['far', 'master', 'both']
  const comments: string[] = []
  if (create !== undefined && names(create, ...wanted)) ledger.taken(create)
  else if (create !== undefined)
    comments.push(
      ...ledger.byHand(create, 'mbaudit makes the folders that are missing; leave out those that you do not want'),
    )
  else comments.push('mbsync makes no folders here (Create None), mbaudit does')
  const remove = get('remove')
  if (names(remove, 'none')) ledger.notNeeded(remove, 'mbaudit leaves folders where they are')
  else comments.push(...ledger.byHand(remove, 'mbaudit leaves folders where they are'))
  ledger.notNeeded(get('copyarrivaldate'), 'mbaudit always keeps the date of arrival')
  ledger.notNeeded(get('expungesolo'), 'goes with Expunge')
  const most = get('maxmessages')
  if (most?.value === '0') ledger.notNeeded(most, 'mbaudit keeps every message')
  else comments.push(...ledger.byHand(most, 'mbaudit copies every message, and lets none expire'))
  for (const key of ['expireunread', 'expireside']) ledger.notNeeded(get(key), 'goes with MaxMessages')
  comments.push(
    ...allOf(section, 'maxsize').flatMap((setting) =>
      ledger.byHand(setting, 'mbaudit copies mail of any size, and no placeholders'),
    ),
  )
  ledger.notNeeded(get('syncstate'), 'mbaudit keeps its own state')
  return comments
}
