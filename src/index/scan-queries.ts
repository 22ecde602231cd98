import { type Kysely, sql } from 'kysely'
import { afterPlace, HALF_OF_WIRE, NUMBER, TEXT } from './conditions.js'
import { HIDDEN, type IndexSchema } from './schema.js'

/** What the index consists of. */
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
      .addColumn('generation', 'text')
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
      .addColumn('headSum', 'integer', (column) => column.notNull())
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
    locatorIndex: schema.createIndex('copyLocator').ifNotExists().on('copy').columns(['locator', 'folder']),
    keyIndex: schema.createIndex('copyKey').ifNotExists().on('copy').columns(['key', 'folder', 'hidden']),
    /** Holds all that `outlines` asks for. */
    outlineIndex: schema
      .createIndex('copyOutline')
      .ifNotExists()
      .on('copy')
      .expression(sql`"key", "folder", "locator", "hidden", "flags", "size", "headSum", ${HALF_OF_WIRE}`),
    objectIndex: schema.createIndex('copyObject').ifNotExists().on('copy').columns(['object']),
    contentIndex: schema.createIndex('contentContent').ifNotExists().on('content').columns(['content']),
  }
}

/** What a scan looks up and writes. */
export function scanning(db: Kysely<IndexSchema>) {
  return {
    readMeta: db.selectFrom('meta').select(['name', 'value']),
    writeMeta: db.insertInto('meta').values({ name: TEXT, value: TEXT }),
    folders: db
      .selectFrom('folder')
      .select([
        'number',
        'name',
        'specialUse',
        'ordinal',
        'chosen',
        'state',
        'generation',
        'messages',
        'octets',
        'noId',
      ])
      .orderBy('ordinal')
      .orderBy('number'),
    addFolder: db.insertInto('folder').values({ name: TEXT, specialUse: TEXT, ordinal: NUMBER, chosen: NUMBER }),
    placeFolder: db
      .updateTable('folder')
      .set({ specialUse: TEXT, ordinal: NUMBER, chosen: NUMBER })
      .where('number', '=', NUMBER),
    forgetState: db
      .updateTable('folder')
      .set((eb) => ({ state: eb.lit(null) }))
      .where('number', '=', NUMBER),
    settleFolder: db
      .updateTable('folder')
      .set({ state: TEXT, generation: TEXT, messages: NUMBER, octets: NUMBER, noId: NUMBER })
      .where('number', '=', NUMBER),
    removeFolder: db.deleteFrom('folder').where('number', '=', NUMBER),
    lastRow: db.selectFrom('copy').select((eb) => eb.fn.coalesce(eb.fn.max('row'), eb.lit(0)).as('row')),
    addCopy: db.insertInto('copy').values({
      row: NUMBER,
      folder: NUMBER,
      position: NUMBER,
      locator: TEXT,
      key: TEXT,
      wire: TEXT,
      size: NUMBER,
      date: NUMBER,
      received: NUMBER,
      sender: TEXT,
      subject: TEXT,
      flags: TEXT,
      traceFields: NUMBER,
      boundsInDoubt: NUMBER,
      stamp: TEXT,
      object: TEXT,
      otherNames: NUMBER,
      emailId: TEXT,
      lateWire: TEXT,
      headSum: NUMBER,
    }),
    /** What was made of the body of a copy that another row proves to be the same: its digest, its identity, its content. */
    carryWire: db
      .updateTable('copy')
      .set((eb) => ({
        lateWire: eb.selectFrom('copy as before').select('before.lateWire').where('before.row', '=', NUMBER),
        key: eb.fn.coalesce(
          'copy.key',
          eb.selectFrom('copy as before').select('before.key').where('before.row', '=', NUMBER),
        ),
      }))
      .where('copy.row', '=', NUMBER),
    carryContent: db
      .insertInto('content')
      .columns(['row', 'content', 'octets', 'isWhole'])
      .expression((eb) =>
        eb
          .selectFrom('content as before')
          .select([
            sql<number>`cast(${NUMBER} as integer)`.as('row'),
            'before.content',
            'before.octets',
            'before.isWhole',
          ])
          .where('before.row', '=', NUMBER),
      ),
    knownCopies: db
      .selectFrom('copy')
      .select(['position', 'locator', 'row', 'flags', 'stamp'])
      .where('folder', '=', NUMBER)
      .where('row', '<=', NUMBER)
      .where(afterPlace)
      .orderBy('position')
      .orderBy('locator')
      .orderBy('row')
      .limit(NUMBER),
    rowsOfFolder: db
      .selectFrom('copy')
      .select(['position', 'locator', 'row', 'hidden'])
      .where('folder', '=', NUMBER)
      .where('row', '<=', NUMBER)
      .where(afterPlace)
      .orderBy('position')
      .orderBy('locator')
      .orderBy('row')
      .limit(NUMBER),
    removeCopy: db.deleteFrom('copy').where('row', '=', NUMBER).returning(['size', 'key']),
    removeCopies: db.deleteFrom('copy').where('folder', '=', NUMBER).where('row', '<=', NUMBER),
    reflag: db.updateTable('copy').set({ flags: TEXT }).where('row', '=', NUMBER),
    hide: db.updateTable('copy').set({ hidden: NUMBER }).where('row', '=', NUMBER),
    showUnseen: db
      .updateTable('copy')
      .set((eb) => ({ hidden: eb.lit(HIDDEN.no) }))
      .where('folder', '=', NUMBER)
      .where((eb) => eb.and([eb('hidden', '=', eb.lit(HIDDEN.unseen)), eb('hidden', '<>', eb.lit(HIDDEN.no))])),
    countFolder: db
      .selectFrom('copy')
      .select((eb) => [
        eb.fn.countAll().as('messages'),
        eb.fn.coalesce(eb.fn.sum('size'), eb.lit(0)).as('octets'),
        eb.fn.coalesce(eb.fn.sum(sql<number>`"key" is null or "key" >= '='`), eb.lit(0)).as('noId'),
      ])
      .where('folder', '=', NUMBER)
      .where((eb) => eb('hidden', '<>', eb.lit(HIDDEN.unseen))),
  }
}
