/** What goes one way: new mail, deletions, flags. */
interface Direction {
  readonly fresh: boolean
  readonly gone: boolean
  readonly flags: boolean
}

/** What mbsync's `Sync` asks for; pull is from far to near. */
export interface SyncCells {
  readonly pull: Direction
  readonly push: Direction
}

/** A channel of ours that does what another program's did, as far as there is one. */
export interface ImportedMode {
  readonly mode: 'two-way' | 'archive' | 'mirror'
  /** The side that is right; null: neither. */
  readonly master: 'far' | 'near' | null
  /** Whether a plan that deletes anything is to stop. */
  readonly deletesNothing: boolean
  readonly comments: readonly string[]
  readonly withheld: readonly string[]
}

const ALL: Direction = { fresh: true, gone: true, flags: true }
const NOTHING: Direction = { fresh: false, gone: false, flags: false }

const TYPES: Readonly<Record<string, Partial<Direction>>> = {
  new: { fresh: true },
  renew: {},
  upgrade: {},
  delete: { gone: true },
  gone: { gone: true },
  flags: { flags: true },
  old: { gone: true, flags: true },
}

export const SYNC_FORMS =
  'None, Full (All), or of Pull, Push, New, ReNew (Upgrade), Delete (Gone), Flags, Old, or pairs like PullNew'

/** Reads the words behind `Sync` (mbsync(1)); null: they are none, or say a thing twice. */
export function readSync(words: readonly string[]): SyncCells | null {
  const lower = words.map((word) => word.toLowerCase())
  if (lower.length === 0) return null
  if (lower.some((word) => word === 'all' || word === 'full')) return { pull: ALL, push: ALL }
  if (lower.includes('none')) return lower.length === 1 ? { pull: NOTHING, push: NOTHING } : null
  const pairs = lower.flatMap((word) => {
    const [, way, type = ''] = /^(pull|push)(.+)$/.exec(word) ?? []
    return way === undefined ? [] : [{ way, type }]
  })
  const ways: readonly string[] = lower.filter((word) => word === 'pull' || word === 'push')
  const types = lower.filter((word) => TYPES[word] !== undefined)
  if (pairs.length + ways.length + types.length !== lower.length) return null
  if (pairs.some(({ type }) => TYPES[type] === undefined)) return null
  if (pairs.some(({ way, type }) => ways.includes(way) || types.includes(type))) return null
  const of = (way: string): Direction => {
    if (pairs.length === 0) {
      if (ways.length > 0 && !ways.includes(way)) return NOTHING
      return types.length === 0 ? ALL : sum(types)
    }
    if (ways.includes(way)) return ALL
    return sum([...types, ...pairs.filter((pair) => pair.way === way).map(({ type }) => type)])
  }
  return { pull: of('pull'), push: of('push') }
}

const sum = (types: readonly string[]): Direction => Object.assign({}, NOTHING, ...types.map((type) => TYPES[type]))

const doesAnything = ({ fresh, gone, flags }: Direction): boolean => fresh || gone || flags

/** @param expunged - the sides whose mail marked as deleted is taken away for good */
export function modeOf(
  { pull, push }: SyncCells,
  expunged: { readonly far: boolean; readonly near: boolean },
): ImportedMode {
  if (doesAnything(pull) && doesAnything(push)) return bothWays(pull, push, expunged.far && expunged.near)
  if (doesAnything(pull)) return oneWay('far', pull, expunged.near)
  if (doesAnything(push)) return oneWay('near', push, expunged.far)
  return {
    mode: 'archive',
    master: 'far',
    deletesNothing: false,
    comments: [],
    withheld: ['it syncs nothing: nothing is copied either way'],
  }
}

function oneWay(master: 'far' | 'near', { fresh, gone, flags }: Direction, expunges: boolean): ImportedMode {
  const comments = flags ? [] : ['flags are brought over too']
  if (gone && !expunges) comments.push('archive: deletions were marked there and never carried out; nothing is deleted')
  if (gone && expunges) comments.push('mirror: mail that the copy alone has is deleted too; the plan shows it first')
  return {
    mode: gone && expunges ? 'mirror' : 'archive',
    master,
    deletesNothing: false,
    comments,
    withheld: fresh ? [] : ['new mail was not copied: mbaudit copies it in every mode'],
  }
}

function bothWays(pull: Direction, push: Direction, expunges: boolean): ImportedMode {
  const comments: string[] = []
  const withheld: string[] = []
  if (!pull.fresh || !push.fresh) withheld.push('new mail went one way alone: two-way copies it both ways')
  if (pull.gone !== push.gone) withheld.push('deletions went one way alone: two-way follows them both ways')
  if (!pull.flags || !push.flags) comments.push('flags go both ways')
  const deletesNothing = !(pull.gone && push.gone && expunges)
  if (deletesNothing) {
    comments.push(
      'maxDelete: 0, since nothing was deleted for good on both sides: a plan that deletes stops; take it away to follow deletions',
    )
  }
  return { mode: 'two-way', master: null, deletesNothing, comments, withheld }
}
