import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeWorkplace } from '../support/run-program.js'

it('runs at the same time say the same, whichever of them has the index', async () => {
  await using place = await makeWorkplace()
  for (const sub of ['cur', 'new', 'tmp']) mkdirSync(join(place.path, 'mail', sub), { recursive: true })
  for (let nth = 0; nth < 3000; nth++)
    writeFileSync(join(place.path, 'mail/cur', `17.M${nth}P1.host:2,S`), `Message-ID: <${nth % 2900}@x>\n\ntext\n`)
  const runs = await Promise.all([1, 2, 3].map(() => place.run(['dupes', 'mail', '--json'])))
  const told = runs.map(({ status, stdout }) => ({ status, ...JSON.parse(stdout), generatedAt: '' }))
  expect(told[0]).toMatchObject({ status: 0, summary: { messages: 3000, groups: 100, identical: 100 } })
  expect(told[1]).toEqual(told[0])
  expect(told[2]).toEqual(told[0])
})
