import { fieldNames, unfold, walkHeader } from '../../message/header-section.js'
import type { EpochSeconds } from '../../message/message.js'

const NAMES = fieldNames(['return-path', 'from', 'sender'])
/** Longer senders are no addresses; a From_ line stays far below what readers look at. */
const MAX_SENDER = 200
const NOBODY = 'MAILER-DAEMON'
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Seconds that `asctime` can tell in a year of four digits: from 1000-01-01 to 9999-12-31. */
const EARLIEST = -30_610_224_000
const LATEST = 253_402_300_799

/** Whether a From_ line can say this time. */
export const isTellable = (seconds: EpochSeconds): boolean => seconds >= EARLIEST && seconds <= LATEST

/**
 * The separator line of a message, without its line ending: who sent it, and when it was received, in UTC as `asctime` has it
 * (RFC 4155).
 */
export function makeFromLine(message: Buffer, received: EpochSeconds): string {
  const at = new Date(received * 1_000)
  const two = (n: number, fill = '0'): string => String(n).padStart(2, fill)
  const clock = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`
  const day = `${DAYS[at.getUTCDay()]} ${MONTHS[at.getUTCMonth()]} ${two(at.getUTCDate(), ' ')}`
  return `From ${senderOf(message)} ${day} ${clock} ${at.getUTCFullYear()}`
}

/** The envelope sender, which the last server writes into Return-Path; else the author; MAILER-DAEMON where there is none. */
function senderOf(message: Buffer): string {
  const said = new Map<string, string>()
  walkHeader(message, NAMES, (name, _start, bodyStart, bodyEnd) => {
    if (!said.has(name))
      said.set(name, unfold(message.toString('latin1', bodyStart, Math.min(bodyEnd, bodyStart + 2_000))))
  })
  const path = said.get('return-path')
  if (path !== undefined) return addressIn(path) ?? NOBODY
  return addressIn(said.get('from') ?? '') ?? addressIn(said.get('sender') ?? '') ?? NOBODY
}

/** The address in a field body; null where there is none that every reader takes: printable ASCII, an `@`, no blank. */
function addressIn(value: string): string | null {
  const bare = value.replace(/"(?:\\.|[^"\\])*"(?!@)|\([^()]*\)/g, ' ')
  const text = /<([^<>]*)>/.exec(bare)?.[1]?.trim() ?? /\S+@\S+/.exec(bare)?.[0]?.replace(/[,;]+$/, '') ?? ''
  return text.length <= MAX_SENDER && /^[!-~]+@[!-~]+$/.test(text) ? text : null
}
