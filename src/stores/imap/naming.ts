import type { FolderName } from '../store.js'
import { execute, textOf } from './command.js'
import { namespacesOf } from './folders.js'
import { type Naming, possibleName, whyNoPath } from './names.js'
import type { ImapSession } from './session.js'

/** What stands between the levels of names, and before the user's own. */
export function namingOf(session: ImapSession): Promise<Naming> {
  return session.use(async (client) => {
    let separator = ''
    await execute(client, 'LIST', ['', ''], {
      LIST: ({ attributes: [, told] = [] }) => {
        separator = textOf(told) ?? ''
        return undefined
      },
    })
    const own = namespacesOf(client, session.account).find(({ kind }) => kind === 'personal')
    return { prefix: own?.prefix ?? '', separator }
  })
}

/** The name under which the server can have a folder: its own, where nothing speaks against it. */
export const nameIn = (folder: FolderName, naming: Naming): FolderName =>
  whyNoPath(folder, naming) === null ? folder : possibleName(folder, naming)
