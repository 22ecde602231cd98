import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mail, mails, readMaildir, writeMaildir } from '../support/maildir-mail.js'
import { makeWorkplace, type Workplace } from '../support/run-program.js'

let place: Workplace
beforeEach(async () => {
  place = await makeWorkplace()
  writeMaildir(join(place.path, 'm'), { INBOX: mails(0, 3), New: mails(10, 15) })
})
afterEach(() => place[Symbol.asyncDispose]())

const sync = async (slave: string) => {
  const run = await place.run(['sync', 'maildir:m', slave, '--yes', '--json'])
  const { problems, summary, steps } = JSON.parse(run.stdout)
  return { ...run, problems, summary, steps }
}

it('a folder that the store will not have is one problem, and the others get their mail', async () => {
  writeFileSync(join(place.path, 'box'), '')
  const { status, problems, summary, steps } = await sync('mbox:box')
  expect([status, summary.copy, summary.done, summary.failed, summary.skipped]).toEqual([4, 8, 3, 1, 5])
  expect(problems).toEqual([
    {
      code: 'REFUSED',
      store: 'mbox:box',
      folder: 'New',
      locator: null,
      message: expect.stringMatching(/one mbox file has the folder INBOX alone.*\(6 steps\)$/),
    },
  ])
  const left = steps.filter(({ op, outcome }: Record<string, string>) => op === 'copy' && outcome === 'skipped')
  expect(left).toHaveLength(5)
  for (const { reason } of left) expect(reason).toMatch(/^the folder could not be made: .*INBOX alone/)
})

/** A file system in memory; null where this user may mount none. */
function mountAt(path: string): string | null {
  mkdirSync(path)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path], { stdio: 'ignore' })
    return path
  } catch {
    return null
  }
}

describe.each(['maildir:disk/s', 'mbox:disk/box'])('%s on a file system that is read-only', (slave) => {
  it('is told as that, once for each folder, and nothing is left to be found out', async ({ skip }) => {
    const disk = mountAt(join(place.path, 'disk'))
    if (disk === null) return skip('mounting needs root')
    try {
      writeMaildir(join(disk, 's'), { INBOX: [mail(0)], New: [] })
      writeFileSync(join(disk, 'box'), '')
      const before = readMaildir(join(disk, 's'))
      execFileSync('mount', ['-o', 'remount,ro', disk])
      const { status, problems, summary } = await sync(slave)
      expect([status, summary.done]).toEqual([4, 0])
      expect(problems.map(({ folder }: Record<string, string>) => folder).sort()).toEqual(['INBOX', 'New'])
      for (const { folder, message } of problems)
        if (folder === 'INBOX') expect(message).toMatch(/the file system is read-only\. Mount it/)
      expect(readMaildir(join(disk, 's'))).toEqual(before)
    } finally {
      execFileSync('umount', [disk])
    }
  })
})
