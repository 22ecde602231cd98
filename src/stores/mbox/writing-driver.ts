import { readdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { EXIT, MbauditError } from '../../errors.js'
import { writingFailure } from '../durable-files.js'
import { makePrivateDirectory } from '../folder-places.js'
import { utf8Octets } from '../octet-name.js'
import { type FolderName, folderName, type LocalStoreSpec, type Store } from '../store.js'
import type { WritableStore, WritingDriver } from '../writable.js'
import { mboxDriver, variantOf } from './driver.js'
import { FcntlLocks } from './writing-fcntl.js'
import { makeMailbox, makePrivateMailbox, openMailbox } from './writing-mailbox.js'
import { WritableMboxTree } from './writing-tree.js'

/** mbox files to be written to: one alone, or a tree of them, which is what a new store becomes unless `layout=file` is said. */
export const mboxWriting: WritingDriver<LocalStoreSpec> = {
  openForWriting: async (spec, create) => {
    const variant = variantOf(spec)
    if (create) makeStore(spec)
    const store = await mboxDriver.open(spec)
    const isTree = statSync(spec.path).isDirectory()
    return isTree ? new WritableMboxTree(spec, store.identity, variant) : fileStore(spec, store)
  },
}

const INBOX = folderName('INBOX')

function makeStore(spec: LocalStoreSpec): void {
  const root = utf8Octets(spec.path)
  try {
    const stats = statSync(spec.path, { throwIfNoEntry: false })
    if (stats === undefined) {
      const isFile = spec.options.layout === 'file'
      makeParents(isFile ? dirname(root) : root)
      if (isFile) makePrivateMailbox(root)
      else makeMailbox(`${root}/INBOX`)
    } else if (stats.isDirectory() && readdirSync(spec.path).length === 0) makeMailbox(`${root}/INBOX`)
  } catch (error) {
    throw writingFailure(error, spec.name, INBOX)
  }
}

function makeParents(path: string): void {
  if (statSync(Buffer.from(path, 'latin1'), { throwIfNoEntry: false })?.isDirectory()) return
  makeParents(dirname(path))
  makePrivateDirectory(path)
}

/** A store that is one file: the folder INBOX. */
function fileStore(spec: LocalStoreSpec, store: Store): WritableStore {
  const locks = new FcntlLocks()
  const path = utf8Octets(spec.path)
  const whyNoFolder = (name: FolderName): string | null => (name === INBOX ? null : ONE_FILE)
  const refuse = (name: FolderName): void => {
    if (name === INBOX) return
    const place = { store: spec.name, folder: name }
    throw new MbauditError(
      'REFUSED',
      EXIT.partial,
      `${name}: ${ONE_FILE}`,
      'Name a directory for a tree of them.',
      place,
    )
  }
  return {
    spec,
    identity: store.identity,
    list: () => store.list(),
    open: (name) => store.open(name),
    openForWriting: async (name) => {
      await store.open(name)
      return openMailbox(spec, { folder: name, path, variant: variantOf(spec) }, locks, null)
    },
    createFolder: async (name) => refuse(name),
    renameFolder: async (from) => refuse(from === INBOX ? folderName('') : from),
    deleteEmptyFolder: async (name) => {
      if (name === INBOX) refuse(folderName(''))
    },
    subscribe: async () => {},
    whyNoFolder,
    nameFor: (name) => name,
    [Symbol.asyncDispose]: async () => {
      locks[Symbol.dispose]()
      await store[Symbol.asyncDispose]()
    },
  }
}

const ONE_FILE = 'a store that is one mbox file has the folder INBOX alone'
