import type { StoreIndex } from '../../index/store-index.js'
import { needVerdicts } from '../../index/verdicts.js'
import {
  differentCopies,
  mailOfHeaders,
  mailsOf,
  type PlaceOf,
  type ReadFacts,
  restsOnBodies,
  type Sides,
  unreadCopies,
  withDigests,
} from './mails.js'
import { type Ground, type Judged, PlaceJudge } from './places.js'

/** Judges identities one by one, on what the indexes know by now. */
export interface IdentityJudge {
  /** Whether bodies must have been read for it. */
  restsOnBodies(sides: Sides): boolean
  /** Has read what the judgements of these rest on. */
  read(open: readonly Sides[]): Promise<void>
  judge(sides: Sides): Judged
}

export function identityJudge(
  master: StoreIndex,
  slave: StoreIndex,
  known: Omit<Ground, 'verdict' | 'otherFolders'>,
): IdentityJudge {
  const indexOf = ({ store }: { readonly store: string }): StoreIndex => (store === master.store ? master : slave)
  const facts: ReadFacts = {
    wire: (copy) => indexOf(copy).wire(copy),
    content: (copy) => indexOf(copy).content(copy),
  }
  const showTwice = new Set([master, slave].filter((index) => index.totals().sameObject > 0))
  const ground: Ground = {
    ...known,
    verdict: (kept, other) => indexOf(kept).verdict(kept, other),
    otherFolders: (copy) => (showTwice.has(indexOf(copy)) ? indexOf(copy).otherFolders(copy) : []),
  }
  const placeOf: PlaceOf = {
    master: ({ folder }) => ground.pairing.slaveOf(folder),
    slave: ({ folder }) => folder,
  }
  const mailsIn = (sides: Sides) => {
    if (!restsOnBodies(sides, placeOf)) return mailOfHeaders(sides)
    return mailsOf(withDigests(sides, facts), facts)
  }
  const judge = (sides: Sides): Judged => new PlaceJudge(sides, ground).judge(mailsIn(sides))
  return {
    restsOnBodies: (sides) => restsOnBodies(sides, placeOf),
    judge,
    read: async (open) => {
      const both = [master, slave]
      const unread = open.flatMap(unreadCopies)
      for (const index of both) await index.needWires(unread.filter(({ store }) => store === index.store))
      const unlike = open.flatMap((sides) => differentCopies(withDigests(sides, facts)))
      for (const index of both) await index.needContents(unlike.filter(({ store }) => store === index.store))
      await needVerdicts(
        both,
        open.flatMap((sides) => judge(sides).needs),
      )
    },
  }
}
