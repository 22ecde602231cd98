import { StoreNotFoundError } from '../errors.js'
import type { ScanOptions } from '../index/scan.js'
import { folderFilter } from '../stores/folder-globs.js'
import type { ChosenStore } from './choose-stores.js'

const NO_FOLDER =
  'Name the account alone to read all of it; mbaudit folders shows which folders it has, those of others with --namespace all.'

/** The folders of a store that a run is about. */
export interface WantedFolders {
  /** Whether both the store's name or configuration and the command line want a folder. */
  readonly wanted: ScanOptions['wanted']
  /**
   * To be called when `wanted` was asked about each folder; closes what was scanned where it throws.
   *
   * @throws StoreNotFoundError when the store's name ends in a folder that it does not have
   */
  readonly requireFolder: (scanned: AsyncDisposable) => Promise<void>
}

/** @param asked - what the command line says */
export function wantedFolders(
  chosen: ChosenStore,
  asked: { readonly folders: readonly string[]; readonly notFolders: readonly string[] },
): WantedFolders {
  const isOwn = folderFilter(chosen.folders, chosen.notFolders)
  const isAsked = folderFilter(asked.folders, asked.notFolders)
  let hasOwn = false
  return {
    wanted: (folder) => {
      if (!isOwn(folder)) return false
      hasOwn = true
      return isAsked(folder)
    },
    requireFolder: async (scanned) => {
      if (hasOwn || chosen.mustHaveFolder !== true) return
      await scanned[Symbol.asyncDispose]()
      throw new StoreNotFoundError(chosen.name, `${chosen.name}: there is no such folder`, NO_FOLDER)
    },
  }
}
