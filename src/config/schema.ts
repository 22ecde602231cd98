import { z } from 'zod'

const text = z.string().min(1)
const globs = z.array(text)
/** Where a password comes from; never the password itself. */
const password = z.union([
  z.strictObject({ command: text }),
  z.strictObject({ env: text }),
  z.strictObject({ file: text }),
])
const choice = { folders: globs.optional(), notFolders: globs.optional() }

const files = (type: 'maildir' | 'mh' | 'eml') => z.strictObject({ type: z.literal(type), path: text, ...choice })
const mbox = z.strictObject({
  type: z.literal('mbox'),
  path: text,
  variant: z.enum(['mboxo', 'mboxrd', 'mboxcl', 'mboxcl2']).optional(),
  ...choice,
})
const imap = z.strictObject({
  type: z.literal('imap'),
  host: text,
  port: z.int().min(1).max(65_535).optional(),
  user: text,
  password: password.optional(),
  tls: z.enum(['implicit', 'starttls', 'none']).optional(),
  prefix: z.string().optional(),
  namespace: z.enum(['personal', 'shared', 'other', 'all']).optional(),
  ...choice,
})
const store = z.discriminatedUnion('type', [files('maildir'), mbox, files('mh'), files('eml'), imap])

const limits = {
  maxDelete: z.union([z.int().min(0), z.string().regex(/^(?:\d+%?|none)$/)]).optional(),
  ...choice,
}
const oneWay = z.strictObject({ master: text, slave: text, mode: z.enum(['archive', 'mirror']), ...limits })
const twoWay = z.strictObject({ between: z.tuple([text, text]), mode: z.literal('two-way'), ...limits })
const channel = z.discriminatedUnion('mode', [oneWay, twoWay])

/** How a rule of `check` is graded. */
const grade = z.enum(['off', 'error', 'warning', 'note'])

/** What a configuration file may say (docs/configuration.md); a section with nothing in it counts as absent. */
export const configSchema = z.strictObject({
  stores: z.record(text, store).nullish(),
  channels: z.record(text, channel).nullish(),
  rules: z.record(text, grade).nullish(),
})

export type StoreConfig = z.infer<typeof store>
export type ChannelConfig = z.infer<typeof channel>
export type Grade = z.infer<typeof grade>
export type ConfigDocument = z.infer<typeof configSchema>
