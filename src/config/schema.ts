import { z } from 'zod'
import { MAX_RATE_FORMS, parseMaxRate } from './max-rate.js'

const text = z.string().min(1)
const globs = z.array(text)
/** Where a password or a token comes from; never the secret itself. */
const secret = z.union([
  z.strictObject({ command: text }),
  z.strictObject({ env: text }),
  z.strictObject({ file: text }),
])
const isFingerprint = (digits: string): boolean => /^[0-9a-f]{64}$/i.test(digits.replace(/[: ]/g, ''))
const isProxy = (url: string): boolean => /^(?:socks(?:4a?|5h?)?|https?):\/\/[^/]+\/?$/i.test(url)
const seconds = z.number().positive().max(86_400)
const choice = { folders: globs.optional(), notFolders: globs.optional() }

const files = (type: 'maildir' | 'mh' | 'eml') => z.strictObject({ type: z.literal(type), path: text, ...choice })
const mbox = z.strictObject({
  type: z.literal('mbox'),
  path: text,
  variant: z.enum(['mboxo', 'mboxrd', 'mboxcl', 'mboxcl2']).optional(),
  ...choice,
})
const security = z.enum(['implicit', 'starttls', 'none'])
const tls = z.strictObject({
  mode: security.optional(),
  ca: z.union([text, z.array(text)]).optional(),
  fingerprint: text
    .refine(isFingerprint, '"fingerprint" is the SHA-256 of a certificate: 64 hexadecimal digits')
    .optional(),
  cert: text.optional(),
  key: text.optional(),
  passphrase: secret.optional(),
  servername: text.optional(),
  verify: z.boolean().optional(),
  oldVersions: z.boolean().optional(),
})
const imap = z.strictObject({
  type: z.literal('imap'),
  host: text,
  port: z.int().min(1).max(65_535).optional(),
  user: text,
  loginUser: text.optional(),
  password: secret.optional(),
  oauth: secret.optional(),
  method: z.enum(['plain', 'login', 'login-command']).optional(),
  tls: z.union([security, tls]).optional(),
  proxy: text.refine(isProxy, '"proxy" is a URL: socks5://HOST:PORT, socks4://… or http://…').optional(),
  timeouts: z
    .strictObject({ connect: seconds.optional(), greeting: seconds.optional(), silence: seconds.optional() })
    .optional(),
  jobs: z.int().min(1).max(999).optional(),
  retries: z.int().min(0).max(999).optional(),
  maxRate: text.refine((rate) => parseMaxRate(rate) !== null, `"maxRate" is ${MAX_RATE_FORMS}`).optional(),
  prefix: z.string().optional(),
  namespace: z.enum(['personal', 'shared', 'other', 'all']).optional(),
  ...choice,
})
const store = z.discriminatedUnion('type', [files('maildir'), mbox, files('mh'), files('eml'), imap])

const limits = {
  maxDelete: z.union([z.int().min(0), z.string().regex(/^(?:\d{1,15}|(?:\d{1,2}|100)%|none)$/)]).optional(),
  map: z.record(text, text).optional(),
  matchSpecialUse: z.boolean().optional(),
  ...choice,
}
const oneWay = z.strictObject({
  master: text,
  slave: text,
  mode: z.enum(['archive', 'mirror']),
  copies: z.enum(['one', 'all']).optional(),
  deleteFolders: z.boolean().optional(),
  ...limits,
})
const twoWay = z.strictObject({ between: z.tuple([text, text]), mode: z.literal('two-way'), ...limits })
const channel = z.discriminatedUnion('mode', [oneWay, twoWay])

/** How a rule of `check` is graded. */
const grade = z.enum(['off', 'error', 'warning', 'note'])

/** What a configuration file may say (docs/configuration.md); a section with nothing in it counts as absent. */
export const configSchema = z.strictObject({
  stores: z.record(text, store).nullish(),
  channels: z.record(text, channel).nullish(),
  groups: z.record(text, z.array(text).min(1)).nullish(),
  rules: z.record(text, grade).nullish(),
})

export type StoreConfig = z.infer<typeof store>
export type LocalStoreConfig = Exclude<StoreConfig, { type: 'imap' }>
export type ImapStoreConfig = z.infer<typeof imap>
export type TlsConfig = z.infer<typeof tls>
export type SecretSource = z.infer<typeof secret>
export type ChannelConfig = z.infer<typeof channel>
export type Grade = z.infer<typeof grade>
export type ConfigDocument = z.infer<typeof configSchema>
