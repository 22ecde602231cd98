/** Where in what was said a line ends, or a literal begins, is half told, or ends. */
export function edgesOf(said: Buffer): readonly number[] {
  const edges = new Set<number>()
  for (let at = 0; at < said.length; ) {
    const end = said.indexOf('\r\n', at, 'latin1')
    if (end < 0) break
    // Between CR and LF for one line, after both for the next.
    edges.add(edges.size % 2 === 0 ? end + 2 : end + 1)
    const literal = /\{(\d+)\+?\}$/.exec(said.toString('latin1', at, end))
    at = end + 2
    if (literal === null) continue
    const length = Number(literal[1])
    for (const edge of [at, at + (length >> 1), at + length - 1, at + length]) edges.add(edge)
    at += length
  }
  return [...edges].filter((edge) => edge > 0 && edge < said.length).sort((a, b) => a - b)
}

/** A small seeded generator (mulberry32): from 0 up to 1. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
