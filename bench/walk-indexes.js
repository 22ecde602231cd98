/**
 * What `compare` is measured against: walks all rows of indexes in the order of identities, and does nothing with them.
 *
 *   node walk-indexes.js FILE…
 */
import Database from 'better-sqlite3'

let rows = 0
for (const path of process.argv.slice(2)) {
  const db = new Database(path, { readonly: true })
  const walk = db.prepare('select * from "copy" left join "content" using ("row") order by "key", "position"').raw()
  for (const row of walk.iterate()) rows += row.length > 0 ? 1 : 0
  db.close()
}
console.log(rows)
