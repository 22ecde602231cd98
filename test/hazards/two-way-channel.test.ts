import { beforeEach, describe, expect, it } from 'vitest'
import { forEachTest } from '../support/for-each-test.js'
import { mail, mails, readMaildir, textsIn, writeMaildir } from '../support/maildir-mail.js'
import { flag, makeTwoWayPlace, remove } from '../support/two-way-place.js'

// What the programs of docs/against-others.md do in these cases is measured by `npm run bench -- --damage`.
describe('a two-way channel where other programs lose or double mail', () => {
  const place = forEachTest(() => makeTwoWayPlace())
  let a: string
  let b: string
  beforeEach(() => {
    a = place.at('a')
    b = place.at('b')
    place.configure(
      ['a: { type: maildir, path: ./a }', 'b: { type: maildir, path: ./b }'],
      'home: { between: [a, b], mode: two-way }',
    )
  })

  const sync = async () => expect((await place.sync('--yes')).status).toBe(0)
  const subjects = (maildir: string) =>
    textsIn(maildir)
      .map((text) => Number(/^Subject: Number (\d+)$/m.exec(text)?.[1]))
      .sort((one, other) => one - other)

  it('mails without an ID: each is copied, and the one that is deleted takes no other along', async () => {
    writeMaildir(a, { INBOX: [0, 1, 2, 3, 4].map((number) => mail(number, { id: null })) })
    await sync()
    expect(subjects(b)).toEqual([0, 1, 2, 3, 4])
    remove(b, 2)
    await sync()
    expect([subjects(a), subjects(b)]).toEqual([
      [0, 1, 3, 4],
      [0, 1, 3, 4],
    ])
  })

  it('two mails of one ID: the one that is deleted goes from the other side, and the other stays', async () => {
    const id = '<robot@example.org>'
    writeMaildir(a, { INBOX: [...mails(0, 3), mail(10, { id }), mail(11, { id, body: 'Another text.\n' })] })
    await sync()
    expect(subjects(b)).toEqual([0, 1, 2, 10, 11])
    remove(b, 11)
    await sync()
    expect([subjects(a), subjects(b)]).toEqual([
      [0, 1, 2, 10],
      [0, 1, 2, 10],
    ])
  })

  it("mail that another client marked as deleted stays, with its mark on that side alone, when another's deletion travels", async () => {
    writeMaildir(a, { INBOX: mails(0, 6) })
    await sync()
    flag(a, 1, 'ST')
    remove(b, 3)
    await sync()
    expect([subjects(a), subjects(b)]).toEqual([
      [0, 1, 2, 4, 5],
      [0, 1, 2, 4, 5],
    ])
    const marked = (maildir: string) => (readMaildir(maildir).INBOX ?? []).filter((line) => line.startsWith('ST '))
    expect([marked(a).length, marked(b).length]).toEqual([1, 0])
  })
})
