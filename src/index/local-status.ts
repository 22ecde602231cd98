import Database from 'better-sqlite3'

/** A row of OfflineIMAP's LocalStatus-sqlite. */
export interface LocalStatusRow {
  readonly id: number
  readonly flags: string | null
}

/** Reads the table `status` of a LocalStatus-sqlite, which is left as it is; null: it is none, or damaged. */
export function readLocalStatusFile(path: string): readonly LocalStatusRow[] | null {
  let db: Database.Database | null = null
  try {
    db = new Database(path, { readonly: true, fileMustExist: true })
    return db.prepare<[], LocalStatusRow>('select "id", "flags" from "status" order by "id"').all()
  } catch (error) {
    if (error instanceof Database.SqliteError) return null
    throw error
  } finally {
    db?.close()
  }
}
