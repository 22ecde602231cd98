import { turnCase } from '../letter-case.js'
import { execute } from './command.js'
import { isUnicode, statusItems } from './folders.js'
import { encodedPath } from './names.js'
import type { ImapSession } from './session.js'
import { NOTHING_HEARD, readTrouble } from './trouble.js'

/** Whether the server takes the path of a folder, written in the other case, for the same folder. INBOX tells nothing of others. */
export async function foldsCase(session: ImapSession, path: string): Promise<boolean> {
  const turned = turnCase(path)
  if (turned === path || /^inbox(?![a-z])/i.test(path)) return false
  return session.use(async (client) => {
    try {
      await execute(client, 'STATUS', [encodedPath(turned, isUnicode(client)), statusItems(client)])
      return true
    } catch (error) {
      if (readTrouble(error, NOTHING_HEARD, 'work')?.kind !== 'refused') throw error
      return false
    }
  })
}
