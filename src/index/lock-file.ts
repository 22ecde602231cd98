import Database from 'better-sqlite3'

/**
 * Takes a lock that the operating system gives back when the process dies, however it dies: an exclusive transaction on an
 * empty database.
 *
 * @param path - an existing file, or one in an existing directory
 * @returns null: another process, or this one, holds it
 */
export function lockFile(path: string): Disposable | null {
  const db = new Database(path, { timeout: 0 })
  try {
    db.exec('begin exclusive')
  } catch (error) {
    db.close()
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return null
    throw error
  }
  return { [Symbol.dispose]: () => void db.close() }
}
