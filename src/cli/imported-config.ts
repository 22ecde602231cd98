import { readFileSync, writeFileSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { importConfig } from '../config/import/import-config.js'
import type { Imported } from '../config/import/imported.js'
import { configText } from '../config/import/yaml-text.js'
import type { Environment } from '../config/paths.js'
import { readConfig } from '../config/read-config.js'
import { UsageError } from '../errors.js'
import { expandHome } from '../stores/store-name.js'

/** Another program's configuration, taken over. */
export interface ImportedConfig {
  /** Absolute. */
  readonly file: string
  readonly imported: Imported
  /** A configuration of ours, checked. */
  readonly text: string
}

/** Who asks, and where. */
export interface ImportAsker {
  readonly cwd: string
  readonly home: string
  readonly env: Environment
}

/** @throws UsageError when the file cannot be read; ConfigError when it is none of the three, or broken */
export async function importConfigFile(file: string, { env }: ImportAsker): Promise<ImportedConfig> {
  const user = env.USER ?? env.LOGNAME ?? null
  const imported = importConfig(readText(file), { file, user })
  const text = configText(imported, file)
  await readConfig(text, `${file}, taken over`)
  return { file, imported, text }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new UsageError(
      `${file} cannot be read: ${why}`,
      'Name a .mailsync, .mbsyncrc or .offlineimaprc that is there.',
    )
  }
}

/** Where mailsync, mbsync and offlineimap look for their configuration. */
const USUAL_PLACES = [
  '~/.mailsync',
  '~/.mbsyncrc',
  '$XDG_CONFIG_HOME/isyncrc',
  '~/.offlineimaprc',
  '$XDG_CONFIG_HOME/offlineimap/config',
]

/**
 * The file that is named, else the one that lies in a usual place.
 *
 * @throws UsageError when there is none, or there are several
 */
export function fileToImport(named: string | undefined, { cwd, home, env }: ImportAsker): string {
  if (named !== undefined) return resolve(cwd, expandHome(named, home))
  const set = env.XDG_CONFIG_HOME
  const config = set !== undefined && isAbsolute(set) ? set : join(home, '.config')
  const places = USUAL_PLACES.map((place) => expandHome(place.replace('$XDG_CONFIG_HOME', config), home))
  const found = places.filter(isReadable)
  const [only] = found
  if (only !== undefined && found.length === 1) return only
  if (only !== undefined) {
    throw new UsageError(`there are several: ${found.join(', ')}`, 'Name one: mbaudit config import FILE.')
  }
  throw new UsageError(
    `no configuration of mailsync, mbsync or offlineimap lies in its usual place: ${places.join(', ')}`,
    'Name one: mbaudit config import FILE.',
  )
}

function isReadable(file: string): boolean {
  try {
    readFileSync(file)
    return true
  } catch {
    return false
  }
}

/** @throws UsageError when a file is there already, or cannot be written */
export function writeNewConfig(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 })
  } catch (cause) {
    const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'
    if (isThere)
      throw new UsageError(`${file} is there already, and is left as it is`, 'Name another with --output FILE.')
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new UsageError(`${file} cannot be written: ${why}`, 'Name another with --output FILE.')
  }
}
