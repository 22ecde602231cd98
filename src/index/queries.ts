import { type CompiledQuery, type Dialect, type ExpressionBuilder, Kysely, sql } from 'kysely'
import type { SpecialUse } from '../stores/store.js'
import { HIDDEN, type IndexSchema } from './schema.js'

interface Compilable {
  compile(): CompiledQuery
}

/** A value given when the statement runs. */
const TEXT = ''
const NUMBER = 0

const isShown = (eb: ExpressionBuilder<IndexSchema, 'copy'>) =>
  eb.and([
    eb('copy.hidden', '=', eb.lit(HIDDEN.no)),
    // `coalesce` keeps a planner from walking by folder instead of by the sorted key that is asked for.
    eb(
      eb.fn.coalesce('copy.folder', eb.lit(0)),
      'in',
      eb
        .selectFrom('folder')
        .select('folder.number')
        .where((inner) => inner('folder.chosen', '=', inner.lit(1))),
    ),
  ])

/** No ID: identities made from digests sort behind those that begin with `<`. */
const hasNoId = (eb: ExpressionBuilder<IndexSchema, 'copy'>) =>
  eb.or([eb('copy.key', 'is', null), eb('copy.key', '>=', sql.lit('='))])

const afterPlace = (eb: ExpressionBuilder<IndexSchema, 'copy'>) =>
  eb(
    eb.refTuple('copy.position', 'copy.locator', 'copy.row'),
    '>',
    eb.tuple(sql.val(NUMBER), sql.val(TEXT), sql.val(NUMBER)),
  )

function tables(db: Kysely<IndexSchema>) {
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

function scanning(db: Kysely<IndexSchema>) {
  return {
    readMeta: db.selectFrom('meta').select(['name', 'value']),
    writeMeta: db.insertInto('meta').values({ name: TEXT, value: TEXT }),
    folders: db
      .selectFrom('folder')
      .select(['number', 'name', 'specialUse', 'ordinal', 'chosen', 'state', 'messages', 'octets', 'noId'])
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
      .set({ state: TEXT, messages: NUMBER, octets: NUMBER, noId: NUMBER })
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

/** Folders that show messages of other folders: an object that lies elsewhere too is counted there. */
const VIEWS = ['\\All', '\\Flagged', '\\Important'] as const satisfies readonly SpecialUse[]

function objects(db: Kysely<IndexSchema>) {
  const ranked = db
    .selectFrom('copy')
    .innerJoin('folder', 'folder.number', 'copy.folder')
    .select(['copy.row', 'copy.hidden'])
    .select(
      sql<number>`row_number() over (partition by "copy"."object" order by coalesce("folder"."specialUse" in (${sql.join(VIEWS.map((use) => sql.lit(use)))}), 0), "folder"."ordinal", "copy"."position", "copy"."locator", "copy"."row")`.as(
        'nth',
      ),
    )
    .where((eb) =>
      eb.and([
        // What a symbolic link leads to does not know of it.
        eb(
          'copy.object',
          'in',
          eb.selectFrom('copy as named').select('named.object').where('named.otherNames', '=', eb.lit(1)),
        ),
        eb('copy.hidden', '<>', eb.lit(HIDDEN.unseen)),
        eb('folder.chosen', '=', eb.lit(1)),
      ]),
    )
  return {
    anyOtherNames: db
      .selectFrom('copy')
      .select('row')
      .where((eb) => eb('otherNames', '=', eb.lit(1)))
      .limit(NUMBER),
    anyElsewhere: db
      .selectFrom('copy')
      .select('row')
      .where((eb) => eb.and([eb('hidden', '=', eb.lit(HIDDEN.elsewhere)), eb('hidden', '<>', eb.lit(HIDDEN.no))]))
      .limit(NUMBER),
    showAliases: db
      .updateTable('copy')
      .set((eb) => ({ hidden: eb.lit(HIDDEN.no) }))
      .where((eb) => eb.and([eb('hidden', '<>', eb.lit(HIDDEN.no)), eb('hidden', '<>', eb.lit(HIDDEN.unseen))])),
    hideAliases: db
      .updateTable('copy')
      .set((eb) => ({ hidden: eb.lit(HIDDEN.alias) }))
      .where(
        'row',
        'in',
        db
          .selectFrom(ranked.as('ranked'))
          .select('row')
          .where((eb) => eb('nth', '>', eb.lit(1))),
      ),
    objectsFrom: db
      .selectFrom('copy')
      .select(['object', 'row'])
      .where(isShown)
      .where((eb) => eb(eb.refTuple('object', 'row'), '>', eb.tuple(sql.val(TEXT), sql.val(NUMBER))))
      .orderBy('object')
      .orderBy('row')
      .limit(NUMBER),
    /** Copies that are left out since their object is counted elsewhere. */
    countHidden: db
      .selectFrom('copy')
      .innerJoin('folder', 'folder.number', 'copy.folder')
      .select((eb) => [
        'copy.folder',
        eb.fn.countAll().as('messages'),
        eb.fn.sum('copy.size').as('octets'),
        eb.fn.sum(sql<number>`"copy"."key" is null or "copy"."key" >= '='`).as('noId'),
      ])
      .where((eb) =>
        eb.and([
          eb('copy.hidden', '<>', eb.lit(HIDDEN.no)),
          eb('copy.hidden', '<>', eb.lit(HIDDEN.unseen)),
          eb('folder.chosen', '=', eb.lit(1)),
        ]),
      )
      .groupBy('copy.folder'),
  }
}

function questions(db: Kysely<IndexSchema>) {
  const full = db
    .selectFrom('copy')
    .innerJoin('folder', 'folder.number', 'copy.folder')
    .leftJoin('content', 'content.row', 'copy.row')
    .select([
      'copy.row',
      'copy.position',
      'copy.locator',
      'copy.key',
      'copy.wire',
      'content.content',
      'copy.size',
      'copy.date',
      'copy.received',
      'copy.sender',
      'copy.subject',
      'copy.flags',
      'copy.traceFields',
      'copy.boundsInDoubt',
      'copy.object',
      'copy.emailId',
      'copy.lateWire',
      'folder.name',
      'folder.specialUse',
    ])
    .where((eb) => eb.and([eb('copy.hidden', '=', eb.lit(HIDDEN.no)), eb('folder.chosen', '=', eb.lit(1))]))
  const byPlace = full.orderBy('folder.ordinal').orderBy('copy.position').orderBy('copy.locator').orderBy('copy.row')
  const inFolder = full
    .where('copy.folder', '=', NUMBER)
    .where(afterPlace)
    .orderBy('copy.position')
    .orderBy('copy.locator')
    .orderBy('copy.row')
  const keys = db
    .selectFrom('copy')
    .select((eb) => ['copy.key', eb.fn.countAll().as('copies')])
    .where(isShown)
    .where('copy.key', '>', TEXT)
    .groupBy('copy.key')
    .orderBy('copy.key')
  const contents = db
    .selectFrom('content')
    .innerJoin('copy', 'copy.row', 'content.row')
    .select((eb) => ['content.content', eb.fn.countAll().as('copies')])
    .where(isShown)
    .where('content.content', '>', TEXT)
    .groupBy('content.content')
    .orderBy('content.content')
  const placed = db
    .selectFrom('copy')
    .select(['copy.position', 'copy.locator', 'copy.row', 'copy.key', 'copy.date', 'copy.wire', 'copy.lateWire'])
    .where('copy.folder', '=', NUMBER)
    .where((eb) => eb('copy.hidden', '=', eb.lit(HIDDEN.no)))
    .where(afterPlace)
    .orderBy('copy.position')
    .orderBy('copy.locator')
    .orderBy('copy.row')
    .limit(NUMBER)
  const unread = placed.leftJoin('content', 'content.row', 'copy.row').where('content.row', 'is', null)
  const isRepeated = sql<boolean>`count(*) > 1`
  return {
    copiesInFolder: inFolder.limit(NUMBER),
    copiesWithoutId: inFolder.where(hasNoId).limit(NUMBER),
    copiesAt: byPlace.where('copy.locator', '=', TEXT),
    copiesOfKey: byPlace.where('copy.key', '=', TEXT),
    copiesOfContent: byPlace.where('content.content', '=', TEXT),
    keysFrom: keys.limit(NUMBER),
    repeatedKeysFrom: keys.having(isRepeated).limit(NUMBER),
    contentsFrom: contents.limit(NUMBER),
    repeatedContentsFrom: contents.having(isRepeated).limit(NUMBER),
    /** Copies whose content no question asked for yet, in one folder. */
    unread,
    unreadWithoutId: unread.where(hasNoId),
    /** Copies of which the header alone was read, in one folder. */
    withoutWire: placed.where('copy.wire', 'is', null).where('copy.lateWire', 'is', null),
    lateWire: db.selectFrom('copy').select('lateWire').where('row', '=', NUMBER),
    keepWire: db.updateTable('copy').set({ lateWire: TEXT }).where('row', '=', NUMBER),
    content: db.selectFrom('content').select(['content', 'octets', 'isWhole']).where('row', '=', NUMBER),
    addContent: db
      .insertInto('content')
      .values({ row: NUMBER, content: TEXT, octets: NUMBER, isWhole: NUMBER })
      .onConflict((conflict) => conflict.column('row').doNothing()),
    nameCopy: db.updateTable('copy').set({ key: TEXT }).where('row', '=', NUMBER),
    difference: db.selectFrom('difference').select('verdict').where('kept', '=', TEXT).where('other', '=', TEXT),
    addDifference: db
      .insertInto('difference')
      .values({ kept: TEXT, other: TEXT, verdict: TEXT })
      .onConflict((conflict) => conflict.columns(['kept', 'other']).doNothing()),
    folderFacts: db
      .selectFrom('copy')
      .select((eb) => [
        'folder',
        eb.fn
          .coalesce(eb.fn.sum(sql<number>`${hasFlag('\\Seen')} = 0 and ${hasFlag('\\Deleted')} = 0`), eb.lit(0))
          .as('unseen'),
        eb.fn.coalesce(eb.fn.sum(sql<number>`${hasFlag('\\Deleted')}`), eb.lit(0)).as('deleted'),
        eb.fn.countAll().as('messages'),
        eb.fn.coalesce(eb.fn.sum('size'), eb.lit(0)).as('octets'),
        eb.fn.coalesce(eb.fn.sum(sql<number>`"key" is null or "key" >= '='`), eb.lit(0)).as('noId'),
        eb.fn.min('date').as('oldest'),
        eb.fn.max('date').as('newest'),
      ])
      .where((eb) => eb('hidden', '=', eb.lit(HIDDEN.no)))
      .groupBy('folder'),
  }
}

/** Flags stand between blanks, so that one is no part of another. */
const hasFlag = (flag: string) => sql<number>`(instr(' ' || "flags" || ' ', ${sql.lit(` ${flag} `)}) > 0)`

/** Every statement of the index. The values given to it when it runs are those that stand empty here, in this order. */
function allQueries(db: Kysely<IndexSchema>): Record<string, Compilable> {
  return { ...tables(db), ...scanning(db), ...objects(db), ...questions(db) }
}

/** The text of every statement in the language of `dialect`. */
export function compileQueries(dialect: Dialect): Record<string, string> {
  const db = new Kysely<IndexSchema>({ dialect })
  return Object.fromEntries(Object.entries(allQueries(db)).map(([name, query]) => [name, query.compile().sql]))
}
