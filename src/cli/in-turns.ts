/**
 * Does pieces of work, some at the same time, begun in their order; never two at once that need the same thing.
 *
 * @param needsOf - the things that a piece of work needs to itself
 */
export async function inTurns<Item>(
  items: readonly Item[],
  atOnce: number,
  needsOf: (item: Item) => readonly string[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items]
  const busy = new Set<string>()
  const running = new Set<Promise<void>>()
  const begin = (item: Item): void => {
    const needs = needsOf(item)
    for (const need of needs) busy.add(need)
    const done = work(item).finally(() => {
      for (const need of needs) busy.delete(need)
      running.delete(done)
    })
    running.add(done)
  }
  while (waiting.length > 0 || running.size > 0) {
    const at = running.size < atOnce ? waiting.findIndex((item) => needsOf(item).every((need) => !busy.has(need))) : -1
    const [next] = at === -1 ? [] : waiting.splice(at, 1)
    if (next === undefined) await Promise.race(running)
    else begin(next)
  }
}
