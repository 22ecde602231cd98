import type { FolderName } from '../stores/store.js'

/** `--map FROM=TO`: a folder of the master with all below it. */
export interface FolderMap {
  /** Empty: every folder. Ending in `/`: only what lies below. */
  readonly from: string
  /** Empty: the top; then only what lies below `from` is meant. */
  readonly to: string
}

export const FOLDER_MAP_FORMS = 'FROM=TO, FROM/=TO (what lies below FROM alone), =TO (everything below TO) or FROM/='

/** Reads the FROM=TO of `--map`; null: it is none. The first `=` parts them; `\=` is one that belongs to a name. */
export function parseFolderMap(text: string): FolderMap | null {
  const [, from, to] = /^((?:\\.|[^=\\])*)=(.*)$/su.exec(text) ?? []
  if (from === undefined || to === undefined) return null
  const [source, target] = [unescapeSign(from), unescapeSign(to).replace(/(?<!\\)\/+$/, '')]
  if (source.replace(/\/+$/, '') === '' && target === '') return null
  return target === '' && !source.endsWith('/') ? null : { from: source === '/' ? '' : source, to: target }
}

/** The FROM=TO that `parseFolderMap` reads so. */
export const formatFolderMap = ({ from, to }: FolderMap): string => `${escapeSign(from)}=${escapeSign(to)}`

const escapeSign = (text: string): string => text.replaceAll('=', '\\=')
const unescapeSign = (text: string): string => text.replaceAll('\\=', '=')

/** What the map makes of a folder's name; null: it does not speak of it. */
export function mapFolder(name: FolderName, { from, to }: FolderMap): string | null {
  const rest = restBelow(name, from)
  if (rest === null) return null
  return to === '' || rest === '' ? to + rest : `${to}/${rest}`
}

/** The map the other way round; what lies nowhere below `to` stays. */
export const turnMap = ({ from, to }: FolderMap): FolderMap =>
  from.endsWith('/') ? { from: to === '' ? '' : `${to}/`, to: from.slice(0, -1) } : { from: to, to: from }

/** What stands below the prefix; empty: the name is the prefix itself; null: neither. */
function restBelow(name: FolderName, from: string): string | null {
  if (from === '') return name
  const prefix = plainName(from.replace(/\/$/, ''))
  const plain = plainName(name)
  if (plain === prefix) return from.endsWith('/') ? null : ''
  return plain.startsWith(`${prefix}/`) ? plain.slice(prefix.length + 1) : null
}

/** A name as names are compared: composed letters, INBOX in capitals (RFC 9051 §5.1). */
export const plainName = (name: string): string => name.normalize('NFC').replace(/^inbox(?=\/|$)/i, 'INBOX')

/** The map that speaks of the longest part of names comes first. */
export const byLength = (a: FolderMap, b: FolderMap): number => b.from.length - a.from.length
