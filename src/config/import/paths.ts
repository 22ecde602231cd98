/** A path of another program's configuration as ours takes it: `$HOME` is `~`, no `/` at the end; null: it rests on variables. */
export function importedPath(path: string): string | null {
  const home = path.replace(/^(?:\$HOME|\$\{HOME\})(?=\/|$)/, '~')
  if (/\$[\w{]/.test(home) || /^~[^/]/.test(home)) return null
  const plain = home.replace(/\/{2,}/g, '/').replace(/\/(?:\.\/)+/g, '/')
  return plain.length > 1 ? plain.replace(/\/$/, '') : plain
}

/** Whether it counts from the folder that a program was started in. */
export const isRelative = (path: string): boolean => !/^[~/]/.test(path)

/** What lies below a path, by its levels. */
export const joined = (path: string, ...levels: readonly string[]): string =>
  [path.replace(/\/$/, ''), ...levels.filter((level) => level !== '')].join('/')

/** The path of `path` below `top`; null: it is not there. Empty: the top itself. */
export function below(top: string, path: string): string | null {
  if (path === top) return ''
  const start = top.endsWith('/') ? top : `${top}/`
  return path.startsWith(start) ? path.slice(start.length) : null
}
