import { type Stats, statSync } from 'node:fs'
import { codeOf } from '../file-reader.js'
import { openablePath, showOctets } from '../octet-name.js'

/** What lies at a path, octets; null: nothing, or it cannot be looked at. */
export function statOf(path: string): Stats | null {
  try {
    return statSync(openablePath(path), { throwIfNoEntry: false }) ?? null
  } catch (error) {
    codeOf(error)
    return null
  }
}

/** The last name of a path, as people see it. */
export const shownName = (path: string): string => showOctets(path.slice(path.lastIndexOf('/') + 1))
