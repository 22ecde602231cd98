import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Config } from '@oclif/core'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SNAPSHOT = new URL('../golden/surface.json', import.meta.url)

/** Commands with their arguments and flags: what a script may have written down. */
async function surface() {
  const config = await Config.load(ROOT)
  const ours = config.commands.filter(({ pluginName }) => pluginName === 'mbaudit')
  return Object.fromEntries(
    ours
      .map(({ id, args, flags }) => [id, { args: Object.keys(args), flags: Object.keys(flags).sort() }] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

describe('the command surface', () => {
  it('is what test/golden/surface.json says: nothing that was there is gone, and what is new is written down', async () => {
    expect(await surface()).toEqual(JSON.parse(await readFile(SNAPSHOT, 'utf8')))
  })
})
