import { isAbsolute, join } from 'node:path'

/** The variables that say where a program keeps its files. */
export type Environment = Readonly<Record<string, string | undefined>>

/** XDG Base Directory Specification 0.8: a value that is empty or relative counts as unset. */
function baseDirectory(env: Environment, variable: string, home: string, fallback: string): string {
  const set = env[variable]
  return set !== undefined && isAbsolute(set) ? set : join(home, fallback)
}

/** The configuration file that holds wherever the program is started. */
export function userConfigFile(env: Environment, home: string): string {
  return join(baseDirectory(env, 'XDG_CONFIG_HOME', home, '.config'), 'mbaudit', 'config.yaml')
}

/** Where the indexes lie; whoever deletes it loses time and nothing else. */
export function cacheDirectory(env: Environment, home: string): string {
  return join(baseDirectory(env, 'XDG_CACHE_HOME', home, '.cache'), 'mbaudit')
}

/** Where runs and the state of syncs lie; whoever deletes runs can take none of them back. */
export function stateDirectory(env: Environment, home: string): string {
  return join(baseDirectory(env, 'XDG_STATE_HOME', home, '.local/state'), 'mbaudit')
}

/** Where quarantined mail lies. It may hold the only copy of a message. */
export function dataDirectory(env: Environment, home: string): string {
  return join(baseDirectory(env, 'XDG_DATA_HOME', home, '.local/share'), 'mbaudit')
}
