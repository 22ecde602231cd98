import { epochSeconds } from '../message/message.js'
import { folderName } from '../stores/store.js'
import { specialUseOfText } from './copy-rows.js'
import type { QuestionStatements } from './question-statements.js'
import type { FolderRow } from './scan-statements.js'
import type { FolderFacts } from './store-index.js'

/** What the index can say of each of these folders, in their order. */
export function factsOfFolders(
  store: string,
  ask: QuestionStatements,
  folders: readonly FolderRow[],
): readonly FolderFacts[] {
  const facts = new Map(ask.folderFacts.all().map((row) => [row.folder, row]))
  return folders.map(({ number, name, specialUse, generation, state }) => {
    const { unseen, deleted, messages, octets, noId, oldest, newest } = facts.get(number) ?? NO_FACTS
    return {
      store,
      folder: folderName(name),
      specialUse: specialUseOfText(specialUse),
      generation,
      isComplete: state !== null,
      messages,
      bytes: octets,
      unseen,
      deleted,
      noId,
      oldest: oldest === null ? null : epochSeconds(oldest),
      newest: newest === null ? null : epochSeconds(newest),
    }
  })
}

const NO_FACTS = { unseen: 0, deleted: 0, messages: 0, octets: 0, noId: 0, oldest: null, newest: null }
