import * as Flags from '@oclif/core/flags'
import { UsageError } from '../errors.js'

async function readAtOnce(text: string): Promise<number> {
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (count > 0) return count
  throw new UsageError(`--accounts-at-once ${text} is no number`, 'Give a whole number from 1 to 999.')
}

/** The flags of `migrate` for many accounts. */
export const accountsFlags = {
  accounts: Flags.string({
    helpValue: 'FILE',
    description:
      'a list of accounts, source and target of each (CSV, or the list of imapsync); each is a run of its own',
    exclusive: ['plan', 'into'],
  }),
  'accounts-at-once': Flags.custom<number>({ parse: readAtOnce, helpValue: 'N' })({
    default: 4,
    description: 'accounts that are copied at the same time',
  }),
  'only-failed': Flags.string({
    helpValue: 'OVERVIEW.csv',
    description: 'only accounts that this overview, saved before, does not call done',
    dependsOn: ['accounts'],
  }),
}

/** @throws UsageError where stores are named beside a list of accounts */
export function requireNoStore([source]: readonly string[]): void {
  if (source === undefined) return
  throw new UsageError(
    `${source} is named, and --accounts as well`,
    'The list says which stores are copied. Name no other, or leave --accounts out.',
  )
}
