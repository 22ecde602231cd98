import { type CompiledQuery, type Dialect, Kysely } from 'kysely'
import { objects, questions } from './question-queries.js'
import { scanning, tables } from './scan-queries.js'
import type { IndexSchema } from './schema.js'

interface Compilable {
  compile(): CompiledQuery
}

/** Every statement of the index. The values given to it when it runs are those that stand empty here, in this order. */
function allQueries(db: Kysely<IndexSchema>): Record<string, Compilable> {
  return { ...tables(db), ...scanning(db), ...objects(db), ...questions(db) }
}

/** The text of every statement in the language of `dialect`. */
export function compileQueries(dialect: Dialect): Record<string, string> {
  const db = new Kysely<IndexSchema>({ dialect })
  return Object.fromEntries(Object.entries(allQueries(db)).map(([name, query]) => [name, query.compile().sql]))
}
