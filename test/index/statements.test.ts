import { execFileSync } from 'node:child_process'
import Sqlite from 'better-sqlite3'
import { DummyDriver, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import { expect, it } from 'vitest'
import { compileQueries } from '../../src/index/queries.js'
import { STATEMENTS } from '../../src/index/statements.js'

const SQLITE = {
  createAdapter: () => new SqliteAdapter(),
  createDriver: () => new DummyDriver(),
  createIntrospector: (db: ConstructorParameters<typeof SqliteIntrospector>[0]) => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
}

/** `npx vitest run test/index/statements.test.ts -u` writes the statements anew after a change of the queries. */
it('the statements are what the queries say', async () => {
  const statements = Object.entries(compileQueries(SQLITE)).map(([name, sql]) => `  ${name}: ${quote(sql)},`)
  const text = [
    '/** The statements of queries.ts as SQLite has them: made from it by its test, since loading Kysely takes longer than a scan. */',
    'export const STATEMENTS = {',
    ...statements,
    '} as const',
    '',
  ].join('\n')
  await expect(formatted(text)).toMatchFileSnapshot('../../src/index/statements.ts')
})

it('a copy is found by its locator, not by a walk through its folder, whatever indexes there are', () => {
  const db = new Sqlite(':memory:')
  for (const made of ['createFolder', 'createCopy', 'createContent', 'placeIndex', 'locatorIndex'] as const)
    db.exec(STATEMENTS[made])
  const plan = db.prepare(`explain query plan ${STATEMENTS.copyAt}`).all(1, 'number=1')
  expect(JSON.stringify(plan)).toContain('INDEX copyLocator (locator=? AND folder=?)')
  db.close()
})

const quote = (sql: string): string => `'${sql.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

function formatted(text: string): string {
  const biome = ['biome', 'format', '--stdin-file-path=src/index/statements.ts']
  return execFileSync('npx', biome, { input: text, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] })
}
