import { type Kysely, sql } from 'kysely'
import type { SpecialUse } from '../stores/store.js'
import { isShown, NUMBER, TEXT } from './query-parts.js'
import { HIDDEN, type IndexSchema } from './schema.js'

/** Folders that show messages of other folders: an object that lies elsewhere too is counted there. */
const VIEWS = ['\\All', '\\Flagged', '\\Important'] as const satisfies readonly SpecialUse[]

/** Copies that are one object. */
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
