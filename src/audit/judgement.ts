import type { IndexedCopy } from '../index/copy-index.js'
import type { IndexedContent, Verdict } from '../index/store-index.js'
import type { Pair } from '../index/verdicts.js'
import type { Digest } from '../message/message.js'
import { DUPLICATE_CLASSES, type DuplicateClass, type DuplicateGroup, type JudgedCopy } from './findings.js'
import type { Copies } from './identity-groups.js'
import { chooseKept, type KeepRule } from './keep-rules.js'
import { type LikenedCopy, likenCopies } from './likeness.js'
import { whyLeftAlone } from './standing.js'

/** What is known of the messages of a group, as far as the index had them read. */
export interface Knowledge {
  readonly wire: (copy: IndexedCopy) => Digest | null
  readonly content: (copy: IndexedCopy) => IndexedContent | null
  readonly verdict: (kept: IndexedCopy, other: IndexedCopy) => Verdict | null
}

/** Copies that are surely one mail: they have the same octets or one `content` digest. */
interface Cluster {
  /** The first of them by place; stands for all where messages are compared. */
  readonly first: IndexedCopy
  readonly members: Member[]
  /** null: the messages could not be read. */
  readonly content: Digest | null
  /** A comparison showed that something is lacking that another copy has. */
  lacks: boolean
}

interface Member {
  readonly copy: IndexedCopy
  readonly cluster: Cluster
  /** Equal for copies with the same octets. */
  readonly octets: string
  /** The content of the first copy with the same octets. */
  readonly content: IndexedContent | null
}

/** How the clusters differ from the kept one's; null: not compared yet. Those that could not be read are not in it. */
type Verdicts = ReadonlyMap<Cluster, Verdict | null>

/** A group judged as far as can be, and what must be compared to judge it in full. */
export interface Judgement {
  readonly group: DuplicateGroup
  /** Empty: the judgement is final. */
  readonly needs: readonly Pair[]
}

/** How often another copy is chosen, since the one chosen proved to lack something. */
const MAX_CHOICES = 8

/** The copies whose content decides how a group is judged: one of each that have the same octets; none where all have. */
export function deciders(copies: Copies, { wire }: Pick<Knowledge, 'wire'>): readonly IndexedCopy[] {
  return [...decidersByOctets(likenCopies(copies, wire)).values()]
}

function decidersByOctets(likened: readonly LikenedCopy[]): ReadonlyMap<string, IndexedCopy> {
  const firsts = new Map<string, IndexedCopy>()
  for (const { copy, octets } of likened) if (!firsts.has(octets)) firsts.set(octets, copy)
  if (firsts.size === 1) firsts.clear()
  return firsts
}

/**
 * Judges the copies of one identity: chooses the one that stays, classes the others against it, and says which of them are
 * there in vain, since one that is surely the same mail stays. Work grows with the number of copies, not with its square.
 */
export function judgeGroup(id: string | null, copies: Copies, rules: readonly KeepRule[], known: Knowledge): Judgement {
  const members = clusterCopies(copies, known)
  for (let choice = 1; ; choice++) {
    const { candidate: kept, rule } = chooseMember(members, rules)
    const verdicts = compareClusters(kept.cluster, members, known)
    const lacks = [...verdicts.values()].some((verdict) => verdict?.truncated === 'kept')
    if (lacks && choice < MAX_CHOICES && rules.some(({ name }) => name === 'whole')) {
      kept.cluster.lacks = true
      continue
    }
    const unknown = [...verdicts].filter(([, verdict]) => verdict === null)
    return {
      group: describeGroup(id, members, kept, rule, verdicts, rules),
      needs: unknown.map(([{ first }]) => ({ kept: kept.cluster.first, other: first })),
    }
  }
}

function clusterCopies(copies: Copies, known: Knowledge): readonly Member[] {
  const likened = likenCopies(copies, known.wire)
  const contents = new Map<string, IndexedContent | null>()
  for (const [octets, copy] of decidersByOctets(likened)) contents.set(octets, known.content(copy))
  const clusters = new Map<string, Cluster>()
  return likened.map(({ copy, octets }) => {
    const own = contents.get(octets) ?? null
    const key = own?.content ?? octets
    const cluster = clusters.get(key) ?? { first: copy, members: [], content: own?.content ?? null, lacks: false }
    clusters.set(key, cluster)
    const member: Member = { copy, cluster, octets, content: own }
    cluster.members.push(member)
    return member
  })
}

/** Nothing is known of how whole copies are that all have the same octets: they are equally whole. */
function wholenessOf({ cluster, content }: Member): number {
  if (content === null) return 0
  if (cluster.lacks) return 1
  return content.isWhole ? 3 : 2
}

function chooseMember(members: readonly Member[], rules: readonly KeepRule[]) {
  const [first, ...others] = members.map((member) => ({ ...member, wholeness: wholenessOf(member) }))
  if (first === undefined) throw new RangeError('a group has copies')
  return chooseKept([first, ...others], rules)
}

function compareClusters(kept: Cluster, members: readonly Member[], { verdict }: Knowledge): Verdicts {
  const verdicts = new Map<Cluster, Verdict | null>()
  for (const { cluster } of members) {
    if (cluster === kept || verdicts.has(cluster) || cluster.content === null || kept.content === null) continue
    verdicts.set(cluster, verdict(kept.first, cluster.first))
  }
  return verdicts
}

function describeGroup(
  id: string | null,
  members: readonly Member[],
  kept: Member,
  rule: string,
  verdicts: Verdicts,
  rules: readonly KeepRule[],
): DuplicateGroup {
  const staying = new Map<Cluster, IndexedCopy>()
  for (const cluster of new Set(members.map((member) => member.cluster)))
    staying.set(cluster, cluster === kept.cluster ? kept.copy : chooseMember(cluster.members, rules).candidate.copy)
  const others = members.filter(({ copy }) => copy !== kept.copy)
  const judged = others.map((member) =>
    judgeMember(member, kept, verdicts, staying.get(member.cluster) === member.copy),
  )
  const [first, ...rest] = judged
  if (first === undefined) throw new RangeError('a group has two copies')
  const stays: JudgedCopy = { copy: shown(kept), keep: true, class: null, reason: null, rule }
  return { id, class: leastAlike(judged), copies: [stays, first, ...rest] }
}

function judgeMember(member: Member, kept: Member, verdicts: Verdicts, staysInCluster: boolean): JudgedCopy {
  const [likeness, difference] = classify(member, kept, verdicts)
  const alone = staysInCluster ? null : whyLeftAlone(member.copy)
  return {
    copy: shown(member),
    keep: staysInCluster || alone !== null,
    class: likeness,
    reason: difference ?? alone,
    rule: null,
  }
}

function classify(member: Member, kept: Member, verdicts: Verdicts): readonly [DuplicateClass, Verdict['reason']] {
  if (member.octets === kept.octets) return ['identical', null]
  if (member.cluster === kept.cluster) return ['same-content', null]
  const verdict = verdicts.get(member.cluster)
  return verdict ? [verdict.class, verdict.reason] : ['unverified', null]
}

function leastAlike(judged: readonly JudgedCopy[]): DuplicateClass {
  const grades = judged.map(({ class: likeness }) => DUPLICATE_CLASSES.indexOf(likeness ?? 'identical'))
  return DUPLICATE_CLASSES[grades.reduce((a, b) => Math.max(a, b))] ?? 'unverified'
}

/** The content digest is shown where it decided: in a group whose copies are not all identical. */
function shown({ copy, content }: Member): IndexedCopy {
  return content === null ? copy : { ...copy, content: content.content }
}
