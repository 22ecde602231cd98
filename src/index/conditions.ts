import { type ExpressionBuilder, sql } from 'kysely'
import { HIDDEN, type IndexSchema } from './schema.js'

/** A value given when the statement runs. */
export const TEXT = ''
export const NUMBER = 0

/** 128 bits of the digest. */
export const HALF_OF_WIRE = sql<string | null>`substr("wire", 1, 32)`

export const isShown = (eb: ExpressionBuilder<IndexSchema, 'copy'>) =>
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
export const hasNoId = (eb: ExpressionBuilder<IndexSchema, 'copy'>) =>
  eb.or([eb('copy.key', 'is', null), eb('copy.key', '>=', sql.lit('='))])

export const afterPlace = (eb: ExpressionBuilder<IndexSchema, 'copy'>) =>
  eb(
    eb.refTuple('copy.position', 'copy.locator', 'copy.row'),
    '>',
    eb.tuple(sql.val(NUMBER), sql.val(TEXT), sql.val(NUMBER)),
  )
