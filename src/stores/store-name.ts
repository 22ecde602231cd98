import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { StoreNotFoundError, StoreUnrecognisedError, UsageError } from '../errors.js'
import { isScheme, SCHEMES, type Scheme } from './drivers.js'
import type { LocalStoreSpec } from './store.js'

/** A `STORE` argument that names files, taken apart; nothing was looked at yet but whether a name with `?` is a path's own. */
export interface StoreArgument {
  /** The argument as given: what results call the store. */
  readonly name: string
  /** null: to be recognised from what lies at `path`. */
  readonly scheme: Scheme | null
  /** Absolute. */
  readonly path: string
  readonly options: Readonly<Record<string, string>>
}

/**
 * Reads a URL (`maildir:PATH`, `mbox:PATH?variant=mboxrd` …) or a path. The path is taken literally up to a `?key=`; one that
 * exists with `?` in its name wins.
 *
 * @throws StoreUnrecognisedError for a scheme that is not known
 * @throws UsageError where there is no path: an unset variable of a shell must not mean the current folder
 */
export function parseStoreArgument(text: string, cwd: string): StoreArgument {
  const url = /^([a-z][a-z0-9+-]+):(.*)$/is.exec(text)
  const scheme = (url?.[1] ?? '').toLowerCase()
  if (text === '' || (url?.[2] === '' && isScheme(scheme))) throw noPath(text)
  if (url && isScheme(scheme)) return { name: text, scheme, ...splitOptions(url[2] ?? '', cwd) }
  if (url && /^\/\//.test(url[2] ?? '')) throw unknownScheme(text, scheme)
  return { name: text, scheme: null, ...splitOptions(text, cwd) }
}

/**
 * Says of what kind a store is and where.
 *
 * @throws StoreNotFoundError when nothing lies there
 * @throws StoreUnrecognisedError when it is no store, with what was looked for
 */
export async function resolveStore(argument: StoreArgument): Promise<LocalStoreSpec> {
  const { name, path, options } = argument
  if (!existsSync(path)) throw notFound(argument)
  if (argument.scheme !== null) return { name, type: argument.scheme, path, options }
  const { recogniseStore } = await import('./recognise.js')
  return { name, type: recogniseStore(name, path), path, options }
}

/** Whether a name may be that of an account: `account-name.ts` reads these, loaded when there is one. */
export const mayBeAccount = (name: string): boolean => /^(?:imaps?:|\{)/i.test(name)

/** Replaces a leading `~` by the home folder, as a shell would: for paths in the configuration, which no shell has seen. */
export function expandHome(path: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : path
}

function splitOptions(text: string, cwd: string): Pick<StoreArgument, 'path' | 'options'> {
  const whole = resolve(cwd, text)
  const mark = /\?(?=[a-z][a-z0-9-]*=)/i.exec(text)
  if (mark === null || existsSync(whole)) return { path: whole, options: {} }
  const options = Object.fromEntries(
    text
      .slice(mark.index + 1)
      .split('&')
      .map((option) => [option.replace(/=.*/s, ''), option.replace(/^[^=]*=?/s, '')]),
  )
  return { path: resolve(cwd, text.slice(0, mark.index)), options }
}

function notFound({ name, path }: StoreArgument): StoreNotFoundError {
  const tilde = /^[a-z]+:~/.test(name) ? ' No shell replaces the ~ after a colon: write the path in full.' : ''
  return new StoreNotFoundError(name, `${path}: nothing is there`, `Check the path.${tilde}`)
}

function noPath(name: string): UsageError {
  return new UsageError(`"${name}" names no store: the path is empty`, 'The current folder is `.`.')
}

function unknownScheme(name: string, scheme: string): StoreUnrecognisedError {
  const known = SCHEMES.map((each) => `${each}:PATH`).join(', ')
  const hint = `Known are ${known}, imaps://USER@HOST/, imap://USER@HOST/, and a path whose format is recognised.`
  return new StoreUnrecognisedError(hidePassword(name), `${scheme}: is no kind of store`, hint)
}

/** A password that someone put into a URL is not repeated in a message. */
export function hidePassword(url: string): string {
  return url.replace(/(\/\/[^/@:]*):.*@/, '$1:…@')
}
