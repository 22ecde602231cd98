import type { Digest, EpochSeconds, MessageId } from '../message/message.js'
import { type FolderName, type Locator, SPECIAL_USES, type StoreType } from '../stores/store.js'
import { PLAN_VERSION, type PlanCommand, type PlanHeader, type PlanStore } from './plan.js'
import {
  choiceShape,
  dictionaryShape,
  listShape,
  Misfit,
  numberShape,
  orNull,
  recordShape,
  type Shape,
  shown,
  TRUTH,
  textShape,
  unionShape,
} from './shape.js'
import {
  type CopyRef,
  type Expected,
  type FlagChange,
  type FolderRef,
  type Followed,
  type Lacking,
  type MoveStep,
  type Safe,
  STEP_OPS,
  type Step,
  type StepOp,
} from './step.js'

const TEXT = textShape('a text', /^/)
const NAME = textShape('the name of a store of the header', /./su)
const FOLDER = textShape<FolderName>('the name of a folder', /./su)
const LOCATOR = textShape<Locator>('where a message lies in its folder, such as "uid=812"', /./su)
const IDENTITY = textShape(
  'a Message-ID, "content:" or "wire:" with 64 hexadecimal digits',
  /^(?:<|(?:content|wire):[0-9a-f]{64}$)/su,
)
const MESSAGE_ID = textShape<MessageId>('a Message-ID in its brackets', /^</)
const DIGEST = textShape<Digest>('64 hexadecimal digits', /^[0-9a-f]{64}$/)
const SECONDS = numberShape<EpochSeconds>('whole seconds since 1970', Number.MIN_SAFE_INTEGER)
const COUNT = numberShape('a whole number, 0 or more', 0)
const FLAG = textShape('a flag without blanks', /^[^\s\p{Cc}]+$/u)
const FLAGS = listShape(FLAG)
const STEP_ID = textShape('16 hexadecimal digits', /^[0-9a-f]{16}$/)

const FOLDER_REF = recordShape<FolderRef>({ store: NAME, folder: FOLDER })
const COPY_REF = recordShape<CopyRef>({ store: NAME, folder: FOLDER, locator: LOCATOR })
const LACKING = recordShape<Lacking>({ store: NAME, folder: orNull(FOLDER), identity: IDENTITY, atMost: COUNT })
const EXPECTED = recordShape<Expected>({
  identity: IDENTITY,
  id: orNull(MESSAGE_ID),
  wire: orNull(DIGEST),
  size: COUNT,
  date: orNull(SECONDS),
  generation: orNull(TEXT),
})
const SAFE = unionShape<Safe>({
  keptAs: recordShape<Extract<Safe, { keptAs: unknown }>>({ keptAs: COPY_REF, expect: EXPECTED }),
  lacking: recordShape<Extract<Safe, { lacking: unknown }>>({ lacking: LACKING }),
  after: recordShape<Extract<Safe, { after: unknown }>>({ after: STEP_ID }),
})
const FOLLOWED = recordShape<Followed>({ store: NAME, folder: FOLDER, locator: LOCATOR, generation: orNull(TEXT) })
const FLAG_CHANGE = recordShape<FlagChange>({ had: FLAGS, add: FLAGS, remove: FLAGS })

type Shapes = { readonly [Op in StepOp]: Shape<Extract<Step, { op: Op }>> }

const step = <Op extends StepOp>(op: Op) => ({ id: TEXT, op: choiceShape([op]), why: TEXT })

const STEPS: Shapes = {
  renameFolder: recordShape({ ...step('renameFolder'), at: FOLDER_REF, to: FOLDER }),
  createFolder: recordShape({
    ...step('createFolder'),
    at: FOLDER_REF,
    specialUse: orNull(choiceShape(SPECIAL_USES)),
  }),
  subscribe: recordShape({ ...step('subscribe'), at: FOLDER_REF, subscribed: TRUTH }),
  move: recordShape<MoveStep>(
    {
      ...step('move'),
      at: COPY_REF,
      to: FOLDER,
      expect: EXPECTED,
      flags: FLAG_CHANGE,
      lacking: LACKING,
      follows: FOLLOWED,
    },
    ['flags', 'follows'],
  ),
  copy: recordShape({
    ...step('copy'),
    from: COPY_REF,
    to: FOLDER_REF,
    expect: EXPECTED,
    flags: FLAGS,
    received: orNull(SECONDS),
    lacking: LACKING,
  }),
  flags: recordShape({ ...step('flags'), at: COPY_REF, expect: EXPECTED, had: FLAGS, add: FLAGS, remove: FLAGS }),
  delete: recordShape({
    ...step('delete'),
    at: COPY_REF,
    expect: EXPECTED,
    flags: FLAGS,
    received: orNull(SECONDS),
    safe: SAFE,
    staysElsewhere: TRUTH,
  }),
  deleteFolder: recordShape({ ...step('deleteFolder'), at: FOLDER_REF }),
}

const OP: Shape<StepOp> = choiceShape(STEP_OPS)

/** @throws Misfit */
export function checkStep(value: unknown): Step {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Misfit('', `is ${shown(value)}`, 'a step, as a mapping')
  const op = 'op' in value ? value.op : undefined
  OP.check(op, 'op')
  const shape: Shape<Step> = STEPS[op]
  // An id is made anew from what the step says: one that was lost with an edit is as good as another.
  const withId: unknown = 'id' in value ? value : { ...value, id: '' }
  shape.check(withId, '')
  return withId
}

const STORE_TYPES = ['mbox', 'maildir', 'mh', 'eml', 'memory', 'imap'] as const satisfies readonly StoreType[]
const COMMANDS = ['sync', 'dedupe', 'migrate', 'undo'] as const satisfies readonly PlanCommand[]

const OPTION: Shape<PlanHeader['options'][string]> = {
  allowed: 'a text, a number, true or false, or a list of texts',
  check(value, field): asserts value is PlanHeader['options'][string] {
    const isPlain = ['string', 'number', 'boolean'].includes(typeof value)
    const isList = Array.isArray(value) && value.every((item) => typeof item === 'string')
    if (!isPlain && !isList) throw new Misfit(field, `is ${shown(value)}`, OPTION.allowed)
  },
}

const HEADER: Shape<PlanHeader> = recordShape<PlanHeader>({
  mbaudit: choiceShape(['plan']),
  version: choiceShape([PLAN_VERSION]),
  made: textShape('a time in UTC, such as "2024-02-29T10:00:00Z"', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/),
  command: choiceShape(COMMANDS),
  options: dictionaryShape(OPTION),
  stores: listShape(
    recordShape<PlanStore>({
      name: textShape('a name', /./su),
      type: choiceShape(STORE_TYPES),
      role: choiceShape(['source', 'target']),
      open: textShape('a name of the configuration, or a URL', /./su),
      identity: textShape('what the place itself is', /./su),
    }),
  ),
  compared: dictionaryShape(numberShape('a whole number', Number.MIN_SAFE_INTEGER)),
  notes: listShape(TEXT),
})

/** @throws Misfit */
export function checkHeader(value: unknown): PlanHeader {
  HEADER.check(value, '')
  const names = value.stores.map(({ name }) => name)
  const twice = names.findIndex((name, at) => names.indexOf(name) !== at)
  if (twice >= 0) throw new Misfit(`stores[${twice}].name`, `is ${shown(names[twice])} again`, 'a name of its own')
  return value
}
