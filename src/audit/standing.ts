import type { IndexedCopy } from '../index/copy-index.js'
import type { SpecialUse } from '../stores/store.js'

/** Folders that show messages of other folders: copies there are neither kept nor taken away. */
const VIEWS: readonly SpecialUse[] = ['\\All', '\\Flagged', '\\Important']
const WASTE: readonly SpecialUse[] = ['\\Trash', '\\Junk']
const OWN: readonly SpecialUse[] = ['\\Sent', '\\Drafts']

const liesIn = ({ specialUse }: IndexedCopy, uses: readonly SpecialUse[]): boolean =>
  specialUse !== null && uses.includes(specialUse)

/** Why a copy may not be the one that stays where another may; the gravest first. They come before every rule of the user. */
export const DRAWBACKS: readonly { readonly name: string; readonly applies: (copy: IndexedCopy) => boolean }[] = [
  { name: 'not-in-view', applies: (copy) => liesIn(copy, VIEWS) },
  { name: 'not-deleted', applies: ({ flags }) => flags.includes('\\Deleted') },
  { name: 'not-in-trash', applies: (copy) => liesIn(copy, WASTE) },
  { name: 'not-in-sent', applies: (copy) => liesIn(copy, OWN) },
]

/** Why a copy that is surely there twice is left where it is all the same; null: nothing speaks against taking it away. */
export function whyLeftAlone(copy: IndexedCopy): string | null {
  if (liesIn(copy, VIEWS)) return 'view'
  if (copy.specialUse === '\\Sent') return 'sent'
  if (copy.specialUse === '\\Drafts') return 'drafts'
  return copy.boundsInDoubt ? 'bounds-in-doubt' : null
}
