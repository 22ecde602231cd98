import { basename, dirname, extname, join } from 'node:path'
import type { SaveTarget } from './save-targets.js'

/** What of an account's name may stand in a file's. */
const plainName = (account: string): string =>
  account.replace(/[^\p{L}\p{N}@_+.-]+/gu, '-').replace(/^[.-]+|[.-]+$/g, '') || 'account'

/**
 * The files that the certificate of each account is saved in: beside those of the overview, each with the account's name before
 * its ending. Two accounts of one name are told apart by their lines.
 */
export function certificateFiles<Line extends { readonly account: string; readonly line: number }>(
  lines: readonly Line[],
  files: readonly SaveTarget[],
): ReadonlyMap<Line, readonly SaveTarget[]> {
  const often = new Map<string, number>()
  const keyOf = ({ account }: Line): string => plainName(account).toLowerCase()
  for (const line of lines) often.set(keyOf(line), (often.get(keyOf(line)) ?? 0) + 1)
  const nameOf = (line: Line): string =>
    often.get(keyOf(line)) === 1 ? plainName(line.account) : `${plainName(line.account)}-${line.line}`
  return new Map(
    lines.map((line) => [line, files.map(({ path, format }) => ({ path: beside(path, nameOf(line)), format }))]),
  )
}

function beside(file: string, name: string): string {
  const ending = extname(file)
  return join(dirname(file), `${basename(file, ending)}.${name}${ending}`)
}
