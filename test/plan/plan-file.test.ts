import { describe, expect, it } from 'vitest'
import { digest, epochSeconds, messageId } from '../../src/message/message.js'
import type { Plan } from '../../src/plan/plan.js'
import { planLines, readPlan } from '../../src/plan/plan-file.js'
import { PlanMistakeError } from '../../src/plan/plan-mistake.js'
import type {
  CopyRef,
  CopyStep,
  DeleteStep,
  Draft,
  Expected,
  FlagsStep,
  Lacking,
  MoveStep,
  Step,
} from '../../src/plan/step.js'
import { stepId } from '../../src/plan/step-id.js'
import { StepSpool } from '../../src/plan/step-spool.js'
import { folderName, locator } from '../../src/stores/store.js'
import { headerFor } from '../support/planning.js'

const INBOX = folderName('INBOX')
const TRASH = folderName('Trash')
const at = (number: number, store = 'slave', folder = INBOX): CopyRef => ({
  store,
  folder,
  locator: locator(`uid=${number}`),
})
const expected: Expected = {
  identity: '<1@example.org>',
  id: messageId('<1@example.org>'),
  wire: digest('a'.repeat(64)),
  size: 120,
  date: epochSeconds(1_700_000_000),
  generation: '77',
}
const noId: Expected = { ...expected, identity: `content:${'b'.repeat(64)}`, id: null, wire: null, date: null }
const lacking = (folder = INBOX): Lacking => ({ store: 'slave', folder, identity: expected.identity, atMost: 0 })
const copy = (number: number): Draft<CopyStep> => ({
  ...{ op: 'copy', why: 'missing', from: at(number, 'master'), to: { store: 'slave', folder: INBOX } },
  ...{ expect: expected, flags: ['$Later', '\\Seen'], received: epochSeconds(-5), lacking: lacking() },
})
const remove = (number: number, safe: DeleteStep['safe'], why = 'extra'): Draft<DeleteStep> => ({
  ...{ op: 'delete', why, at: at(number), expect: noId, flags: [], received: null },
  ...{ safe, staysElsewhere: false },
})
const flags = (number: number): Draft<FlagsStep> => ({
  ...{ op: 'flags', why: '', at: at(number), expect: expected, had: ['\\Seen'], add: [], remove: ['\\Seen'] },
})
const follow = (number: number, store = 'master'): Draft<MoveStep> => ({
  ...{ op: 'move', why: 'moved', at: at(number), to: TRASH, expect: expected, lacking: lacking(TRASH) },
  follows: { ...at(number, store, TRASH), generation: '78' },
})
const first = copy(1)
const ALL: readonly Draft[] = [
  { op: 'renameFolder', why: 'renamed', at: { store: 'slave', folder: TRASH }, to: folderName('Bin') },
  { op: 'createFolder', why: 'new', at: { store: 'slave', folder: folderName('Gesendet/ä €') }, specialUse: '\\Sent' },
  { op: 'subscribe', why: 'new', at: { store: 'slave', folder: TRASH }, subscribed: true },
  { op: 'move', why: 'moved', at: at(8), to: TRASH, expect: expected, lacking: lacking(TRASH) },
  {
    ...{ op: 'move', why: 'moved', at: at(9), to: TRASH, expect: expected, lacking: lacking(TRASH) },
    flags: { had: [], add: ['\\Seen'], remove: [] },
  },
  follow(10),
  first,
  copy(2),
  flags(3),
  remove(4, { after: stepId(first) }),
  remove(5, { keptAs: at(6), expect: expected }),
  remove(7, { lacking: { ...lacking(), store: 'master', folder: null } }),
  { op: 'deleteFolder', why: 'extra', at: { store: 'slave', folder: folderName('A/B') } },
  { op: 'deleteFolder', why: 'extra', at: { store: 'slave', folder: folderName('A') } },
]

const header = headerFor('sync', ['master', 'slave'])

function planned(drafts: readonly Draft[]): readonly Step[] {
  using spool = new StepSpool()
  for (const draft of drafts) spool.add(draft)
  return [...spool.steps()]
}

const linesOf = (steps: readonly Step[], head: Plan['header'] = header): string[] =>
  [...planLines({ header: head, steps: () => steps })].map((line) => line.slice(0, -1))

/** A line of a plan after an edit. */
function edited(step: Draft | undefined, change: (step: Record<string, unknown>) => unknown): string {
  const held = JSON.parse(JSON.stringify(step))
  return JSON.stringify(change({ ...held, id: stepId(held) }) ?? held)
}

function mistakeOf(lines: readonly string[]): string {
  try {
    using plan = readPlan(lines, 'plan.jsonl')
    return `read: ${[...plan.steps()].length} steps`
  } catch (error) {
    if (!(error instanceof PlanMistakeError)) throw error
    expect([error.code, error.exitStatus]).toEqual(['USAGE', 2])
    return `${error.message} | ${error.hint}`
  }
}

describe('a plan file', () => {
  it('holds every kind of step, in order, and is read back as it was', () => {
    const steps = planned(ALL)
    expect(steps.map(({ op }) => op)).toEqual(ALL.map(({ op }) => op))
    using read = readPlan(linesOf(steps), 'plan.jsonl')
    expect(read.header).toEqual(header)
    expect([...read.steps()]).toEqual(steps)
    expect(read.counts).toMatchObject({ copy: 2, move: 3, delete: 3, flags: 1, deleteFolder: 2, bytes: 240 })
    expect(linesOf([...read.steps()])).toEqual(linesOf(steps))
  })

  it('is the same whether it is written from what was kept of the steps or from the steps themselves', () => {
    using spool = new StepSpool()
    for (const draft of [...ALL, { ...copy(9), why: '\u{1f600} \ud800 "\\ \u2028' }]) spool.add(draft)
    const kept = [...planLines(spool.toPlan(header))].map((line) => line.slice(0, -1))
    expect(kept).toEqual(linesOf([...spool.steps()]))
    expect(kept).toHaveLength(ALL.length + 2)
  })

  it('may lose steps and have them in any order; kinds come in theirs', () => {
    const steps = planned(ALL)
    const [, ...lines] = linesOf(steps)
    const turned = [JSON.stringify(header), '', ...lines.reverse().slice(2)]
    using read = readPlan(turned, 'plan.jsonl')
    const ops = [...read.steps()].map(({ op }) => op)
    expect(ops).toEqual(steps.slice(0, -2).map(({ op }) => op))
    expect([...read.steps()]).toEqual(expect.arrayContaining(steps.slice(0, -2)))
  })

  it('gives an edited step the id of what it says now, and names it so elsewhere', () => {
    const rest = remove(4, { after: stepId(first) })
    const line = edited(first, (step) => ({ ...step, flags: ['\\Flagged'] }))
    using read = readPlan([JSON.stringify(header), edited(rest, (step) => step), line], 'plan.jsonl')
    const [stored, gone] = [...read.steps()]
    expect(stored).toMatchObject({ op: 'copy', flags: ['\\Flagged'] })
    expect(stored?.id).not.toBe(stepId(first))
    expect(stored?.id).toBe(stored && stepId(stored))
    expect(gone).toMatchObject({ op: 'delete', safe: { after: stored?.id } })
  })

  it('gives an id to a step that was written by hand', () => {
    using read = readPlan([JSON.stringify(header), JSON.stringify(first)], 'plan.jsonl')
    expect([...read.steps()]).toEqual([{ ...first, id: stepId(first) }])
  })
})

const head = JSON.stringify(header)
const MISTAKES: readonly (readonly [name: string, lines: readonly string[], mistake: string])[] = [
  ['an empty file', [], 'plan.jsonl:1: the line is empty | Allowed there: a plan, whose first line is its header'],
  ['no JSON', [head, '{"op":'], 'plan.jsonl:2: the line is no JSON | Allowed there: one mapping in JSON a line'],
  ['no header', [JSON.stringify(first)], 'plan.jsonl:1: "op" is not known here | Allowed there: mbaudit, version,'],
  ['another version', [JSON.stringify({ ...header, version: 2 })], ':1: "version" is 2 | Allowed there: 1'],
  ['another command', [JSON.stringify({ ...header, command: 'rm' })], '"sync", "dedupe", "migrate" or "undo"'],
  ['a step that is none', [head, '7'], ':2: the line is 7 | Allowed there: a step, as a mapping'],
  [
    'an op that is none',
    [head, '', edited(first, (s) => ({ ...s, op: 'cpoy' }))],
    ':3: "op" is "cpoy" | Allowed there: "renameF',
  ],
  [
    'a field too many',
    [head, edited(first, (s) => ({ ...s, flag: [] }))],
    ':2: "flag" is not known here | Allowed there: id, op,',
  ],
  [
    'a field too few',
    [head, edited(first, ({ received: _, ...s }) => s)],
    '"received" is missing | Allowed there: whole seconds since 1970, or null',
  ],
  [
    'a field inside',
    [head, edited(first, (s) => ({ ...s, expect: { ...expected, size: '9' } }))],
    '"expect.size" is "9" | Allowed there: a whole number, 0 or more',
  ],
  [
    'a flag with a blank',
    [head, edited(first, (s) => ({ ...s, flags: ['\\Seen', 'a b'] }))],
    '"flags[1]" is "a b" | Allowed there: a flag without blanks',
  ],
  ['a flag that is a command', [head, edited(first, (s) => ({ ...s, flags: ['a\r\nb'] }))], '"flags[0]"'],
  [
    'a digest that is none',
    [head, edited(first, (s) => ({ ...s, expect: { ...expected, wire: 'x' } }))],
    '64 hexadecimal digits, or null',
  ],
  [
    'an identity that is none',
    [head, edited(first, (s) => ({ ...s, expect: { ...expected, identity: 'x' } }))],
    '"expect.identity"',
  ],
  [
    'an ID of another mail',
    [head, edited(first, (s) => ({ ...s, expect: { ...expected, id: '<2@x>' } }))],
    '"expect.id" is "<2@x>" | Allowed there: "<1@example.org>"',
  ],
  [
    'a store that is none',
    [head, edited(first, (s) => ({ ...s, from: { ...first.from, store: 'mastr' } }))],
    '"from.store" is "mastr" | Allowed there: "master", "slave"',
  ],
  [
    'a source that would change',
    [head, edited(flags(3), (s) => ({ ...s, at: at(3, 'master') }))],
    '"at.store" is "master" | Allowed there: "slave"',
  ],
  [
    'another folder in one place alone',
    [head, edited(first, (s) => ({ ...s, to: { ...first.to, folder: 'Spam' } }))],
    '"lacking.folder" is "INBOX" | Allowed there: "Spam"',
  ],
  [
    'a special use that is none',
    [head, edited(ALL[1], (s) => ({ ...s, specialUse: '\\Bin' }))],
    '"\\\\Trash", or null',
  ],
  [
    'nothing that makes it safe',
    [head, edited(remove(4, { after: 'x' }), (s) => ({ ...s, safe: {} }))],
    '"safe" is {} | Allowed there: a mapping with keptAs, or with lacking, or with after',
  ],
  [
    'a copy that is itself kept',
    [head, edited(remove(4, { keptAs: at(4), expect: expected }), (s) => s)],
    '"safe.keptAs" is the message itself',
  ],
  [
    'a move that follows its own store',
    [head, edited(follow(8, 'slave'), (s) => s)],
    '"follows.store" is "slave" | Allowed there: "master"',
  ],
  [
    'a move that follows nothing known',
    [head, edited(follow(8), (s) => ({ ...s, follows: at(8, 'master') }))],
    '"follows.generation" is missing',
  ],
  ['no flags at all', [head, edited(flags(3), (s) => ({ ...s, remove: [] }))], '"add" is empty, and so is "remove"'],
  [
    'a step twice',
    [head, edited(first, (s) => s), '', edited(first, (s) => s)],
    ':4: the line is the step of line 2 again',
  ],
  [
    'a message twice',
    [head, edited(flags(4), (s) => s), edited(remove(4, { after: stepId(first) }), (s) => s)],
    ':3: "at" is a message that line 2 changes',
  ],
  [
    'one kept for the other',
    [
      head,
      edited(remove(4, { keptAs: at(5), expect: expected }), (s) => s),
      edited(remove(5, { keptAs: at(6), expect: expected }), (s) => s),
    ],
    ':2: "safe.keptAs" goes away by line 3',
  ],
  [
    'what it waited for taken out',
    [head, edited(copy(2), (s) => s), edited(remove(4, { after: stepId(first) }), (s) => s)],
    ':3: "safe.after" is no such step | Allowed there: the id of a "copy" of this plan into the same store; if it was taken out, take this line out as well',
  ],
]

describe('a plan that was edited wrongly is refused with line, field and what is allowed:', () => {
  it.each(MISTAKES)('%s', (_name, lines, mistake) => {
    expect(mistakeOf(lines)).toContain(mistake)
  })
})
