import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** Whether a file is called as MH calls a message: by its number, without leading zeros. */
export const isNumber = (name: string): boolean => /^[1-9]\d{0,14}$/.test(name)

/** Not those whose name begins with a dot: macOS keeps its own notes on `x.eml` in `._x.eml`. */
export const isEmlName = (name: string): boolean => /^[^.].*\.emlx?$/is.test(name)

/** The directory above `cur`, `new` or `tmp`: what people mean who name one of these; null where it is none. */
export function insideMaildir(path: string): string | null {
  return /^(?:cur|new|tmp)$/.test(basename(path)) && existsSync(join(path, '..', 'cur')) ? dirname(path) : null
}
