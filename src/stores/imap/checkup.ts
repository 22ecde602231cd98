import type { ImapFlow, QuotaResponse } from 'imapflow'
import { MbauditError } from '../../errors.js'
import { type CheckedStep, type CheckupStep, checkedStep, type Told } from '../checkup.js'
import type { ImapStoreSpec } from '../store.js'
import type { ImapAccount } from './account.js'
import { auditCapabilities } from './capability-use.js'
import { type FolderListing, listFolders } from './folders.js'
import { reachServer } from './reach.js'
import { type ImapSession, openSession } from './session.js'

/** Goes through an account step by step. The first step that fails ends it; nothing is changed. @param now - milliseconds */
export async function* checkAccount(spec: ImapStoreSpec, now: () => number): AsyncIterable<CheckedStep> {
  const { account, note, signal } = spec
  if (account.proxy === null && !(yield* reachServer(account, now))) return
  const began = now()
  let session: ImapSession
  try {
    session = await openSession({ ...account, jobs: 1, retries: 0 }, { note, signal })
  } catch (error) {
    yield failedStep('login', now() - began, error)
    return
  }
  try {
    yield checkedStep('login', now() - began, loggedIn(account))
    for (const [step, go] of stepsOf(session)) yield await tryStep(step, go, now)
    if (account.preset !== null) yield checkedStep('provider', 0, aboutProvider(account.preset))
  } finally {
    await session[Symbol.asyncDispose]()
  }
}

async function tryStep(step: CheckupStep, go: () => Promise<Told>, now: () => number): Promise<CheckedStep> {
  const began = now()
  try {
    const told = await go()
    return checkedStep(step, now() - began, told)
  } catch (error) {
    return failedStep(step, now() - began, error)
  }
}

/** @throws what is no trouble of the account */
function failedStep(step: CheckupStep, milliseconds: number, error: unknown): CheckedStep {
  if (!(error instanceof MbauditError) || error.code === 'INTERRUPTED') throw error
  return checkedStep(step, milliseconds, { found: error.message, advice: error.hint, code: error.code })
}

function loggedIn({ user, authentication, security }: ImapAccount): Told {
  const as =
    authentication.kind === 'password' && authentication.authzid !== null ? ` for ${authentication.authzid}` : ''
  const how = authentication.kind === 'oauth' ? 'by token' : 'by password'
  const bare = security === 'none' ? ', without encryption' : ''
  return { found: `${user} is let in${as} ${how}${bare}`, facts: { user, method: authentication.kind } }
}

type Step = readonly [step: CheckupStep, go: () => Promise<Told>]

function stepsOf(session: ImapSession): readonly Step[] {
  let listing: FolderListing | null = null
  const list = async (): Promise<FolderListing> => {
    listing ??= await listFolders(session)
    return listing
  }
  return [
    ['capabilities', () => session.use(async (client) => capabilitiesOf(client))],
    ['namespaces', () => session.use(async (client) => namespacesOf(client))],
    ['folders', async () => foldersOf(await list())],
    ['special-use', async () => usesOf(await list())],
    ['inbox', () => inboxOf(session)],
    ['quota', () => session.use(async (client) => quotaOf(await client.getQuota('INBOX')))],
  ]
}

function capabilitiesOf(client: ImapFlow): Told {
  const { offered, lacking } = auditCapabilities([...client.capabilities.keys()].map((name) => name.toUpperCase()))
  const used = offered.filter(({ use }) => use !== null)
  const limit = client.capabilities.get('APPENDLIMIT')
  const software = client.serverInfo?.name ?? null
  return {
    found: `${offered.length} capabilities, ${used.length} of them used${software === null ? '' : `, told by ${software}`}`,
    notes: [
      ...used.map(({ name, use }) => `${name}: ${use}`),
      ...lacking.map(({ name, without }) => `lacking ${name}: ${without}`),
    ],
    facts: {
      capabilities: offered,
      lacking,
      server: client.serverInfo ?? null,
      appendLimit: typeof limit === 'number' ? limit : null,
    },
  }
}

function namespacesOf(client: ImapFlow): Told {
  const { personal = [], other, shared } = client.namespaces ?? {}
  const shown = (spaces: typeof personal | false | undefined) =>
    (spaces || []).map(({ prefix, delimiter }) => ({ prefix, separator: delimiter }))
  const facts = { personal: shown(personal), other: shown(other), shared: shown(shared) }
  const words = Object.entries(facts).flatMap(([kind, spaces]) =>
    spaces.map(({ prefix, separator }) => `${kind} "${prefix}" with "${separator}" between levels`),
  )
  const more = facts.other.length + facts.shared.length
  const advice = more > 0 ? 'Folders of others and shared ones are read with --namespace all.' : null
  return { found: words.length === 0 ? 'none is told' : words.join('; '), advice, facts }
}

function foldersOf({ folders, troubles }: FolderListing): Told {
  const counts = folders.map(({ status }) => status?.exists ?? null)
  const messages = counts.includes(null) ? null : counts.reduce((sum: number, count) => sum + (count ?? 0), 0)
  return {
    found: `folders: ${folders.length}${messages === null ? '' : `, messages: ${messages}`}`,
    outcome: troubles.length > 0 ? 'warning' : 'ok',
    advice: troubles.length > 0 ? 'These folders are not read.' : null,
    notes: troubles.map(({ folder, message }) => `${folder ?? ''}: ${message}`),
    facts: { folders: folders.length, messages, unreadable: troubles.length },
  }
}

function usesOf({ folders }: FolderListing): Told {
  const uses = folders.flatMap(({ name, specialUse }) => (specialUse === null ? [] : [{ specialUse, folder: name }]))
  const found = uses.map(({ specialUse, folder }) => `${folder} is ${specialUse.slice(1)}`).join(', ')
  return { found: found === '' ? 'no folder has one' : found, facts: { uses } }
}

async function inboxOf(session: ImapSession): Promise<Told> {
  return session.inFolder('INBOX', async (_client, { exists, uidValidity, uidNext, highestModseq }) => ({
    found: `INBOX is opened read-only, messages: ${exists}`,
    facts: {
      messages: exists,
      uidValidity: String(uidValidity),
      uidNext: uidNext ?? null,
      highestModSeq: highestModseq === undefined ? null : String(highestModseq),
    },
  }))
}

/** Share of the storage from which on it is spoken of. */
const NEARLY_FULL = 0.9

function quotaOf(quota: QuotaResponse | false): Told {
  const storage = quota === false ? undefined : quota.storage
  const { usage = 0, limit = 0 } = storage ?? {}
  if (storage === undefined || limit === 0) return { found: 'none is told', facts: { usage: null, limit: null } }
  const share = usage / limit
  return {
    found: `${Math.round(share * 100)} % used of ${Math.round(limit / 1_000_000)} MB`,
    outcome: share >= NEARLY_FULL ? 'warning' : 'ok',
    advice: share >= NEARLY_FULL ? 'The account is nearly full: a sync or a migration into it will stop.' : null,
    facts: { usage, limit },
  }
}

function aboutProvider({ provider, connections, quirks }: NonNullable<ImapAccount['preset']>): Told {
  const limit = connections === null ? '' : `, at most ${connections} connections at once`
  return { found: `${provider}${limit}`, notes: quirks, facts: { provider, connections, quirks } }
}
