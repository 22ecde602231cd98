import { linesIfAny } from '../file-lines.js'
import { decodeModifiedUtf7 } from '../modified-utf7.js'
import { fileLocator, type ObservationNotes, shown } from '../observation-notes.js'
import { textOfOctets } from '../octet-name.js'
import type { FoundFolder } from '../tree.js'

/** Dovecot's and Courier's lists of subscribed folders. */
const LISTS = ['subscriptions', 'courierimapsubscribed'] as const
/** Namespaces whose folders lie elsewhere. */
const ELSEWHERE = /^(?:shared|public|other users|user|#)/i

/** Notes subscribed folders that are not in the store. */
export function examineSubscriptions(root: string, folders: readonly FoundFolder[], notes: ObservationNotes): void {
  const there = new Set(folders.map(({ path }) => plainName(path === root ? 'INBOX' : path.slice(root.length + 1))))
  for (const list of LISTS) {
    for (const name of subscribedIn(`${root}/${list}`)) {
      const plain = plainName(name)
      const isThere = plain === 'inbox' || there.has(plain) || there.has(plain.replace(/^inbox\n/, ''))
      if (!isThere && !ELSEWHERE.test(plain))
        notes.note(
          'subscription-without-folder',
          fileLocator(list),
          `"${shown(name)}" is subscribed, and there is no such folder`,
        )
    }
  }
}

/** Version 2 of Dovecot's list begins with `V`, a tab and 2, and divides levels by tabs. */
function subscribedIn(path: string): readonly string[] {
  const lines = linesIfAny(path) ?? []
  return lines
    .filter(({ text, number }) => text !== '' && !(number === 1 && /^V\t\d+$/.test(text)))
    .map(({ text }) => text)
}

/** A name with its levels parted by line feeds, however they were: which character parts them is a server's setting. */
function plainName(octets: string): string {
  const levels = octets.split(/[./\t]/).filter((level) => level !== '')
  const decoded = levels.map((level) => (level.includes('&') ? decodeModifiedUtf7(level) : null) ?? textOfOctets(level))
  return decoded
    .flatMap((level) => level.split(/[./]/))
    .join('\n')
    .normalize('NFC')
    .replace(/^inbox(?=\n|$)/i, 'inbox')
}
