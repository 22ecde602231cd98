import type { Interfaces } from '@oclif/core'
import * as Flags from '@oclif/core/flags'
import { UsageError } from '../errors.js'
import { type MaxDelete, parseMaxDelete } from '../plan/limits.js'
import { canAsk } from './secret-prompt.js'

const MAX_DELETE_FORMS = 'a number of messages (100), a part of each folder (25%), or none for no limit'

async function readMaxDelete(text: string): Promise<MaxDelete> {
  const limit = parseMaxDelete(text)
  if (limit === null) throw new UsageError(`--max-delete ${text} is no limit`, `It is ${MAX_DELETE_FORMS}.`)
  return limit
}

/** The flags of commands that ask before they change anything. */
export const agreementFlags = {
  'dry-run': Flags.boolean({ description: 'show the very plan that would be carried out, and change nothing' }),
  yes: Flags.boolean({ description: 'carry it out without asking', exclusive: ['dry-run'] }),
}

/** The flags of commands that carry out a plan. */
export const carryOutFlags = {
  ...agreementFlags,
  'max-delete': Flags.custom<MaxDelete>({ parse: readMaxDelete, helpValue: 'N|P%|none' })({
    description: `the most that may be deleted: ${MAX_DELETE_FORMS} [default: neither more than 20 and 10% of a folder, nor all of a folder of more than 20]`,
  }),
}

/** The flags of commands that make a plan. */
export const planFlags = {
  ...carryOutFlags,
  plan: Flags.string({
    helpValue: 'FILE',
    description: 'save the plan for mbaudit apply, and change nothing',
    exclusive: ['yes'],
  }),
}

export type AgreementFlags = Interfaces.InferredFlags<typeof agreementFlags>
export type CarryOutFlags = Interfaces.InferredFlags<typeof carryOutFlags> & { readonly plan?: string | undefined }

/**
 * Nothing is read where nobody can agree to what would be found.
 *
 * @throws UsageError with none of the flags and no terminal
 */
export function requireAgreement(flags: AgreementFlags & { readonly plan?: string | undefined }, canSave = true): void {
  if (flags.yes || flags['dry-run'] || flags.plan !== undefined || canAsk()) return
  const save = canSave ? ', --plan FILE saves it' : ''
  throw new UsageError(
    'there is no terminal to ask whether the plan is to be carried out',
    `--dry-run shows the plan${save}, --yes carries it out.`,
  )
}
