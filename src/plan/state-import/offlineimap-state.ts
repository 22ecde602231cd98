import { createHash } from 'node:crypto'
import { flagsOfLetters, isDamaged, isRead, type ReadState, type RivalFolder, repeatedUid } from './rival-state.js'

/** A row of the table `status` in LocalStatus-sqlite. */
export interface StatusRow {
  readonly id: number
  readonly flags: string | null
}

/** `OFFLINEIMAP LocalStatus CACHE DATA - DO NOT MODIFY - FORMAT 2`. */
const MAGIC = /^OFFLINEIMAP LocalStatus CACHE DATA - DO NOT MODIFY - FORMAT (\d+)$/

/**
 * Reads OfflineIMAP's flat LocalStatus of a folder, formats 1 (`uid:flags`) and 2 (`uid|flags|mtime|labels`). One UID stands for
 * both sides: that of the server, which the names of the Maildir's files have too (`,U=`).
 *
 * @param validity - what stands in its FolderValidity file; null: there is none
 */
export function readLocalStatus(text: string, validity: string | null): ReadState<RivalFolder> {
  const [first = '', ...lines] = text.split('\n')
  const [, format] = MAGIC.exec(first.trim()) ?? []
  if (format !== '1' && format !== '2') return isDamaged(1, 'this is no LocalStatus of format 1 or 2')
  if (lines.at(-1) !== '') return isDamaged(lines.length + 1, 'the last line is cut off')
  const pattern = format === '1' ? /^(\d+):([A-Za-z]*)$/ : /^(\d+)\|([A-Za-z]*)\|\d+\|.*$/
  const rows: StatusRow[] = []
  for (const [at, line] of lines.slice(0, -1).entries()) {
    const [, uid, flags = ''] = pattern.exec(line.trim()) ?? []
    if (uid === undefined) return isDamaged(at + 2, `this is no entry of format ${format}`)
    rows.push({ id: Number(uid), flags })
  }
  return readStatusRows(rows, validity)
}

/** Reads the rows of OfflineIMAP's SQLite LocalStatus. */
export function readStatusRows(rows: readonly StatusRow[], validity: string | null): ReadState<RivalFolder> {
  if (validity !== null && !/^\d{1,10}$/.test(validity)) return isDamaged(0, 'its UIDVALIDITY is no number')
  const pairs = rows
    .filter(({ id }) => id > 0)
    .map(({ id, flags }) => ({ far: id, near: id, flags: flagsOfLetters(flags ?? '') }))
  const twice = repeatedUid(pairs)
  if (twice !== null) return isDamaged(0, `UID ${twice} stands twice`)
  return isRead({ farValidity: validity, nearValidity: null, pairs })
}

/**
 * Reads the UID map that OfflineIMAP keeps between two servers, `local:remote` a line, and puts its UIDs in place of those of a
 * LocalStatus, whose UIDs are the remote ones.
 */
export function withUidMap(folder: RivalFolder, map: string, nearValidity: string | null): ReadState<RivalFolder> {
  const local = new Map<number, number>()
  const lines = map.split('\n')
  if (lines.at(-1) !== '') return isDamaged(lines.length, 'the last line is cut off')
  for (const [at, line] of lines.slice(0, -1).entries()) {
    const [, near, far] = /^(\d+):(\d+)$/.exec(line.trim()) ?? []
    if (near === undefined) return isDamaged(at + 1, 'this is no local:remote')
    local.set(Number(far), Number(near))
  }
  const pairs = folder.pairs.flatMap((pair) => {
    const near = local.get(pair.far)
    return near === undefined ? [] : [{ ...pair, near }]
  })
  const twice = repeatedUid(pairs)
  return twice === null ? isRead({ ...folder, nearValidity, pairs }) : isDamaged(0, `UID ${twice} is mapped twice`)
}

/** What OfflineIMAP writes into the names of a folder's files, to know those that were copied there from another folder. */
export const folderMark = (folder: string): string => createHash('md5').update(folder, 'utf8').digest('hex')

/**
 * The UID in a file's name (`,U=812`); null: it has none, or one of another folder.
 *
 * @param marks - what its `,FMD5=` may be; null: anything
 */
export function uidInName(name: string, marks: ReadonlySet<string> | null): number | null {
  const [, digits] = /,U=(\d{1,10})(?=[,:]|$)/.exec(name) ?? []
  const [, given] = /,FMD5=([0-9a-f]{32})(?=[,:]|$)/i.exec(name) ?? []
  if (digits === undefined || (given !== undefined && marks?.has(given.toLowerCase()) === false)) return null
  const uid = Number(digits)
  return uid === 0 ? null : uid
}
