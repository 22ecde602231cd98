import { showOctets } from '../octet-name.js'
import type { Foreign } from '../store.js'
import type { FileState } from './file.js'
import type { MboxFile } from './mbox-file.js'

/** Milliseconds for which a file must have stood still to be believed unchanged. */
const STOOD = 2_000
/** Milliseconds within which two changes may get one time, where times are finer than a second. */
export const TICK = 20
/** Raised with every change in how files are split or what is told of them, so that they are read anew. */
const RULES = 2

/** @param known - what the last complete scan gave as its state */
export function isUnchanged(state: FileState, mbox: MboxFile, known: string | null): boolean {
  const [text] = known?.split('\n') ?? []
  return text === stateText(state, mbox) && Date.now() - state.changed >= STOOD
}

const stateText = (state: FileState, { variant }: MboxFile): string => [RULES, variant ?? '', state.key].join(' ')

/**
 * What the next scan compares with: nothing that could be equal, where a further change could have got the same time.
 *
 * @param began - when the file was read, in milliseconds since 1970
 * @param foreign - what is told again as long as the file is unchanged
 */
export function provenState(state: FileState, mbox: MboxFile, began: number, foreign: readonly Foreign[]): string {
  const isProven = began - state.changed >= (state.hasFineTimes ? TICK : STOOD)
  if (!isProven) return 'changed a moment ago'
  const lead = showOctets(mbox.path).length
  return [stateText(state, mbox), ...foreign.flatMap(({ path, why }) => [path.slice(lead), why])].join('\n')
}

/** What the scan that gave this state found in the file that is no mail. */
export function foreignOf(known: string | null, mbox: MboxFile): Foreign[] {
  const [, ...told] = known?.split('\n') ?? []
  const foreign: Foreign[] = []
  for (let at = 0; at < told.length; at += 2)
    foreign.push({ path: `${showOctets(mbox.path)}${told[at]}`, why: told[at + 1] ?? '' })
  return foreign
}
