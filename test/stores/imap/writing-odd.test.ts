import { afterEach, describe, expect, it } from 'vitest'
import { wireDigest } from '../../../src/message/wire.js'
import { folderName } from '../../../src/stores/store.js'
import type { Outcome, Outgoing, WritableFolder } from '../../../src/stores/writable.js'
import { accountAt, quickWorld } from '../../support/imap-accounts.js'
import { openForWriting } from '../../support/imap-writing.js'
import { type SmallImap, startSmallImap } from '../../support/small-imap.js'
import { mail } from '../../support/store-law.js'

let server: SmallImap | null = null
afterEach(async () => {
  await server?.[Symbol.asyncDispose]()
  server = null
})

/** A server that answers the nth APPEND as it is told, and shows no message whatever it said. */
async function serverThat(answers: readonly string[], more = '', permanent = '\\Seen \\*'): Promise<SmallImap> {
  let [said, left, tag] = [0, 0, '']
  server = await startSmallImap({
    capability: `IMAP4rev1 UIDPLUS${more}`,
    on: (line) => {
      if (left > 0) {
        left -= line.line.length + 2
        if (left <= 0) line.send(`${tag} ${answers[said++] ?? 'OK done'}\r\n`)
        return true
      }
      const literal = /\{(\d+)(\+?)\}$/.exec(line.line)
      if (line.command === 'APPEND' && literal !== null) {
        left = Number(literal[1]) + 2
        tag = line.tag
        if (literal[2] === '') line.send('+ go on\r\n')
        return true
      }
      if (line.command === 'SELECT') {
        line.send(
          `* 0 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT 1] x\r\n* OK [PERMANENTFLAGS (${permanent})] x\r\n`,
        )
        line.ok('[READ-WRITE] done')
        return true
      }
      if (line.command === 'UID SEARCH') {
        line.send('* SEARCH\r\n')
        line.ok()
        return true
      }
      return false
    },
  })
  return server
}

async function opened({ port }: SmallImap) {
  const world = quickWorld()
  const store = await openForWriting(accountAt(port), world)
  return { store, world, folder: await store.openForWriting(folderName('INBOX')) }
}

function letter(n: number): Outgoing {
  const bytes = mail(n)
  return { token: n.toString(16).padStart(16, '0'), bytes, wire: wireDigest(bytes), flags: [], received: null }
}

async function append(folder: WritableFolder, count: number): Promise<readonly Outcome[]> {
  const work = { kind: 'append', messages: Array.from({ length: count }, (_, n) => letter(n)) } as const
  return folder.carryOut(work, await folder.prepare(work, ''))
}

describe('writing to a server of odd answers', () => {
  it('waits where the server asks for patience, and goes on', async () => {
    const busy = [
      'NO [LIMIT] later',
      'NO [THROTTLED] Too many requests',
      'NO [INUSE] locked',
      'OK [APPENDUID 1 7] done',
    ]
    const { store, world, folder } = await opened(await serverThat(busy))
    await using _ = store
    expect(await append(folder, 1)).toMatchObject([{ outcome: 'done', locator: 'uid=7' }])
    expect(world.pauses.length).toBe(3)
  })

  it('sees by reading back that a message is not there of which the server said that it is stored', async () => {
    const { store, folder } = await opened(await serverThat(['OK [APPENDUID 1 7] done']))
    await using _ = store
    const [one] = await append(folder, 1)
    const locators = one?.outcome === 'done' && one.locator !== null ? [one.locator] : []
    const read = []
    for await (const copy of folder.read(locators)) read.push(copy)
    expect(read).toEqual([{ locator: 'uid=7', bytes: null, problem: 'it is gone' }])
  })

  it('gives up a folder that takes nothing, in the words of the server', async () => {
    const { store, folder } = await opened(await serverThat(Array(30).fill('NO not today')))
    await using _ = store
    await expect(append(folder, 30)).rejects.toMatchObject({
      code: 'REFUSED',
      message: expect.stringContaining('not today'),
    })
  })

  it('says that a folder is gone, and that nobody may write to it', async () => {
    const { store, folder } = await opened(await serverThat(['NO [TRYCREATE] gone', 'NO [NOPERM] you may not']))
    await using _ = store
    await expect(append(folder, 1)).rejects.toMatchObject({ code: 'FOLDER_CHANGED' })
    await expect(append(folder, 1)).rejects.toMatchObject({ code: 'REFUSED' })
  })

  it('sends nothing that is larger than the server takes', async () => {
    const small = await serverThat([], ' APPENDLIMIT=100')
    const { store, folder } = await opened(small)
    await using _ = store
    expect(folder.writing.largest).toBe(100)
    expect(await append(folder, 1)).toMatchObject([{ outcome: 'refused', words: expect.stringContaining('takes 100') }])
    expect(small.lines.some((line) => line.includes('APPEND'))).toBe(false)
  })

  it('tells beforehand which flags a folder does not keep', async () => {
    const { store, folder } = await opened(await serverThat([], '', '\\Seen todo'))
    await using _ = store
    const flags = ['\\Seen', '\\Flagged', 'TODO', 'other']
    expect(flags.filter((flag) => folder.writing.whyNoFlag(flag) === '')).toEqual(['\\Seen', 'TODO'])
  })
})
