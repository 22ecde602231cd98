import type { StoreConfig } from '../schema.js'
import type { ImportedEntry } from './imported.js'
import { mbsyncAccount } from './mbsync-accounts.js'
import type { MbsyncSection } from './mbsync-syntax.js'
import { below, importedPath, isRelative, joined } from './paths.js'
import { lastOf, type SettingLedger } from './settings.js'

/** A store of mbsync, with what its channels must know of it. */
export interface MbsyncStore {
  readonly base: ImportedEntry<StoreConfig>
  /** Where INBOX lies, where that is apart from all other folders. */
  readonly inboxApart: string | null
  /** Why folders of it have other names than on the other side. */
  readonly renames: readonly string[]
  /** The part of it below a folder, as a store of its own; null: it cannot be said. */
  belowFolder(folder: string): StoreConfig | null
}

export function mbsyncStore(
  name: string,
  section: MbsyncSection,
  merged: MbsyncSection,
  ledger: SettingLedger,
): MbsyncStore {
  const get = (...keys: string[]) => lastOf(section, ...keys)
  const comments = [`${section.title} (line ${section.line})`]
  const renames: string[] = []
  const flatten = get('flatten')
  renames.push(...ledger.byHand(flatten, 'folders have other names here than on the other side'))
  const mapped = get('mapinbox')
  if (mapped !== undefined && !/^inbox$/i.test(mapped.value))
    renames.push(...ledger.byHand(mapped, 'INBOX has another name here'))
  else ledger.taken(mapped)
  const trash = get('trash')
  comments.push(
    ...ledger.byHand(trash, 'what mbaudit deletes goes into its quarantine, and mbaudit undo brings it back'),
  )
  for (const key of ['trashnewonly', 'trashremotenew']) ledger.notNeeded(get(key), 'goes with Trash')
  comments.push(...ledger.byHand(get('maxsize'), 'mbaudit copies mail of any size, and no placeholders'))
  const store = section.kind === 'imapstore' ? account(name, section, merged, ledger) : maildir(section, ledger)
  const all = [...comments, ...store.comments, ...ledger.leftOver(section)]
  return {
    base: { name, config: store.config, comments: [...all, ...renames], withheld: store.withheld },
    inboxApart: store.inboxApart,
    renames,
    belowFolder: store.belowFolder,
  }
}

type Kind = Pick<MbsyncStore, 'inboxApart' | 'belowFolder'> & Omit<ImportedEntry<StoreConfig>, 'name'>

function account(name: string, section: MbsyncSection, merged: MbsyncSection, ledger: SettingLedger): Kind {
  const { config, comments, withheld } = mbsyncAccount(name, merged, ledger)
  const path = lastOf(section, 'path')
  const namespace = lastOf(section, 'usenamespace')
  const delimiter = lastOf(section, 'pathdelimiter')
  ledger.taken(lastOf(section, 'account'), path, namespace)
  ledger.notNeeded(delimiter, 'mbaudit asks the server')
  const subscribed = lastOf(section, 'subscribedonly')
  const isSubscribed = /^(?:yes|true|on|1)$/i.test(subscribed?.value ?? '')
  const notes = isSubscribed
    ? ledger.byHand(subscribed, 'all folders are meant: name those that you want in `folders`')
    : []
  if (!isSubscribed) ledger.taken(subscribed)
  const isOff = namespace !== undefined && !/^(?:yes|true|on|1)$/i.test(namespace.value)
  const prefix = path?.value ?? (isOff ? '' : undefined)
  const separator = delimiter?.value ?? (/(?:^|\.)(?:gmail|googlemail)\.com$/i.test(config.host) ? '/' : prefix?.at(-1))
  const isKnown = separator === '/' || separator === '.'
  return {
    config: { ...config, ...(prefix !== undefined && { prefix }) },
    comments: [...comments, ...notes],
    withheld,
    inboxApart: null,
    belowFolder: (folder) =>
      isKnown ? { ...config, prefix: `${prefix ?? ''}${folder.replaceAll('/', separator)}${separator}` } : null,
  }
}

function maildir(section: MbsyncSection, ledger: SettingLedger): Kind {
  const comments: string[] = []
  const withheld: string[] = []
  const read = (key: string): string | null => {
    const setting = lastOf(section, key)
    if (setting === undefined) return null
    const path = importedPath(setting.value)
    ledger.taken(setting)
    if (path === null) withheld.push(...ledger.byHand(setting, 'write the path without variables'))
    else if (isRelative(path))
      comments.push(...ledger.byHand(setting, 'a relative path counts from the configuration file'))
    return path ?? setting.value
  }
  const path = lastOf(section, 'path')
  if (path !== undefined && !path.value.endsWith('/')) {
    withheld.push(`Path (line ${path.line}) does not end in /: mbsync puts it before each name as it is`)
  }
  const inbox = read('inbox') ?? '~/Maildir'
  const layout = lastOf(section, 'subfolders')
  const style = layout?.value.toLowerCase()
  ledger.taken(layout)
  if (style === 'legacy')
    comments.push(...ledger.byHand(layout, 'these are read; folders that mbaudit adds are plain directories'))
  ledger.notNeeded(lastOf(section, 'altmap'), 'mbaudit needs no UIDs in a Maildir')
  const info = lastOf(section, 'infodelimiter')
  if (info?.value === ':') ledger.taken(info)
  else withheld.push(...ledger.byHand(info, 'mbaudit reads flags behind a colon alone'))
  const top = style === 'maildir++' ? inbox : (read('path') ?? inbox)
  const inside = below(top, inbox)
  const apart = inside === null || !/^(?:inbox)?$/i.test(inside)
  return {
    config: { type: 'maildir', path: top },
    comments: apart ? [...comments, `INBOX lies apart, in ${inbox}`] : comments,
    withheld,
    inboxApart: apart ? inbox : null,
    belowFolder: (folder) => (style === 'maildir++' ? null : { type: 'maildir', path: joined(top, folder) }),
  }
}
