import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeWorkplace } from '../../support/run-program.js'
import { type ClientLine, startSmallImap } from '../../support/small-imap.js'

const secret = 'correct-horse+battery/staple'
const dresses = [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64'),
  Buffer.from(`\0alice\0${secret}`).toString('base64'),
]

/** All that stands in the files of a folder, however deep. */
function allIn(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'latin1'))
    .join('\n')
}

const oneFolder = (line: ClientLine): boolean => {
  if (line.command === 'LIST') line.send(`* LIST () "/" INBOX\r\n${line.tag} OK done\r\n`)
  return line.command === 'LIST'
}

/** Servers that say the password back, each at another moment. */
const BLABBERS: Readonly<Record<string, (line: ClientLine) => boolean>> = {
  'that is right': oneFolder,
  'in the answer to the login': (line) => {
    if (line.command === 'AUTHENTICATE') line.no(`[AUTHENTICATIONFAILED] no: ${dresses.join(' ')}`)
    return line.command === 'AUTHENTICATE' || oneFolder(line)
  },
  'in an alert': (line) => {
    if (line.command === 'NAMESPACE') line.send(`* OK [ALERT] ${dresses.join(' ')}\r\n`)
    return oneFolder(line)
  },
  'in the answer to LIST': (line) => {
    if (line.command === 'LIST') line.no(`[NOPERM] ${dresses.join(' ')}`)
    return line.command === 'LIST'
  },
  'in the answer to EXAMINE': (line) => {
    if (line.command === 'EXAMINE') line.no(`[NOPERM] ${dresses.join(' ')}`)
    return line.command === 'EXAMINE' || oneFolder(line)
  },
  'in a BYE': (line) => {
    if (line.command !== 'EXAMINE') return oneFolder(line)
    line.send(`* BYE ${dresses.join(' ')}\r\n`)
    line.socket.end()
    return true
  },
  'in words that are no IMAP': (line) => {
    if (line.command !== 'EXAMINE') return oneFolder(line)
    line.send(`${dresses.join(' ')}\r\n* ((((${secret}\r\n`)
    line.ok()
    return true
  },
}

describe('a password stands in no output, log, report or index', () => {
  it.each(Object.entries(BLABBERS))('of a server that says it back: %s', async (_where, on) => {
    await using server = await startSmallImap({ secret: () => secret, on })
    await using work = await makeWorkplace()
    const url = `imap://alice@127.0.0.1:${server.port}/`
    const flags = ['--json', '--log-file', 'run.log', '--progress', 'json', '--retries', '1']
    const commands = [
      ['scan', ...flags],
      ['dupes', ...flags, '--save', 'dupes.html'],
      ['list', '--retries', '0'],
    ]
    for (const [command = '', ...rest] of commands) {
      const { stdout, stderr, status } = await work.run([command, url, ...rest], { MBAUDIT_PASSWORD: secret })
      expect(status, stderr).not.toBe(70)
      for (const dress of dresses) expect(stdout + stderr).not.toContain(dress)
    }
    for (const dress of dresses) expect(allIn(dirname(work.path))).not.toContain(dress)
  })

  it('nor where it was written into the URL', async () => {
    await using work = await makeWorkplace()
    const { stdout, stderr } = await work.run([
      'scan',
      `imap://alice:${encodeURIComponent(secret)}@127.0.0.1:1/`,
      '--json',
    ])
    for (const dress of dresses) expect(stdout + stderr).not.toContain(dress)
  })
})
