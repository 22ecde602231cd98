import { type Kysely, sql } from 'kysely'
import type { SpecialUse } from '../stores/store.js'
import { afterPlace, HALF_OF_WIRE, hasNoId, isShown, NUMBER, TEXT } from './conditions.js'
import { IDENTITIES_AT_ONCE } from './repeated-copies.js'
import { HIDDEN, type IndexSchema } from './schema.js'

/** Folders that show messages of other folders: an object that lies elsewhere too is counted there. */
const VIEWS = ['\\All', '\\Flagged', '\\Important'] as const satisfies readonly SpecialUse[]

/** Which copies are one file system object. */
export function objects(db: Kysely<IndexSchema>) {
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

const SEVERAL: string[] = Array.from({ length: IDENTITIES_AT_ONCE }, () => TEXT)

/** What audits ask. */
export function questions(db: Kysely<IndexSchema>) {
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
  const inOrder = (identity: 'copy.key' | 'content.content') =>
    full
      .orderBy(identity)
      .orderBy('folder.ordinal')
      .orderBy('copy.position')
      .orderBy('copy.locator')
      .orderBy('copy.row')
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
    /** After an identity, or after a place among the copies of one. */
    copiesByKey: full
      .where('copy.key', '>=', TEXT)
      .where((eb) =>
        eb(
          eb.refTuple('copy.key', 'folder.ordinal', 'copy.position', 'copy.locator', 'copy.row'),
          '>',
          eb.tuple(sql.val(TEXT), sql.val(NUMBER), sql.val(NUMBER), sql.val(TEXT), sql.val(NUMBER)),
        ),
      )
      .orderBy('copy.key')
      .orderBy('folder.ordinal')
      .orderBy('copy.position')
      .orderBy('copy.locator')
      .orderBy('copy.row')
      .limit(NUMBER),
    /** From one identity on; in the order of the index that holds all of it. */
    outlines: db
      .selectFrom('copy')
      .select(['key', 'folder', 'locator', 'flags', 'size', 'headSum'])
      .select(HALF_OF_WIRE.as('wire'))
      .where('key', '>', TEXT)
      .where(isShown)
      .orderBy('key')
      .orderBy('folder')
      .orderBy('locator')
      .limit(NUMBER),
    /** Folders in which an object is seen whose copies there are left out. */
    otherFolders: db
      .selectFrom('copy')
      .innerJoin('folder', 'folder.number', 'copy.folder')
      .select('folder.name')
      .distinct()
      .where('copy.object', '=', TEXT)
      .where((eb) => eb.and([eb('copy.hidden', '=', eb.lit(HIDDEN.alias)), eb('folder.chosen', '=', eb.lit(1))])),
    copyAt: full.where('copy.folder', '=', NUMBER).where('copy.locator', '=', TEXT),
    copiesOfContent: byPlace.where('content.content', '=', TEXT),
    /** Of several identities at once, together and in their order. */
    copiesOfKeys: inOrder('copy.key').where('copy.key', 'in', SEVERAL),
    copiesOfContents: inOrder('content.content').where('content.content', 'in', SEVERAL),
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
        eb.fn.min('date').as('oldest'),
        eb.fn.max('date').as('newest'),
      ])
      .where((eb) => eb('hidden', '=', eb.lit(HIDDEN.no)))
      .groupBy('folder'),
  }
}

/** Flags stand between blanks, so that one is no part of another. */
const hasFlag = (flag: string) => sql<number>`(instr(' ' || "flags" || ' ', ${sql.lit(` ${flag} `)}) > 0)`
