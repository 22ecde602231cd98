/** What several walks have under one key: the number of the walk, and what it gave. */
export interface Met<Item> {
  readonly walk: number
  readonly item: Item
}

/**
 * Walks several sorted walks side by side, holding one item of each.
 *
 * @param keyOf - by what each walk is sorted, in the order of UTF-8 octets
 * @returns for each key, smallest first, what the walks have under it; the walks in their order
 */
export function* walkSideBySide<Item>(
  walks: readonly Iterable<Item>[],
  keyOf: (item: Item) => string,
): Iterable<{ readonly key: string; readonly met: readonly Met<Item>[] }> {
  const heads = walks.map((walk) => walk[Symbol.iterator]()).map((iterator) => ({ iterator, result: iterator.next() }))
  for (;;) {
    let key: string | null = null
    for (const { result } of heads) {
      if (result.done) continue
      const own = keyOf(result.value)
      if (key === null || compareOctets(own, key) < 0) key = own
    }
    if (key === null) return
    const met: Met<Item>[] = []
    for (const [walk, head] of heads.entries()) {
      while (!head.result.done && keyOf(head.result.value) === key) {
        met.push({ walk, item: head.result.value })
        head.result = head.iterator.next()
      }
    }
    yield { key, met }
  }
}

/** Orders text as its UTF-8 octets are ordered, as the index does: UTF-16 puts surrogates before U+E000. */
export function compareOctets(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)]
    if (left !== right) return octetRank(left) - octetRank(right)
  }
  return a.length - b.length
}

const octetRank = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit)
