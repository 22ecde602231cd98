import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isRoot } from '../support/daemon.js'
import { mails, writeMaildir } from '../support/maildir-mail.js'
import { makeWorkplace, type Workplace } from '../support/run-program.js'

let place: Workplace
const mounted: string[] = []
beforeEach(async () => {
  place = await makeWorkplace()
  writeMaildir(join(place.path, 'old'), { INBOX: mails(0, 4), Work: mails(4, 6) })
})
afterEach(async () => {
  for (const path of mounted.splice(0).reverse()) execFileSync('umount', [path])
  await place[Symbol.asyncDispose]()
})

function mount(path: string): void {
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', path], { stdio: 'ignore' })
  mounted.push(path)
}

function canMount(): boolean {
  const path = mkdtempSync(join(tmpdir(), 'mbaudit-mount-'))
  try {
    mount(path)
    execFileSync('umount', [mounted.pop() ?? ''])
    return true
  } catch {
    return false
  } finally {
    rmSync(path, { recursive: true })
  }
}

/** Makes a folder that nobody may write to, with one in it that may be written to; root needs a file system for that. */
function lock(): void {
  const path = join(place.path, 'locked')
  mkdirSync(path)
  if (isRoot) mount(path)
  mkdirSync(join(path, 'open'))
  if (isRoot) mount(join(path, 'open'))
  if (isRoot) execFileSync('mount', ['-o', 'remount,ro', path])
  else chmodSync(path, 0o555)
}

const migrate = async (target: string, format: string) => {
  const run = await place.run(['migrate', 'old', target, '--format', format, '--yes', '--json', '--save', 'p.json'])
  return { ...run, document: JSON.parse(run.stdout) }
}

describe.skipIf(isRoot && !canMount())('a target', () => {
  it.each(['maildir', 'mbox', 'mh', 'eml'])('that cannot be written to is refused at once (%s)', async (format) => {
    lock()
    const { status, document } = await migrate('locked/new', format)
    expect([status, document.error.code]).toEqual([4, 'REFUSED'])
    expect(document.error.message).toMatch(
      /locked cannot be written to: (the file system is read-only|permission denied); nothing was changed$/,
    )
    expect(readdirSync(place.path).sort()).toEqual(['locked', 'old'])
  })

  it('beside which no list can be written is written to, proven, and the list is told to be lacking', async () => {
    lock()
    const { status, document, stderr } = await migrate('locked/open', 'maildir')
    expect([status, document.summary]).toMatchObject([0, { verified: 6 }])
    expect(stderr).toMatch(/note: no checksums of what lies in the target: E(ROFS|ACCES)/)
    expect(JSON.parse(readFileSync(join(place.path, 'p.json'), 'utf8')).summary.verified).toBe(6)
    expect(readdirSync(join(place.path, 'locked'))).toEqual(['open'])
  })
})
