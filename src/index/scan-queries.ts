import { type Kysely, sql } from 'kysely'
import { afterPlace, NUMBER, TEXT } from './query-parts.js'
import { HIDDEN, type IndexSchema } from './schema.js'

/** What a scan asks and writes. */
export function scanning(db: Kysely<IndexSchema>) {
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
