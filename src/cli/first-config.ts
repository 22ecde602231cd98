import { existsSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { LOCAL_CONFIG } from '../config/config.js'
import type { Environment } from '../config/paths.js'
import { configTemplate, type FoundStore } from '../config/template.js'
import { UsageError } from '../errors.js'
import { parseStoreArgument, resolveStore } from '../stores/store-name.js'

/**
 * Writes a first configuration file with what mail is found in its usual places.
 *
 * @returns the file's absolute path
 * @throws UsageError when it is there already, or cannot be written
 */
export async function writeFirstConfig(
  named: string | undefined,
  cwd: string,
  home: string,
  env: Environment,
): Promise<string> {
  const file = resolve(cwd, named ?? LOCAL_CONFIG)
  if (existsSync(file)) {
    throw new UsageError(
      `${file} is there already, and is left as it is`,
      'Edit it, or name another with --config FILE.',
    )
  }
  const text = configTemplate(await usualStores(home, env))
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new UsageError(`${file} cannot be written: ${why}`, 'Name another with --config FILE.')
  }
  return file
}

/** Where mail programs put mail: each place that is there and is a store. */
async function usualStores(home: string, env: Environment): Promise<FoundStore[]> {
  const spool = env.MAIL ?? (env.USER === undefined ? undefined : join('/var/mail', env.USER))
  const places: readonly (readonly [string, string | undefined])[] = [
    ['maildir', join(home, 'Maildir')],
    ['mail', join(home, 'Mail')],
    ['mail-folders', join(home, 'mail')],
    ['spool', spool],
  ]
  const found: FoundStore[] = []
  for (const [name, path] of places) {
    if (path === undefined) continue
    const spec = await resolveStore({ ...parseStoreArgument(path, home), scheme: null }).catch(() => null)
    if (spec !== null) found.push({ name, type: spec.type, path: spec.path })
  }
  return found
}
