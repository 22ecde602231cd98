/** Numbers from 0 to below 1, the same for the same seed (mulberry32): a failing round can be run again by its seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

type Random = () => number
/** Gives the octets back damaged; `others` are octets to splice in. */
type Mutation = (octets: Buffer, next: Random, others: readonly Buffer[]) => Buffer

const below = (next: Random, limit: number): number => Math.floor(next() * limit)
const insert = (octets: Buffer, at: number, piece: Buffer): Buffer =>
  Buffer.concat([octets.subarray(0, at), piece, octets.subarray(at)])

function range(octets: Buffer, next: Random): readonly [number, number] {
  const start = below(next, octets.length + 1)
  return [start, Math.min(octets.length, start + below(next, 1 + octets.length / 4))]
}

const swapLineEnds =
  (from: RegExp, to: string): Mutation =>
  (octets) =>
    Buffer.from(octets.toString('latin1').replace(from, to), 'latin1')

/** What mail meets on a bad disk, in a bad program or under a bad hand. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'an octet is another': (octets, next) => {
    const damaged = Buffer.from(octets)
    if (damaged.length > 0) damaged[below(next, damaged.length)] = below(next, 256)
    return damaged
  },
  'the end is cut off': (octets, next) => octets.subarray(0, below(next, octets.length + 1)),
  'the beginning is cut off': (octets, next) => octets.subarray(below(next, octets.length + 1)),
  'a piece is missing': (octets, next) => {
    const [start, end] = range(octets, next)
    return Buffer.concat([octets.subarray(0, start), octets.subarray(end)])
  },
  'a piece of other mail is in it': (octets, next, others) => {
    const other = others[below(next, others.length)] ?? Buffer.alloc(0)
    return insert(octets, below(next, octets.length + 1), other.subarray(...range(other, next)))
  },
  'lines stand twice': (octets, next) => {
    const lines = octets.toString('latin1').split('\n')
    const at = below(next, lines.length)
    lines.splice(at, 0, ...lines.slice(at, at + 1 + below(next, 4)))
    return Buffer.from(lines.join('\n'), 'latin1')
  },
  'NULs are in it': (octets, next) =>
    insert(octets, below(next, octets.length + 1), Buffer.alloc(1 + below(next, 5000))),
  'NULs in place of a piece': (octets, next) => Buffer.from(octets).fill(0, ...range(octets, next)),
  'LF is CRLF': swapLineEnds(/(?<!\r)\n/g, '\r\n'),
  'LF is CR': swapLineEnds(/\n/g, '\r'),
  'CR and LF change places': swapLineEnds(/\r\n|\n/g, '\n\r'),
  'a separator line is in it': (octets, next) =>
    insert(
      octets,
      below(next, octets.length + 1),
      Buffer.from('\n\nFrom a@b.example Mon Jan  1 00:00:00 2001\nA: b\n'),
    ),
  'a length is wrong': (octets, next) =>
    Buffer.from(octets.toString('latin1').replace(/\n\n/, `\nContent-Length: ${below(next, 9000)}\n\n`), 'latin1'),
  'nothing is left': () => Buffer.alloc(0),
  'a line has no end': (octets, next) => insert(octets, below(next, octets.length + 1), Buffer.alloc(200_000, 'x')),
}

/** Damages octets in one to four of these ways. */
export function mutate(octets: Buffer, next: Random, others: readonly Buffer[]): Buffer {
  const ways = Object.values(MUTATIONS)
  let damaged = octets
  for (let times = 1 + below(next, 4); times > 0; times--)
    damaged = ways[below(next, ways.length)]?.(damaged, next, others) ?? damaged
  return damaged
}
