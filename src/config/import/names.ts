/** Gives out names, each once: stores, channels and groups share them (docs/configuration.md). */
export class Names {
  readonly #taken = new Set<string>()

  /** @param kind - what stands behind a name that is taken already: `work` becomes `work-sync` */
  give(wanted: string, kind: string): string {
    const plain = usable(wanted)
    const names = [plain, `${plain}-${kind}`]
    for (let n = 2; names.every((name) => this.#taken.has(name)); n++) names.push(`${plain}-${kind}-${n}`)
    const name = names.find((each) => !this.#taken.has(each)) ?? plain
    this.#taken.add(name)
    return name
  }
}

/** A name that no one takes for a path, a URL or a flag. */
function usable(name: string): string {
  const plain = name.replace(/[\s/\\:{}"'\p{Cc}]+/gu, '-').replace(/^[-.~]+|-+$/g, '')
  return plain === '' ? 'store' : plain
}
