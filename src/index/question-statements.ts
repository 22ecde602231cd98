import type { OutlineRow } from './copy-outline.js'
import type { CopyRow } from './copy-rows.js'
import type { Sqlite } from './database.js'
import type { FolderRow } from './scan-statements.js'
import { STATEMENTS } from './statements.js'

/** After which copy of the folder to go on, and how many rows to give. */
type Page = [folder: number, position: number, locator: string, row: number, limit: number]
/** An identity to begin with, after which place, and how many rows to give. */
type IdentityPage = [
  from: string,
  key: string,
  ordinal: number,
  position: number,
  locator: string,
  row: number,
  limit: number,
]
type KeyPage = [after: string, limit: number]
export type UnreadRow = [
  position: number,
  locator: string,
  row: number,
  key: string | null,
  date: number | null,
  wire: string | null,
  lateWire: string | null,
]

export interface FolderFactsRow {
  readonly folder: number
  readonly unseen: number
  readonly deleted: number
  readonly oldest: number | null
  readonly newest: number | null
}

export type QuestionStatements = ReturnType<typeof prepareQuestions>

/** The statements that questions run, with the types of what goes in and comes out. */
export function prepareQuestions(db: Sqlite) {
  return {
    folders: db.prepare<[], FolderRow>(STATEMENTS.folders),
    folderFacts: db.prepare<[], FolderFactsRow>(STATEMENTS.folderFacts),
    copiesInFolder: db.prepare<Page, CopyRow>(STATEMENTS.copiesInFolder).raw(),
    copiesWithoutId: db.prepare<Page, CopyRow>(STATEMENTS.copiesWithoutId).raw(),
    copiesAt: db.prepare<[string], CopyRow>(STATEMENTS.copiesAt).raw(),
    copiesOfKey: db.prepare<[string], CopyRow>(STATEMENTS.copiesOfKey).raw(),
    copiesByKey: db.prepare<IdentityPage, CopyRow>(STATEMENTS.copiesByKey).raw(),
    outlines: db.prepare<KeyPage, OutlineRow>(STATEMENTS.outlines).raw(),
    otherFolders: db.prepare<[string], [string]>(STATEMENTS.otherFolders).raw(),
    copyAt: db.prepare<[number, string], CopyRow>(STATEMENTS.copyAt).raw(),
    copiesOfKeys: db.prepare<string[], CopyRow>(STATEMENTS.copiesOfKeys).raw(),
    copiesOfContents: db.prepare<string[], CopyRow>(STATEMENTS.copiesOfContents).raw(),
    copiesOfContent: db.prepare<[string], CopyRow>(STATEMENTS.copiesOfContent).raw(),
    keysFrom: db.prepare<KeyPage, [string, number]>(STATEMENTS.keysFrom).raw(),
    repeatedKeysFrom: db.prepare<KeyPage, [string, number]>(STATEMENTS.repeatedKeysFrom).raw(),
    contentsFrom: db.prepare<KeyPage, [string, number]>(STATEMENTS.contentsFrom).raw(),
    repeatedContentsFrom: db.prepare<KeyPage, [string, number]>(STATEMENTS.repeatedContentsFrom).raw(),
    unread: db.prepare<Page, UnreadRow>(STATEMENTS.unread).raw(),
    unreadWithoutId: db.prepare<Page, UnreadRow>(STATEMENTS.unreadWithoutId).raw(),
    withoutWire: db.prepare<Page, UnreadRow>(STATEMENTS.withoutWire).raw(),
    lateWire: db.prepare<[number], [string | null]>(STATEMENTS.lateWire).raw(),
    keepWire: db.prepare<[string, number]>(STATEMENTS.keepWire),
    content: db.prepare<[number], [string, number, number]>(STATEMENTS.content).raw(),
    addContent: db.prepare<[number, string, number, number]>(STATEMENTS.addContent),
    nameCopy: db.prepare<[string, number]>(STATEMENTS.nameCopy),
    difference: db.prepare<[string, string], [string]>(STATEMENTS.difference).raw(),
    addDifference: db.prepare<[string, string, string]>(STATEMENTS.addDifference),
    objectsFrom: db.prepare<[string, number, number], [string, number]>(STATEMENTS.objectsFrom).raw(),
    hide: db.prepare<[number, number]>(STATEMENTS.hide),
  }
}
