import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { importConfig } from '../../../src/config/import/import-config.js'
import { configText } from '../../../src/config/import/yaml-text.js'
import { readConfig } from '../../../src/config/read-config.js'

const SHAPES = new URL('shapes/', import.meta.url)
const shape = (name: string): string => readFileSync(new URL(name, SHAPES), 'utf8')
const NAMES = readdirSync(SHAPES).filter((name) => !name.endsWith('.yaml'))
/** Passwords and tokens that stand in the shapes. */
const SECRETS = /tiger|tank|aHVudGVy|hunter|1234|5678/

describe.each(NAMES)('%s', (name) => {
  const imported = importConfig(shape(name), { file: `~/.${name}`, user: 'alice' })
  const text = configText(imported, `~/.${name}`)

  it('is taken over as written down', async () => {
    await expect(text).toMatchFileSnapshot(`shapes/${name}.yaml`)
  })

  it('gives what our own reader takes, also with what waits put in force', async () => {
    const { stores, channels } = await readConfig(text, name)
    const inForce = (entries: readonly { name: string; withheld: readonly string[] }[]) =>
      entries.filter(({ withheld }) => withheld.length === 0).map((entry) => entry.name)
    expect([Object.keys(stores), Object.keys(channels)]).toEqual([inForce(imported.stores), inForce(imported.channels)])
    const allStores = text.replace(/^ {2}# ( {0,2}[^ :]+:(?: .*)?)$/gm, '  $1').replace(/^channels:[\s\S]*/m, '')
    expect(Object.keys((await readConfig(allStores, name)).stores)).toEqual(imported.stores.map((entry) => entry.name))
  })

  it('shows no password', () => {
    expect(text).not.toMatch(SECRETS)
    expect(JSON.stringify(imported)).not.toMatch(SECRETS)
  })

  it('forgets no setting, and names the line of each that is left', () => {
    const lines = shape(name).split('\n')
    for (const { line, setting, outcome, detail } of imported.settings) {
      expect(lines[line - 1]?.toLowerCase()).toContain(setting.toLowerCase())
      expect(detail === '').toBe(outcome === 'taken')
      if (outcome === 'by-hand') expect(text).toContain(`(line ${line})`)
    }
    const named = new Set(imported.settings.map(({ line }) => line))
    const settings = lines.flatMap((content, at) =>
      name.endsWith('mailsync')
        ? /^\t\w/.test(content)
          ? [at + 1]
          : []
        : name.endsWith('offlineimaprc')
          ? /^\w+ ?[=:]/.test(content) && !content.startsWith('host')
            ? [at + 1]
            : []
          : /^(?!Channel (?!home-inbox:|work$)|Group|IMAP|Maildir)\w/.test(content) && !/^Channel work$/.test(content)
            ? [at + 1]
            : [],
    )
    expect(settings.filter((line) => !named.has(line))).toEqual([])
  })
})
