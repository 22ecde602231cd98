import { fillAccount, readAccount } from './account-mail.js'
import type { Dovecot } from './dovecot.js'
import type { MailFolders } from './maildir-mail.js'
import { connectRaw } from './raw-imap.js'
import { makeWorkplace, type Run, type Workplace } from './run-program.js'

/** A workplace whose commands answer in JSON. */
export interface HazardPlace extends Workplace {
  json(...args: readonly string[]): Promise<Run & { readonly document: ReturnType<typeof JSON.parse> }>
  /** `sync --yes`, and any limit lifted with `none` alone. */
  sync(...args: readonly string[]): ReturnType<HazardPlace['json']>
}

const ENV = { MBAUDIT_PASSWORD: 'secret' }

export async function makeHazardPlace(): Promise<HazardPlace> {
  const place = await makeWorkplace()
  const json: HazardPlace['json'] = async (...args) => {
    const run = await place.run([...args, '--json'], ENV)
    return { ...run, document: run.stdout === '' ? null : JSON.parse(run.stdout) }
  }
  return {
    ...place,
    run: (args, env = {}) => place.run(args, { ...ENV, ...env }),
    start: (args, env = {}) => place.start(args, { ...ENV, ...env }),
    json,
    sync: (...args) => json('sync', ...args, '--yes'),
  }
}

let users = 0

/** An account of its own, with mail in it. */
export interface HazardAccount {
  readonly user: string
  readonly url: string
  /** As another client sees it. */
  read(): ReturnType<typeof readAccount>
  /** How many messages another client sees. */
  count(): Promise<number>
  /** What another client does. */
  say(...commands: readonly (readonly (string | Buffer)[])[]): Promise<string>
}

export function hazardAccount(dovecot: Dovecot, folders: MailFolders, port = dovecot.port): HazardAccount {
  const user = `hazard${++users}`
  fillAccount(dovecot, user, { INBOX: [], ...folders })
  const read = () => readAccount(dovecot.port, user)
  return {
    user,
    url: `imap://${user}@127.0.0.1:${port}/`,
    read,
    count: async () => Object.values(await read()).flat().length,
    say: async (...commands) => {
      await using raw = await connectRaw(dovecot.port, user)
      let said = ''
      for (const words of commands) said += await raw.command(...words)
      return said
    },
  }
}

export const crlf = (text: string): Buffer => Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1')
