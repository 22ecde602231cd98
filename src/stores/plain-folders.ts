import { octetsOf, showOctets } from './octet-name.js'
import type { TreeLayout } from './tree.js'

/** Levels as directories of the same name in Unicode. A text: why there can be none. */
export function plainPlace(layout: TreeLayout, levels: readonly string[]): readonly string[] | string {
  const names = levels.map(octetsOf)
  const odd = names.findIndex((name, n) => !isPlain(layout, name, levels[n]))
  return odd < 0 ? names : `a directory cannot be called ${levels[odd]} here`
}

function isPlain(layout: TreeLayout, name: string, level: string | undefined): boolean {
  if (name === '' || /[/\0]/.test(name)) return false
  const read = layout.levelsOf(name)
  return read?.length === 1 && read[0] === level
}

/** The level itself where a directory can be called by it, else one by which it can. */
export const clearPlainLevel = (layout: TreeLayout, level: string): string =>
  isPlain(layout, octetsOf(level), level) ? level : plainLevel(level)

/** A level that a directory can be called by, for one that it cannot. */
export function plainLevel(level: string): string {
  return showOctets(octetsOf(level).replace(/[/\0]/g, '_').replace(/^\./, '_'))
}
