import { type Kysely, sql } from 'kysely'
import { HIDDEN, type IndexSchema } from './schema.js'

/** The tables of the index, and what makes them fast to ask. */
export function tables(db: Kysely<IndexSchema>) {
  const { schema } = db
  return {
    createMeta: schema
      .createTable('meta')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('value', 'text', (column) => column.notNull()),
    createFolder: schema
      .createTable('folder')
      .addColumn('number', 'integer', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull().unique())
      .addColumn('specialUse', 'text')
      .addColumn('ordinal', 'integer', (column) => column.notNull())
      .addColumn('chosen', 'integer', (column) => column.notNull())
      .addColumn('state', 'text')
      .addColumn('messages', 'integer', (column) => column.notNull().defaultTo(sql.lit(0)))
      .addColumn('octets', 'integer', (column) => column.notNull().defaultTo(sql.lit(0)))
      .addColumn('noId', 'integer', (column) => column.notNull().defaultTo(sql.lit(0))),
    createCopy: schema
      .createTable('copy')
      .addColumn('row', 'integer', (column) => column.primaryKey())
      .addColumn('folder', 'integer', (column) => column.notNull())
      .addColumn('position', 'integer', (column) => column.notNull())
      .addColumn('locator', 'text', (column) => column.notNull())
      .addColumn('key', 'text')
      .addColumn('wire', 'text')
      .addColumn('size', 'integer', (column) => column.notNull())
      .addColumn('date', 'integer')
      .addColumn('received', 'integer')
      .addColumn('sender', 'text', (column) => column.notNull())
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('flags', 'text', (column) => column.notNull())
      .addColumn('traceFields', 'integer', (column) => column.notNull())
      .addColumn('boundsInDoubt', 'integer', (column) => column.notNull())
      .addColumn('stamp', 'text', (column) => column.notNull())
      .addColumn('object', 'text', (column) => column.notNull())
      .addColumn('otherNames', 'integer', (column) => column.notNull())
      .addColumn('emailId', 'text')
      .addColumn('lateWire', 'text')
      .addColumn('hidden', 'integer', (column) => column.notNull().defaultTo(sql.lit(0))),
    createContent: schema
      .createTable('content')
      .addColumn('row', 'integer', (column) => column.primaryKey().references('copy.row').onDelete('cascade'))
      .addColumn('content', 'text', (column) => column.notNull())
      .addColumn('octets', 'integer', (column) => column.notNull())
      .addColumn('isWhole', 'integer', (column) => column.notNull()),
    createDifference: schema
      .createTable('difference')
      .addColumn('kept', 'text', (column) => column.notNull())
      .addColumn('other', 'text', (column) => column.notNull())
      .addColumn('verdict', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('differencePair', ['kept', 'other']),
    createOtherNamesIndex: schema
      .createIndex('copyOtherNames')
      .on('copy')
      .columns(['object'])
      .where(sql.ref('otherNames'), '=', sql.lit(1)),
    createHiddenIndex: schema
      .createIndex('copyHidden')
      .on('copy')
      .columns(['folder', 'hidden'])
      .where(sql.ref('hidden'), '<>', sql.lit(HIDDEN.no)),
    createNoIdIndex: schema
      .createIndex('copyNoId')
      .on('copy')
      .columns(['hidden', 'folder', 'position', 'locator'])
      .where(sql<boolean>`"key" is null or "key" >= '='`),
    /** Made when a question needs them: after a bulk load that is cheaper than keeping them up during it. */
    placeIndex: schema.createIndex('copyPlace').ifNotExists().on('copy').columns(['folder', 'position', 'locator']),
    keyIndex: schema.createIndex('copyKey').ifNotExists().on('copy').columns(['key', 'folder', 'hidden']),
    objectIndex: schema.createIndex('copyObject').ifNotExists().on('copy').columns(['object']),
    contentIndex: schema.createIndex('contentContent').ifNotExists().on('content').columns(['content']),
  }
}
