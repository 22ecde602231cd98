import {
  flagsOfLetters,
  isDamaged,
  isRead,
  type ReadState,
  type RivalFolder,
  type RivalPair,
  repeatedUid,
} from './rival-state.js'

/** What may stand in the header; what is none of these is of a version that is not known. */
const HEADER =
  /^(?:FarUidValidity|NearUidValidity|MaxPulledUid|MaxPushedUid|MaxExpiredFarUid|MaxExpiredNearUid|MasterUidValidity|SlaveUidValidity|MaxExpiredMasterUid|MaxExpiredSlaveUid) (\d{1,10})$/

/**
 * Reads mbsync's state of two folders (`.mbsyncstate`, or `:FAR:BOX_:NEAR:BOX` in `~/.mbsync`): a header, an empty line, then
 * `far near FLAGS` a line. Pairs that are no two whole messages are left out: expired ones (`~`), placeholders (`<`, `>`),
 * those that were skipped (`^`) or have a side that is gone (0).
 */
export function readMbsyncState(text: string): ReadState<RivalFolder> {
  const lines = text.split('\n')
  if (lines.at(-1) !== '') return isDamaged(lines.length, 'the last line is cut off')
  lines.pop()
  const end = lines.indexOf('')
  if (end < 0) return isDamaged(lines.length + 1, 'the header does not end')
  const header = new Map<string, string>()
  for (const [at, line] of lines.slice(0, end).entries()) {
    if (!HEADER.test(line)) return isDamaged(at + 1, 'this is no header that mbsync 1.1 to 1.5 writes')
    const [name = '', value = ''] = line.split(' ')
    header.set(name.replace('Master', 'Far').replace('Slave', 'Near'), value)
  }
  const entries: RivalPair[] = []
  const pairs: RivalPair[] = []
  for (const [at, line] of lines.slice(end + 1).entries()) {
    const [, far, near, marks = ''] = /^(\d{1,10}) (\d{1,10})(?: ([<>^~X]*[A-Za-z]*))?$/.exec(line) ?? []
    if (far === undefined) return isDamaged(end + at + 2, 'this is no pair of UIDs')
    const pair = { far: Number(far), near: Number(near), flags: flagsOfLetters(marks) }
    if (pair.far > 0 && pair.near > 0) entries.push(pair)
    if (pair.far > 0 && pair.near > 0 && !/^[<>^~X]/.test(marks)) pairs.push(pair)
  }
  const twice = repeatedUid(entries)
  if (twice !== null) return isDamaged(0, `UID ${twice} is paired twice`)
  const validity = (side: string): string | null => {
    const value = header.get(`${side}UidValidity`) ?? '0'
    return value === '0' ? null : value
  }
  return isRead({ farValidity: validity('Far'), nearValidity: validity('Near'), pairs })
}

/** The folders that the name of a state in `~/.mbsync` is of; null: it is no such name. `!` stands for `/` there. */
export function foldersOfStateName(name: string): { readonly far: string; readonly near: string } | null {
  const [, far, near] = /^:[^:]+:(.+)_:[^:]+:(.+)$/.exec(name) ?? []
  if (far === undefined || near === undefined || /\.(?:lock|journal|new)$/.test(near)) return null
  return { far: far.replaceAll('!', '/'), near: near.replaceAll('!', '/') }
}
