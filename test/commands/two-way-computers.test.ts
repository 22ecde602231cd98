import { rmSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { forEachTest } from '../support/for-each-test.js'
import { mail, mails, textsIn, writeMaildir } from '../support/maildir-mail.js'
import { flag, makeTwoWayPlace, remove } from '../support/two-way-place.js'

const place = forEachTest(() => makeTwoWayPlace())
let a: string
let b: string
beforeEach(() => {
  a = place.at('a')
  b = place.at('b')
})

const numbersIn = (maildir: string) =>
  textsIn(maildir)
    .map((text) => Number(/^Subject: Number (\d+)$/m.exec(text)?.[1]))
    .sort((one, other) => one - other)

describe('several computers and one server', () => {
  const away = () => ({ XDG_STATE_HOME: place.at('desk-state') })
  const laptop = (...args: readonly string[]) => place.run(['sync', 'laptop', '--yes', '--json', ...args])
  const desk = (...args: readonly string[]) => place.run(['sync', 'desk', '--yes', '--json', ...args], away())

  /** The laptop has deleted two mails and got another while the desk was away. */
  const prepare = async () => {
    place.configure(
      ['s: { type: maildir, path: ./s }', 'a: { type: maildir, path: ./a }', 'b: { type: maildir, path: ./b }'],
      'laptop: { between: [s, a], mode: two-way }\n  desk: { between: [s, b], mode: two-way }',
    )
    writeMaildir(place.at('s'), { INBOX: mails(0, 10) })
    await laptop()
    await desk()
    remove(a, 0, 1)
    writeMaildir(a, { INBOX: [mail(20)] })
    await laptop()
  }

  it('what one deletes goes from the other, which was away, and does not come back', async () => {
    await prepare()
    flag(b, 0, 'S')
    writeMaildir(b, { INBOX: [mail(30)] })
    expect((await desk()).status).toBe(0)
    await laptop()
    const right = [2, 3, 4, 5, 6, 7, 8, 9, 20, 30]
    expect([numbersIn(place.at('s')), numbersIn(a), numbersIn(b)]).toEqual([right, right, right])
  })

  it('one that has lost its state brings it back, once, and lists it', async () => {
    await prepare()
    rmSync(place.at('desk-state'), { recursive: true })
    const back = JSON.parse((await desk()).stdout)
    expect(back.cameBack.map(({ subject }: { subject: string }) => subject).sort()).toEqual([
      'Number 0',
      'Number 1',
      'Number 20',
    ])
    await laptop()
    expect(numbersIn(a)).toEqual([...Array.from({ length: 10 }, (_, at) => at), 20])
    remove(a, 0, 1)
    await laptop()
    await desk()
    expect(numbersIn(b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 20])
  })
})
