import type { IndexedCopy } from '../../index/copy-index.js'
import type { Verdict } from '../../index/store-index.js'
import type { Pair } from '../../index/verdicts.js'
import type { FolderName } from '../../stores/store.js'
import type { FolderPairing } from '../folder-pairs.js'
import type { ChangedReason, CompareOptions, Difference, DifferenceKind } from './comparison.js'
import { flagDifference } from './flags.js'
import { byMail, byPlace, candidatePairs, inPlaceOrder, type Left } from './left-mails.js'
import type { Mail, Sides } from './mails.js'
import type { Readings } from './readings.js'

/** What places are judged by. */
export interface Ground {
  readonly pairing: FolderPairing
  readonly readings: { readonly master: Readings; readonly slave: Readings }
  readonly keepsFlag: CompareOptions['keepsFlag']
  /** Other folders in which the object of a copy is seen; it is counted in the copy's own. */
  readonly otherFolders: (copy: IndexedCopy) => readonly FolderName[]
  readonly verdict: (kept: IndexedCopy, other: IndexedCopy) => Verdict | null
}

/** What is said of the mails of one identity. */
export interface Judged {
  readonly told: readonly Difference[]
  /** What nothing can be said of, since a folder on the other side was not read in full. */
  readonly unjudged: { readonly master: readonly Left[]; readonly slave: readonly Left[] }
  /** What must be compared to say it in full. */
  readonly needs: readonly Pair[]
}

/** Says of each mail of an identity, folder by folder, what is so; says the same with the sides turned round. */
export class PlaceJudge {
  readonly #ground: Ground
  readonly #sides: Sides
  readonly #told: Difference[] = []
  readonly #needs: Pair[] = []
  readonly #unjudged: { readonly master: Left[]; readonly slave: Left[] } = { master: [], slave: [] }

  constructor(sides: Sides, ground: Ground) {
    this.#ground = ground
    this.#sides = sides
  }

  judge(mails: readonly Mail[]): Judged {
    const master: Left[] = []
    const slave: Left[] = []
    for (const mail of mails) this.#pairPlaces(mail, master, slave)
    const [sureMaster, sureSlave] = [this.#sureOfSlave(master), this.#sureOfMaster(slave)]
    const apart = this.#move(sureMaster, sureSlave)
    const [missing, extra] = this.#change(apart.master, apart.slave)
    for (const left of missing) this.#tell('missing', null, left, null)
    for (const left of extra) this.#tell('extra', null, null, left)
    return { told: this.#told, unjudged: this.#unjudged, needs: this.#needs }
  }

  /** Pairs the mail where it lies in folders that pair, and says of it what is otherwise there. */
  #pairPlaces(mail: Mail, master: Left[], slave: Left[]): void {
    const { pairing, keepsFlag } = this.#ground
    const here = byPlace(mail, mail.master, ({ folder }) => pairing.slaveOf(folder))
    const there = byPlace(mail, mail.slave, ({ folder }) => folder)
    for (const [place, left] of here) {
      const partner = there.get(place)
      if (partner === undefined) continue
      here.delete(place)
      there.delete(place)
      const sides = {
        masterFolder: left.copies[0].folder,
        slaveFolder: place,
        master: left.copies,
        slave: partner.copies,
      }
      const { add, remove } = flagDifference(sides, keepsFlag)
      const areCounted = left.copies.length !== partner.copies.length
      if (add.length + remove.length > 0) this.#tell('flags', null, left, partner)
      if (areCounted) this.#tell('copies', null, left, partner)
      else if (add.length + remove.length === 0) this.#tell('same', null, left, partner)
    }
    if (here.size + there.size > 0) this.#pairOtherNames(mail, here, there)
    master.push(...here.values())
    slave.push(...there.values())
  }

  /** A mail that one side has once and shows in several folders (hard links, labels) is in all of them. */
  #pairOtherNames(mail: Mail, here: Map<FolderName, Left>, there: Map<FolderName, Left>): void {
    const { pairing, otherFolders } = this.#ground
    for (const copy of mail.slave) {
      for (const place of otherFolders(copy)) {
        const left = here.get(place)
        if (left !== undefined) this.#tell('same', null, left, { mail, place, copies: [copy] })
        here.delete(place)
      }
    }
    for (const copy of mail.master) {
      for (const folder of otherFolders(copy)) {
        const left = there.get(pairing.slaveOf(folder))
        if (left !== undefined) this.#tell('same', null, { mail, place: left.place, copies: [copy] }, left)
        there.delete(pairing.slaveOf(folder))
      }
    }
  }

  #sureOfSlave(lefts: readonly Left[]): readonly Left[] {
    return lefts.filter((left) => {
      const isSure = this.#ground.readings.slave.isInFull(left.place)
      if (!isSure) this.#unjudged.master.push(left)
      return isSure
    })
  }

  #sureOfMaster(lefts: readonly Left[]): readonly Left[] {
    return lefts.filter((left) => {
      const isSure = this.#areMastersInFull(left.place)
      if (!isSure) this.#unjudged.slave.push(left)
      return isSure
    })
  }

  #areMastersInFull(place: FolderName): boolean {
    const { pairing, readings } = this.#ground
    const masters = pairing.mastersOf(place)
    const names = masters.length > 0 ? masters : [pairing.masterOf(place)]
    return names.every((folder) => readings.master.isInFull(folder))
  }

  /** A mail that is left on both sides has moved, each place of it to another. */
  #move(master: readonly Left[], slave: readonly Left[]): { master: readonly Left[]; slave: readonly Left[] } {
    const moved = new Set<Left>()
    const waiting = byMail(slave)
    for (const left of master) {
      const from = waiting.get(left.mail)?.shift()
      if (from === undefined) continue
      moved.add(left).add(from)
      this.#tell('moved', null, left, from)
    }
    return { master: master.filter((left) => !moved.has(left)), slave: slave.filter((left) => !moved.has(left)) }
  }

  /** Mails of one identity that are left in one folder pair, and are not the same mail. @returns what is left after that */
  #change(master: readonly Left[], slave: readonly Left[]): readonly [readonly Left[], readonly Left[]] {
    const done = new Set<Left>()
    for (const place of new Set(master.map((left) => left.place))) {
      const here = (lefts: readonly Left[], copies: readonly IndexedCopy[]) =>
        inPlaceOrder(
          lefts.filter((left) => left.place === place),
          copies,
        )
      const [masters, slaves] = [here(master, this.#sides.master), here(slave, this.#sides.slave)]
      const candidates = candidatePairs(masters, slaves)
        .map(([one, other]) => ({ one, other, change: this.#changeOf(one, other) }))
        .sort((a, b) => distanceOf(a) - distanceOf(b))
      for (const { one, other, change } of candidates) {
        if (done.has(one) || done.has(other)) continue
        done.add(one).add(other)
        this.#tell('changed', change, one, other)
      }
    }
    return [master.filter((left) => !done.has(left)), slave.filter((left) => !done.has(left))]
  }

  #changeOf(one: Left, other: Left): Change {
    const [kept, against] = [one.copies[0], other.copies[0]]
    if (kept.wire === null || against.wire === null) return UNVERIFIED
    const verdict = this.#ground.verdict(kept, against)
    if (verdict === null) this.#needs.push({ kept, other: against })
    if (verdict?.class === 'different') return { reason: 'different', lacking: null }
    if (verdict?.class !== 'modified') return UNVERIFIED
    const lacking = verdict.lacking === null ? null : verdict.lacking === 'kept' ? 'master' : 'slave'
    return { reason: verdict.reason ?? 'text', lacking }
  }

  #tell(kind: DifferenceKind, change: Change | null, master: Left | null, slave: Left | null): void {
    const { pairing } = this.#ground
    const copies = master?.copies ?? slave?.copies
    if (copies === undefined) return
    const [{ folder, id }] = copies
    this.#told.push({
      kind,
      reason: change?.reason ?? null,
      lacking: change?.lacking ?? null,
      identity: this.#sides.identity,
      id,
      masterFolder: master === null ? pairing.masterOf(folder) : folder,
      slaveFolder: master === null ? folder : master.place,
      master: master?.copies ?? [],
      slave: slave?.copies ?? [],
      evidence:
        kind === 'changed' && change?.reason !== 'unverified'
          ? 'digests'
          : ((master ?? slave)?.mail.evidence ?? 'headers'),
      inDoubt: this.#isInDoubt(kind, master, slave),
    })
  }

  #isInDoubt(kind: DifferenceKind, master: Left | null, slave: Left | null): boolean {
    const { readings } = this.#ground
    if (kind === 'missing') return readings.slave.notInFull.length > 0 || this.#unjudged.slave.length > 0
    if (kind === 'extra') return readings.master.notInFull.length > 0 || this.#unjudged.master.length > 0
    const isHere = slave === null || readings.slave.isInFull(slave.place)
    const isThere = master === null || (readings.slave.isInFull(master.place) && this.#areMastersInFull(master.place))
    return !isHere || !isThere || this.#unjudged.master.length + this.#unjudged.slave.length > 0
  }
}

type Change = Pick<Difference, 'lacking'> & { readonly reason: ChangedReason }

const UNVERIFIED: Change = { reason: 'unverified', lacking: null }

interface Candidate {
  readonly one: Left
  readonly other: Left
  readonly change: Change
}

/**
 * How far two mails are from being one. What is altered comes before what is another mail, what is there in full before what lacks
 * something, and what is flagged alike before the rest: so that a mail finds the one again that a sync has left it with.
 */
function distanceOf({ one, other, change: { reason, lacking } }: Candidate): number {
  const isModified = reason !== 'different' && reason !== 'unverified'
  const isFlaggedAlike = one.copies[0].flags.join(' ') === other.copies[0].flags.join(' ')
  return (isModified ? 0 : 4) + (lacking === null ? 0 : 2) + (isFlaggedAlike ? 0 : 1)
}
