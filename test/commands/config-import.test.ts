import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeWorkplace } from '../support/run-program.js'

const MBSYNC = `IMAPStore far
Host imap.example.org
User alice
Pass "tiger in the tank"
PassCmd "touch was-run"

MaildirStore near
Path ~/Mail/
Inbox ~/Mail/INBOX

Channel home
Far :far:
Near :near:
Patterns *
MaxMessages 5
`

describe('config import', () => {
  it('writes a configuration that holds at once, and runs nothing of what it reads', async () => {
    await using place = await makeWorkplace()
    await writeFile(join(place.path, 'rc'), MBSYNC)
    await mkdir(join(place.home, 'Mail/cur'), { recursive: true })
    const run = await place.run(['config', 'import', 'rc', '--output', 'mbaudit.yaml'])
    expect([run.status, run.stdout.includes('MaxMessages')]).toEqual([0, true])
    expect((await stat(join(place.path, 'mbaudit.yaml'))).mode & 0o077).toBe(0)
    expect((await place.run(['config', 'check'])).status).toBe(0)
    const shown = JSON.parse((await place.run(['config', 'show', '--json'])).stdout).configured
    expect(shown).toMatchObject([{ name: 'far' }, { name: 'near', place: join(place.home, 'Mail') }, { name: 'home' }])
    await expect(stat(join(place.path, 'was-run'))).rejects.toThrow()
  })

  it('prints the configuration alone, and says what is left on standard error', async () => {
    await using place = await makeWorkplace()
    await writeFile(join(place.path, 'rc'), MBSYNC)
    const run = await place.run(['config', 'import', 'rc'])
    await writeFile(join(place.path, 'mbaudit.yaml'), run.stdout)
    expect((await place.run(['config', 'show'])).status).toBe(0)
    expect(run.stderr).toMatch(/rc \(mbsync\): 2 stores, 1 channel; 1 setting left to do by hand; no problems/)
    expect(run.stdout + run.stderr).not.toContain('tiger')
    expect((await place.run(['config', 'import', 'rc', '--exit-code'])).status).toBe(1)
  })

  it('never overwrites', async () => {
    await using place = await makeWorkplace()
    await writeFile(join(place.path, 'rc'), MBSYNC)
    await writeFile(join(place.path, 'mine.yaml'), '# mine\n')
    const run = await place.run(['config', 'import', 'rc', '--output', 'mine.yaml'])
    expect([run.status, run.stderr.includes('is there already')]).toEqual([2, true])
    expect(await readFile(join(place.path, 'mine.yaml'), 'utf8')).toBe('# mine\n')
  })

  it('takes what lies in its usual place, and asks where there are several', async () => {
    await using place = await makeWorkplace()
    const none = await place.run(['config', 'import'])
    expect([none.status, none.stderr.includes('.offlineimaprc')]).toEqual([2, true])
    await writeFile(join(place.home, '.mbsyncrc'), MBSYNC)
    const one = await place.run(['config', 'import'])
    expect([one.status, one.stderr.includes(`found ${join(place.home, '.mbsyncrc')}`)]).toEqual([0, true])
    await writeFile(join(place.home, '.mailsync'), 'store a { pat INBOX }\n')
    const two = await place.run(['config', 'import'])
    expect([two.status, two.stderr.includes('there are several')]).toEqual([2, true])
  })

  it('answers a file that is none of them, or is not there', async () => {
    await using place = await makeWorkplace()
    await writeFile(join(place.path, 'rc'), '\n# mine\nhello: world\n')
    const run = await place.run(['config', 'import', 'rc', '--json'])
    expect(run.status).toBe(2)
    expect(JSON.parse(run.stdout).error).toMatchObject({ code: 'CONFIG_INVALID' })
    expect(JSON.parse(run.stdout).error.message).toMatch(/rc:3: .*allowed are store NAME .*IMAPAccount.*\[general\]/)
    expect((await place.run(['config', 'import', 'gone'])).status).toBe(2)
    expect((await place.run(['config', 'import', '.'])).status).toBe(2)
  })
})
