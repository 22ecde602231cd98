import type { Digest, EpochSeconds, MessageId } from '../message/message.js'
import type { FolderName, Locator, SpecialUse } from '../stores/store.js'

/** A folder of a store that the plan's header names. */
export interface FolderRef {
  readonly store: string
  readonly folder: FolderName
}

/** Where one copy lies. */
export interface CopyRef extends FolderRef {
  readonly locator: Locator
}

/** What a step expects to find; what is otherwise when it is carried out makes it stale. */
export interface Expected {
  /** By what it counts as one mail: Message-ID, or `content:…`, `wire:…`. */
  readonly identity: string
  readonly id: MessageId | null
  /** null: the body was not read; then identity and `date` must do. */
  readonly wire: Digest | null
  /** Octets as its store counts them; a hint alone, since servers err. */
  readonly size: number
  readonly date: EpochSeconds | null
  /** UIDVALIDITY of the folder; null where locators are stable by themselves. */
  readonly generation: string | null
}

/**
 * Of an identity no more than `atMost` copies lie here: what a copy or a deletion rests on. Those that the plan itself brought
 * there are not counted. `folder` null: in the whole store.
 */
export interface Lacking {
  readonly store: string
  readonly folder: FolderName | null
  readonly identity: string
  readonly atMost: number
}

/** What makes a deletion safe; looked at again before it is made. */
export type Safe =
  /** A copy that stays. */
  | { readonly keptAs: CopyRef; readonly expect: Expected }
  /** The mail is no longer (or less often) in the store that is right. */
  | { readonly lacking: Lacking }
  /** An earlier step of the plan that was done: it stored what takes the place of this copy. */
  | { readonly after: string }

interface StepOf<Op extends string> {
  /** 16 hexadecimal digits, from all else in the step (`stepId`). */
  readonly id: string
  readonly op: Op
  /** In a few words, for people. */
  readonly why: string
}

export interface CreateFolderStep extends StepOf<'createFolder'> {
  readonly at: FolderRef
  readonly specialUse: SpecialUse | null
}
export interface RenameFolderStep extends StepOf<'renameFolder'> {
  readonly at: FolderRef
  readonly to: FolderName
}
export interface SubscribeStep extends StepOf<'subscribe'> {
  readonly at: FolderRef
  readonly subscribed: boolean
}
export interface CopyStep extends StepOf<'copy'> {
  readonly from: CopyRef
  readonly to: FolderRef
  readonly expect: Expected
  readonly flags: readonly string[]
  readonly received: EpochSeconds | null
  /** Of the folder it goes to. */
  readonly lacking: Lacking
}
/** What flags of a message are to be, other than they were when the plan was made. */
export interface FlagChange {
  /** For taking it back. */
  readonly had: readonly string[]
  readonly add: readonly string[]
  readonly remove: readonly string[]
}
/** A copy of the other side of a two-way sync, where it lay when the plan was made. */
export interface Followed extends CopyRef {
  /** UIDVALIDITY of its folder; null where locators are stable by themselves. */
  readonly generation: string | null
}
/** Inside one store. */
export interface MoveStep extends StepOf<'move'> {
  readonly at: CopyRef
  readonly to: FolderName
  readonly expect: Expected
  /** What becomes of its flags on the way; absent: they stay. A `flags` step cannot name a place that is not known yet. */
  readonly flags?: FlagChange
  /** Of the folder it goes to. */
  readonly lacking: Lacking
  /** Of a two-way sync: the copy whose move it follows. When the step is done, the state knows both places. */
  readonly follows?: Followed
}
export interface FlagsStep extends StepOf<'flags'>, FlagChange {
  readonly at: CopyRef
  readonly expect: Expected
}
export interface DeleteStep extends StepOf<'delete'> {
  readonly at: CopyRef
  readonly expect: Expected
  /** As they were when the plan was made. */
  readonly flags: readonly string[]
  readonly received: EpochSeconds | null
  readonly safe: Safe
  /** Whether the mail stays somewhere else in its store, so that no limit counts it. */
  readonly staysElsewhere: boolean
}
/** Of a folder that is empty by then. */
export interface DeleteFolderStep extends StepOf<'deleteFolder'> {
  readonly at: FolderRef
}

/** What a command would do, one thing at a time: a frozen fact with its own precondition. */
export type Step =
  | CreateFolderStep
  | RenameFolderStep
  | SubscribeStep
  | CopyStep
  | MoveStep
  | FlagsStep
  | DeleteStep
  | DeleteFolderStep
export type StepOp = Step['op']

/** In the order in which a plan has them. Within one: by the folder that changes, then in the order of the source. */
export const STEP_OPS = [
  'renameFolder',
  'createFolder',
  'subscribe',
  'move',
  'copy',
  'flags',
  'delete',
  'deleteFolder',
] as const satisfies readonly StepOp[]

/** A step that has no id yet. */
export type Draft<Any extends Step = Step> = Any extends Step ? Omit<Any, 'id'> : never
