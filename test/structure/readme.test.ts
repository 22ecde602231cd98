import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { copyFixtures } from '../support/fixtures.js'
import { ROOT, textOf } from './sources.js'

/** How wide a terminal the outputs in the README are made for. */
const COLUMNS = '100'

const EXAMPLES = [...textOf('README.md').matchAll(/^```\n\$ mbaudit (.*)\n([\s\S]*?)^```$/gm)].map(
  ([, command = '', output = '']) => ({ command, output }),
)

describe('the README', () => {
  it('shows what the program prints', () => expect(EXAMPLES.length).toBeGreaterThanOrEqual(5))

  it.each(EXAMPLES)('$command', async ({ command, output }) => {
    await using fixtures = await copyFixtures()
    const folder = dirname(fixtures.path)
    const env = { PATH: process.env.PATH, HOME: folder, COLUMNS, NO_COLOR: '1' }
    const run = spawnSync('sh', ['-c', `node "$0" ${command}`, join(ROOT, 'bin/mbaudit.js')], {
      cwd: folder,
      env,
      encoding: 'utf8',
    })
    expect({ status: run.status, output: run.stdout }).toEqual({ status: 0, output })
  })
})
