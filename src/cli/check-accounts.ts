import type { AccountsRow, AccountsSide } from '../config/accounts-file.js'
import type { Config } from '../config/config.js'
import { MbauditError, type Problem } from '../errors.js'
import type { PlanStore } from '../plan/plan.js'
import { checkedStep } from '../stores/checkup.js'
import type { StoreSpec } from '../stores/store.js'
import { chooseActStore, isToBeMade } from './act-stores.js'
import { checkPair, roomOnDisk, type TargetRoom } from './check-pair.js'
import { checkStores, type StoreStep } from './check-stores.js'
import type { ChosenStore, StoreChoices } from './choose-stores.js'
import { inTurns } from './in-turns.js'
import { type ListedAccounts, problemOfLine, withPassword } from './listed-accounts.js'

/** How the accounts of a list can be opened and what speaks against copying them. */
export interface CheckedAccounts {
  /** By account, in the order of the list: its source, its target, both beside each other. */
  readonly steps: readonly StoreStep[]
  /** Lines that cannot be followed. */
  readonly problems: readonly Problem[]
}

/** One line of the list, and what was found. */
interface Line {
  readonly row: AccountsRow
  readonly steps: StoreStep[]
}

/** Goes through a list, `jobs` accounts at the same time; a store that several lines name is gone through once. */
export async function checkAccounts(
  { file, rows, problems }: ListedAccounts,
  config: Config,
  choices: StoreChoices,
  jobs: number,
): Promise<CheckedAccounts> {
  const mistakes: Problem[] = []
  const lines = rows.map((row): Line => ({ row, steps: [] }))
  const checkup = new Checkup(config, choices)
  await inTurns(lines, jobs, storesOf, async ({ row, steps }) => {
    try {
      for await (const step of checkup.ofRow(row)) steps.push(step)
    } catch (error) {
      if (!(error instanceof MbauditError) || error.code !== 'USAGE') throw error
      mistakes.push(problemOfLine(file, row.line, error.message))
    }
  })
  return { steps: lines.flatMap(({ steps }) => steps), problems: [...problems, ...mistakes] }
}

const storesOf = ({ row }: Line): readonly string[] => [
  row.source.store,
  ...(row.target === null ? [] : [row.target.store]),
]

class Checkup {
  readonly #config: Config
  readonly #choices: StoreChoices
  readonly #done = new Map<string, readonly StoreStep[]>()

  constructor(config: Config, choices: StoreChoices) {
    this.#config = config
    this.#choices = choices
  }

  async *ofRow({ source, target }: AccountsRow): AsyncGenerator<StoreStep, void> {
    const from = await this.#choose(source, 'source')
    const to = target === null ? null : await this.#choose(target, 'target')
    const first = yield* this.#ofStore(from)
    if (to === null) return
    const second = yield* this.#ofStore(to)
    if (isIll(first) || isIll(second)) return
    const specs = [await from.resolve(), await to.resolve()] as const
    for await (const step of checkPair(from, specs, roomOf(specs[1], second))) yield { store: to.name, ...step }
  }

  async #choose(side: AccountsSide, role: PlanStore['role']): Promise<ChosenStore> {
    const { chosen } = await chooseActStore(side.store, role, this.#config, this.#choices, role === 'target')
    return withPassword(chosen, side)
  }

  /** @returns its steps, which are told once alone */
  async *#ofStore(store: ChosenStore): AsyncGenerator<StoreStep, readonly StoreStep[]> {
    const known = this.#done.get(store.name)
    if (known !== undefined) return known
    const steps = (await toBeMade(store)) ?? (await checkStores([store], 1))
    this.#done.set(store.name, steps)
    yield* steps
    return steps
  }
}

const isIll = (steps: readonly StoreStep[]): boolean => steps.some(({ outcome }) => outcome === 'failed')

/** null: it is there, or what it is to be cannot be told. */
async function toBeMade({ name, resolve, open }: ChosenStore): Promise<readonly StoreStep[] | null> {
  if (open === undefined) return null
  const spec = await resolve().catch(() => null)
  if (spec === null || spec.type === 'imap' || !isToBeMade(spec)) return null
  const found = `nothing is at ${spec.path} yet; a migration makes it, as ${spec.type}`
  return [{ store: name, ...checkedStep('place', 0, { found, facts: { type: spec.type, path: spec.path } }) }]
}

function roomOf(spec: StoreSpec, steps: readonly StoreStep[]): TargetRoom {
  if (spec.type !== 'imap') return roomOnDisk(spec.path)
  const fact = (step: StoreStep['step'], name: string): number | null => {
    const value = steps.find((each) => each.step === step)?.facts[name]
    return typeof value === 'number' ? value : null
  }
  return {
    limit: fact('quota', 'limit'),
    usage: fact('quota', 'usage'),
    appendLimit: fact('capabilities', 'appendLimit'),
  }
}
