import { isDamaged, isRead, type ReadState } from './rival-state.js'

/** Message-IDs that both sides of a mailsync channel had at the last sync, by the names of their folders. */
export type KnownIds = ReadonlyMap<string, readonly string[]>

/**
 * Reads one channel out of mailsync's msinfo: an mbox with a message a channel (`From: mailsync`, `Subject: CHANNEL`), whose body
 * is the name of a folder, then its IDs, a line each. What was made with `-t md5` names no IDs and is not taken over.
 */
export function readMsinfo(mbox: string, channel: string): ReadState<KnownIds> {
  const messages = mbox.replace(/\r\n/g, '\n').split(/^(?=From .*\d{4}\s*$)/m)
  const own = messages.findLast((message) => {
    const header = headerOf(message)
    return /^From:.*\bmailsync\b/im.test(header) && subjectOf(header) === channel
  })
  if (own === undefined) return isDamaged(0, `no message in it is of the channel "${channel}"`)
  const known = new Map<string, string[]>()
  let ids: string[] | null = null
  for (const line of own.slice(headerOf(own).length).replace(/\n+$/, '').split('\n')) {
    if (line === '') continue
    if (/^<.*>, md5: /.test(line)) return isDamaged(0, 'it was made with -t md5, which names no Message-IDs')
    if (!line.startsWith('<')) {
      ids = known.get(line) ?? []
      known.set(line, ids)
    } else if (ids === null) return isDamaged(0, 'an ID stands before the name of a folder')
    else if (!/^<[^<>]+>$/.test(line)) continue
    else ids.push(line)
  }
  return isRead(known)
}

const headerOf = (message: string): string => message.slice(0, message.indexOf('\n\n') + 1 || message.length)

const subjectOf = (header: string): string => /^Subject:[ \t]*(.*)$/im.exec(header)?.[1]?.trim() ?? ''
