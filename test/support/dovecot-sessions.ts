import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Dovecot } from './dovecot.js'

/** Sessions of a user that Dovecot has not ended yet. */
export function sessionsOf({ directory }: Dovecot, user: string): number {
  const log = readFileSync(join(directory, 'log'), 'utf8')
  const count = (pattern: RegExp): number => log.match(pattern)?.length ?? 0
  return (
    count(new RegExp(`imap-login: Info: Login: user=<${user}>`, 'g')) -
    count(new RegExp(`imap\\(${user}\\)<.*?>: Info: (?:Disconnected|Connection closed|Logged out)`, 'g'))
  )
}

/** Waits until no more than so many sessions of a user are left, but no longer than so many milliseconds. */
export async function untilSessions(dovecot: Dovecot, user: string, most: number, longest: number): Promise<void> {
  const until = Date.now() + longest
  while (sessionsOf(dovecot, user) > most && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 5))
}
