import { type BrokenLine, oneOf } from './broken-file.js'
import type { MbsyncKind, MbsyncSection } from './mbsync-syntax.js'
import { allOf, lastOf } from './settings.js'

/** `:store:box`. */
const SIDE = /^:([^:]+):(.*)$/s

/** The store and the folder of a side; null: it is not written like one. */
export function readSide(text: string): { readonly store: string; readonly box: string } | null {
  const [, store, box = ''] = SIDE.exec(text) ?? []
  return store === undefined ? null : { store, box }
}

/** Names that nothing above is called: mbsync wants objects defined before they are named. */
export function referenceMistakes(sections: readonly MbsyncSection[]): BrokenLine[] {
  return sections.flatMap((section, at) => {
    const above = (...kinds: readonly MbsyncKind[]): string[] =>
      sections.slice(0, at).flatMap(({ kind, name }) => (kinds.includes(kind) ? [name] : []))
    const isSecond = above(section.kind).includes(section.name)
    return [
      ...(isSecond ? [{ line: section.line, message: `${section.title} is defined twice` }] : []),
      ...mistakesIn(section, above),
    ]
  })
}

function mistakesIn(section: MbsyncSection, above: (...kinds: readonly MbsyncKind[]) => string[]): BrokenLine[] {
  if (section.kind === 'imapstore') {
    const account = lastOf(section, 'account')
    return account === undefined ? [] : missing(account.line, 'IMAPAccount', account.value, above('imapaccount'))
  }
  if (section.kind === 'group') {
    const named = allOf(section, 'channel', 'channels').flatMap(({ line, value }) =>
      value.split(' ').map((name) => ({ line, name })),
    )
    return [...section.more.map((name) => ({ line: section.line, name })), ...named].flatMap(({ line, name }) =>
      missing(line, 'Channel', name.replace(/:.*/s, ''), above('channel')),
    )
  }
  if (section.kind !== 'channel') return []
  const stores = above('imapstore', 'maildirstore')
  return [
    { setting: lastOf(section, 'far', 'master'), key: 'Far' },
    { setting: lastOf(section, 'near', 'slave'), key: 'Near' },
  ].flatMap(({ setting, key }) => {
    if (setting === undefined)
      return [{ line: section.line, message: `${section.title} has no ${key}: write ${key} :STORE:FOLDER` }]
    const side = readSide(setting.value)
    if (side === null)
      return [
        { line: setting.line, message: `${setting.key} is written :STORE: or :STORE:FOLDER, not "${setting.value}"` },
      ]
    return missing(setting.line, 'store', side.store, stores)
  })
}

const missing = (line: number, what: string, name: string, known: readonly string[]): BrokenLine[] =>
  known.includes(name)
    ? []
    : [{ line, message: `no ${what} "${name}" is defined above this line; there are: ${oneOf(known) || 'none'}` }]
