import type { Interfaces } from '@oclif/core'
import * as Flags from '@oclif/core/flags'

/** The flags of `sync` that are about channels. */
export const channelFlags = {
  all: Flags.boolean({
    description: 'carry out all channels of the configuration, several at once where they share no store',
  }),
  toward: Flags.string({
    helpValue: 'STORE',
    description: 'show only what would come to that store or go from it, and change nothing',
    exclusive: ['yes', 'plan', 'all'],
  }),
  prefer: Flags.string({
    helpValue: 'STORE',
    description: 'two-way: the store that is right where nobody can know: what it lacks was deleted',
    exclusive: ['all'],
  }),
  questions: Flags.string({
    helpValue: 'FILE',
    description: 'two-way: write what cannot be known to a CSV, for you to answer',
    exclusive: ['all'],
  }),
  answers: Flags.string({
    helpValue: 'FILE',
    description: 'two-way: the CSV of --questions with its column "answer" filled in',
    exclusive: ['all'],
  }),
  'take-over': Flags.string({
    helpValue: 'PATH',
    description:
      'two-way, at the first sync: take over what mailsync (its msinfo), mbsync (the Maildir with its .mbsyncstate, or ~/.mbsync) or OfflineIMAP (~/.offlineimap) remembers',
    exclusive: ['all', 'rebuild-state'],
  }),
  'rebuild-state': Flags.boolean({
    description: 'two-way: forget the last sync; both sides become what either has, nothing is deleted',
  }),
}

export type ChannelFlags = Interfaces.InferredFlags<typeof channelFlags>
