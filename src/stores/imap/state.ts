import type { MailboxObject } from 'imapflow'
import { EXIT, MbauditError } from '../../errors.js'
import type { FolderName } from '../store.js'

/** How a folder stands, by what STATUS or EXAMINE say of it; null where they do not say it. */
export interface FolderState {
  readonly uidValidity: string | null
  readonly uidNext: number | null
  readonly exists: number | null
  /** HIGHESTMODSEQ (RFC 7162). */
  readonly modseq: bigint | null
  /** MAILBOXID (RFC 8474). */
  readonly mailboxId: string | null
}

/** Another number where what is kept of a folder is read otherwise than before. */
const VERSION = 'imap1'

export function writeState({ uidValidity, uidNext, exists, modseq, mailboxId }: FolderState): string {
  return [VERSION, uidValidity ?? '', uidNext ?? '', exists ?? '', modseq ?? '', mailboxId ?? ''].join(' ')
}

/** Reads what `writeState` wrote; null for anything else. */
export function readState(text: string | null): FolderState | null {
  const match = /^imap1 (\d*) (\d*) (\d*) (\d*) (.*)$/.exec(text ?? '')
  if (match === null) return null
  const [, uidValidity = '', uidNext = '', exists = '', modseq = '', mailboxId = ''] = match
  return {
    uidValidity: uidValidity === '' ? null : uidValidity,
    uidNext: uidNext === '' ? null : Number(uidNext),
    exists: exists === '' ? null : Number(exists),
    modseq: modseq === '' ? null : BigInt(modseq),
    mailboxId: mailboxId === '' ? null : mailboxId,
  }
}

/** imapflow's types promise more than servers tell. */
type Told = { readonly [key in keyof MailboxObject]?: MailboxObject[key] | undefined }

export function stateOf(opened: Told): FolderState {
  const { uidValidity, uidNext, exists, highestModseq, noModseq, mailboxId } = opened
  return {
    uidValidity: uidValidity === undefined || uidValidity === 0n ? null : String(uidValidity),
    uidNext: uidNext === undefined || uidNext === 0 ? null : uidNext,
    exists: exists ?? null,
    modseq: noModseq === true || highestModseq === undefined || highestModseq === 0n ? null : highestModseq,
    mailboxId: mailboxId ?? null,
  }
}

/** Whether UIDs of `before` name the same messages now: nothing in what the server says speaks against it. */
export function hasSameUids(before: FolderState, now: FolderState): boolean {
  if (before.uidValidity === null || before.uidValidity !== now.uidValidity) return false
  if (before.mailboxId !== null && now.mailboxId !== null && before.mailboxId !== now.mailboxId) return false
  // Both only grow: a folder that was put back from a backup under its old number is another one.
  if (before.uidNext !== null && now.uidNext !== null && now.uidNext < before.uidNext) return false
  return before.modseq === null || now.modseq === null || now.modseq >= before.modseq
}

/**
 * Whether nothing came, went or changed: a message that came raised UIDNEXT, one that only went lowered EXISTS, changed flags
 * raised HIGHESTMODSEQ.
 */
export function isUntouched(before: FolderState, now: FolderState): boolean {
  if (before.modseq === null || now.modseq !== before.modseq || !hasSameUids(before, now)) return false
  return isSameSet(before, now)
}

/** Whether the folder holds the messages that it held: EXISTS and UIDNEXT are as they were. */
export function isSameSet(before: FolderState, now: FolderState): boolean {
  if (before.uidNext === null || before.exists === null) return false
  return now.uidNext === before.uidNext && now.exists === before.exists
}

/** A folder was given new UIDs, or another one took its name, while it was read. */
export class FolderRenumberedError extends MbauditError {
  constructor(store: string, folder: FolderName) {
    const message = `${folder}: its messages were numbered anew while it was read`
    super('FOLDER_CHANGED', EXIT.partial, message, 'Run the command again.', { store, folder })
  }
}
