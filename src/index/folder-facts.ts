import { epochSeconds } from '../message/message.js'
import { folderName, type Store } from '../stores/store.js'
import { specialUseOfText } from './copy-rows.js'
import type { Sqlite } from './database.js'
import { countFolders } from './folder-counts.js'
import type { FolderFactsRow, QuestionStatements } from './question-statements.js'
import type { FolderRow } from './scan-statements.js'
import type { FolderFacts } from './store-index.js'

/** What the index can say of each of these folders, in their order. What takes a look at every row is told when it is asked for. */
export function factsOfFolders(
  store: Store,
  db: Sqlite,
  ask: QuestionStatements,
  folders: readonly FolderRow[],
): readonly FolderFacts[] {
  const counts = countFolders(db)
  let looked: ReadonlyMap<number, FolderFactsRow> | null = null
  const look = (folder: number): Omit<FolderFactsRow, 'folder'> => {
    looked ??= new Map(ask.folderFacts.all().map((row) => [row.folder, row]))
    return looked.get(folder) ?? NOTHING
  }
  return folders.map(({ number, name, specialUse, generation, state }) => {
    const { messages, octets, noId } = counts.get(number) ?? { messages: 0, octets: 0, noId: 0 }
    return {
      store: store.spec.name,
      folder: folderName(name),
      specialUse: specialUseOfText(specialUse),
      generation,
      isComplete: state !== null,
      whyNotWritten: store.whyNotWritten?.(folderName(name)) ?? null,
      messages,
      bytes: octets,
      noId,
      get unseen() {
        return look(number).unseen
      },
      get deleted() {
        return look(number).deleted
      },
      get oldest() {
        return secondsOf(look(number).oldest)
      },
      get newest() {
        return secondsOf(look(number).newest)
      },
    }
  })
}

const secondsOf = (value: number | null) => (value === null ? null : epochSeconds(value))

const NOTHING = { unseen: 0, deleted: 0, oldest: null, newest: null }
