import type { ClientLine, SmallImapOptions } from './small-imap.js'

/** A message of a server that is made up. */
export interface ServedMessage {
  readonly uid: number
  readonly raw: Buffer
  readonly flags?: readonly string[]
}

export interface ServedFolder {
  readonly messages: ServedMessage[]
  readonly uidValidity?: number
  /** What EXISTS, STATUS and SEARCH say, where that is not the truth. */
  readonly exists?: number
  readonly status?: number
  readonly search?: readonly number[]
  /** Answers a UID FETCH otherwise: true, it did. */
  readonly onFetch?: (line: ClientLine, uids: readonly number[], serve: (message: ServedMessage) => string) => boolean
}

/** A folder, INBOX, on the small server: what SELECT, STATUS, SEARCH and FETCH answer. */
export function serving(folder: ServedFolder): NonNullable<SmallImapOptions['on']> {
  const { messages, uidValidity = 7 } = folder
  const next = Math.max(0, ...messages.map(({ uid }) => uid)) + 1
  return (line) => {
    switch (line.command) {
      case 'STATUS':
        line.send(
          `* STATUS INBOX (MESSAGES ${folder.status ?? messages.length} UIDNEXT ${next} UIDVALIDITY ${uidValidity})\r\n`,
        )
        line.ok()
        return true
      case 'EXAMINE':
        line.send(`* ${folder.exists ?? messages.length} EXISTS\r\n* OK [UIDVALIDITY ${uidValidity}] x\r\n`)
        line.send(`* OK [UIDNEXT ${next}] x\r\n`)
        line.ok('[READ-ONLY] done')
        return true
      case 'UID SEARCH': {
        const set = / UID ([\d:,*]+)$/.exec(line.line)?.[1] ?? '1:*'
        const found = (folder.search ?? messages.map(({ uid }) => uid)).filter((uid) => isIn(set, uid))
        line.send(`* SEARCH ${found.join(' ')}\r\n`.replace(' \r', '\r'))
        line.ok()
        return true
      }
      case 'UID FETCH': {
        const set = / FETCH ([\d:,*]+) /.exec(line.line)?.[1] ?? ''
        const asked = messages.filter(({ uid }) => isIn(set, uid))
        const serve = (message: ServedMessage) => served(messages.indexOf(message) + 1, message, line.line)
        const uids = asked.map(({ uid }) => uid)
        if (folder.onFetch?.(line, uids, serve)) return true
        for (const message of asked) line.send(serve(message))
        line.ok()
        return true
      }
      default:
        return false
    }
  }
}

function isIn(set: string, uid: number): boolean {
  return set.split(',').some((range) => {
    const [from = '', to = from] = range.split(':')
    return uid >= Number(from) && (to === '*' || uid <= Number(to))
  })
}

/** One untagged FETCH with what was asked for. Sockets of the small server take Latin-1 as it is where it is ASCII. */
function served(number: number, { uid, raw, flags = [] }: ServedMessage, line: string): string {
  const text = raw.toString('latin1')
  const header = `${text.slice(0, text.indexOf('\r\n\r\n') + 2)}\r\n`
  const items = [`UID ${uid}`]
  if (line.includes('FLAGS')) items.push(`FLAGS (${flags.join(' ')})`)
  if (line.includes('RFC822.SIZE')) items.push(`RFC822.SIZE ${raw.length}`)
  if (line.includes('INTERNALDATE')) items.push('INTERNALDATE "29-Feb-2024 10:00:00 +0000"')
  const fields = /HEADER\.FIELDS \([^)]*\)/.exec(line)?.[0]
  if (fields !== undefined) items.push(`BODY[${fields}] {${header.length}}\r\n${header}`)
  else if (line.includes('BODY.PEEK[]'))
    items.push(`BODY[]${line.includes(']<') ? '<0>' : ''} {${text.length}}\r\n${text}`)
  return `* ${number} FETCH (${items.join(' ')})\r\n`
}
