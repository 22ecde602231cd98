import { realpathSync, type Stats, statSync } from 'node:fs'
import { StoreNotFoundError, StoreUnreadableError, StoreUnrecognisedError, UsageError } from '../../errors.js'
import { codeOf, kindOf, whyOf } from '../file-reader.js'
import { utf8Octets } from '../octet-name.js'
import { specialUseOf } from '../special-use.js'
import {
  type Folder,
  type FolderName,
  folderName,
  type LocalStoreSpec,
  type Store,
  type StoreDriver,
} from '../store.js'
import { isPlainMbox } from './beginning.js'
import { ReadableFile } from './file.js'
import { mboxFolder } from './folder.js'
import { whyNotWritten } from './other-names.js'
import { isVariant, VARIANTS, type Variant } from './quoting.js'
import type { Form } from './signature.js'
import type { FoundMboxes } from './tree.js'

/** mbox files: one alone is the folder INBOX, a tree of them is a folder each. */
export const mboxDriver: StoreDriver = {
  type: 'mbox',
  open: async (spec) => {
    const variant = variantOf(spec)
    const stats = statOf(spec)
    if (stats.isDirectory()) return treeStore(spec, variant)
    if (stats.isFile()) return fileStore(spec, variant)
    throw new StoreUnrecognisedError(
      spec.name,
      `${spec.path} is ${kindOf(stats)}`,
      'Name an mbox file or a tree of them.',
    )
  },
}

/** @throws UsageError for an option that is not known */
export function variantOf({ options }: LocalStoreSpec): Variant | null {
  const unknown = Object.keys(options).find((key) => key !== 'variant' && key !== 'layout')
  if (unknown !== undefined)
    throw new UsageError(`mbox: knows no option ${unknown}`, `Known are variant=${VARIANTS.join('|')} and layout=file.`)
  const { variant, layout } = options
  if (layout !== undefined && layout !== 'file')
    throw new UsageError(`mbox: knows no layout ${layout}`, 'Known is layout=file: a new store is one file.')
  if (variant === undefined || isVariant(variant)) return variant ?? null
  throw new UsageError(`${variant} is no variant of mbox`, `Known are ${VARIANTS.join(', ')}.`)
}

function statOf(spec: LocalStoreSpec): Stats {
  try {
    return statSync(spec.path)
  } catch (error) {
    const code = codeOf(error)
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw closed(spec, error)
    throw new StoreNotFoundError(spec.name, `${spec.path}: nothing is there`, 'Check the path.')
  }
}

const INBOX = folderName('INBOX')

async function fileStore(spec: LocalStoreSpec, variant: Variant | null): Promise<Store> {
  const path = utf8Octets(spec.path)
  const form = await readForm(spec, path)
  if (form.kind === 'other') throw new StoreUnrecognisedError(spec.name, `${spec.path} is ${form.why}`, form.hint)
  const { compression } = form
  return {
    ...openedStore(spec),
    list: async () => ({ folders: [{ name: INBOX, specialUse: null }], foreign: [], troubles: [] }),
    whyNotWritten: () => whyNotWritten(null, path, compression),
    open: async (name) => {
      if (name !== INBOX) throw noFolder(spec, name)
      return openMbox(spec, () => mboxFolder({ folder: name, path, compression, variant }), path)
    },
  }
}

async function treeStore(spec: LocalStoreSpec, variant: Variant | null): Promise<Store> {
  const { findMboxes } = await import('./tree.js')
  const root = utf8Octets(spec.path === '/' ? '' : spec.path)
  let found = findMboxes(root)
  let isFresh = true
  refuseForeign(spec, found)
  return {
    ...openedStore(spec),
    list: async () => {
      if (!isFresh) found = findMboxes(root)
      isFresh = false
      const folders = found.folders.map(({ name }) => ({ name, specialUse: specialUseOf(name) }))
      return { folders, foreign: found.foreign, troubles: found.troubles }
    },
    whyNotWritten: (name) => {
      const mbox = found.folders.find((each) => each.name === name)
      return mbox === undefined ? null : whyNotWritten(root, mbox.path, mbox.compression)
    },
    open: async (name) => {
      const mbox = found.folders.find((each) => each.name === name)
      if (mbox === undefined) throw noFolder(spec, name)
      const { path, compression } = mbox
      return openMbox(spec, () => mboxFolder({ folder: name, path, compression, variant }), path)
    },
  }
}

function openedStore(spec: LocalStoreSpec): Pick<Store, 'spec' | 'identity' | typeof Symbol.asyncDispose> {
  return { spec, identity: `mbox:${realpathSync(spec.path)}`, [Symbol.asyncDispose]: async () => {} }
}

async function readForm(spec: LocalStoreSpec, path: string): Promise<Form> {
  try {
    if (isPlainMbox(path)) return { kind: 'mbox', compression: null, isEmpty: false }
    return (await import('./signature.js')).formOf(path)
  } catch (error) {
    throw closed(spec, error)
  }
}

/** @throws StoreUnreadableError when the file cannot be opened */
function openMbox(spec: LocalStoreSpec, make: () => Folder, path: string): Folder {
  try {
    new ReadableFile(path)[Symbol.dispose]()
    return make()
  } catch (error) {
    throw closed(spec, error)
  }
}

function refuseForeign(spec: LocalStoreSpec, { folders, troubles }: FoundMboxes): void {
  if (folders.length > 0) return
  const trouble = troubles[0]
  if (trouble !== undefined) throw new StoreUnreadableError(spec.name, trouble.message, MAY_READ)
  const hint = `Give the path alone (${spec.path}) to have its format recognised, or run: mbaudit discover`
  throw new StoreUnrecognisedError(spec.name, `${spec.path} is no tree of mbox files: there is none in it`, hint)
}

const MAY_READ = 'Run it as a user who may read the store.'

function closed(spec: LocalStoreSpec, error: unknown): StoreUnreadableError {
  return new StoreUnreadableError(spec.name, `${spec.path}: ${whyOf(error)}`, MAY_READ)
}

function noFolder(spec: LocalStoreSpec, name: FolderName): StoreUnreadableError {
  return new StoreUnreadableError(spec.name, `${name}: there is no such folder`, 'See which there are: mbaudit folders')
}
