import { expect, it } from 'vitest'
import { makeMemoryStore } from '../../src/stores/memory/store.js'
import { folderName } from '../../src/stores/store.js'
import { scan } from '../support/scanning.js'

const mail = (id: string, text: string) => ({
  raw: Buffer.from(`Message-ID: <${id}@example.org>\nDate: Mon, 1 Jan 2024 10:00:00 +0000\n\n${text}\n`),
  flags: [],
  received: null,
})

it('walks all copies by identity and then by place, beyond what one page holds', async () => {
  const store = makeMemoryStore({
    INBOX: Array.from({ length: 2500 }, (_, nth) => mail(nth % 5 === 0 ? 'same' : `n${nth}`, `inbox ${nth}`)),
    Archive: Array.from({ length: 1200 }, (_, nth) => mail(nth % 2 === 0 ? 'same' : `n${nth}`, `archive ${nth}`)),
  })
  await using scanned = await scan(store)
  const walked = [...scanned.index.copiesByIdentity()]
  expect(walked).toHaveLength(3700)
  const places = walked.map(({ identity, copy }) => [identity, copy.folder, copy.position])
  const sorted = [...places].sort((a, b) => {
    const [left, right] = [a, b].map(
      ([id, folder, at]) => `${id} ${folder === 'INBOX' ? 0 : 1} ${String(at).padStart(9, '0')}`,
    )
    return Buffer.compare(Buffer.from(left ?? ''), Buffer.from(right ?? ''))
  })
  expect(places).toEqual(sorted)
})

it('finds the copy at one place, and none where nothing was met', async () => {
  await using scanned = await scan(makeMemoryStore({ INBOX: [mail('a', 'one')], Archive: [mail('b', 'two')] }))
  const [first] = scanned.index.copies()
  const found = scanned.index.copyAt(folderName('INBOX'), first?.locator ?? '')
  expect(found).toMatchObject({ identity: '<a@example.org>', copy: { folder: 'INBOX' } })
  expect(scanned.index.copyAt(folderName('INBOX'), 'number=999')).toBeNull()
  expect(scanned.index.copyAt(folderName('Sent'), first?.locator ?? '')).toBeNull()
})

it('looks again at the store, with the same index', async () => {
  const store = makeMemoryStore({ INBOX: [mail('a', 'one')] })
  await using scanned = await scan(store)
  store.folders.get(folderName('INBOX'))?.push(mail('b', 'two'))
  store.folders.set(folderName('New'), [mail('c', 'three')])
  expect(await scanned.again()).toEqual([])
  expect([...scanned.index.copies()].map(({ id, folder }) => [id, folder])).toEqual([
    ['<a@example.org>', 'INBOX'],
    ['<b@example.org>', 'INBOX'],
    ['<c@example.org>', 'New'],
  ])
  expect(scanned.index.folders().map(({ folder, isComplete }) => [folder, isComplete])).toEqual([
    ['INBOX', true],
    ['New', true],
  ])
})
