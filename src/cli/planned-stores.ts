import type { Config } from '../config/config.js'
import { UsageError } from '../errors.js'
import type { PlanStore } from '../plan/plan.js'
import type { Store } from '../stores/store.js'
import { type ActStore, chooseActStore } from './act-stores.js'
import type { StoreChoices } from './choose-stores.js'

/** The stores of a plan that was made before, under the names that its steps use. */
export async function choosePlannedStores(
  stores: readonly PlanStore[],
  config: Config,
  choices: StoreChoices,
): Promise<ActStore[]> {
  return Promise.all(stores.map((store) => choosePlanned(store, config, choices)))
}

async function choosePlanned(
  { name, role, open }: PlanStore,
  config: Config,
  choices: StoreChoices,
): Promise<ActStore> {
  const { chosen } = await chooseActStore(open, role, config, choices, role === 'target')
  const resolve = async () => ({ ...(await chosen.resolve()), name })
  return { role, openAs: () => open, chosen: { ...chosen, name, resolve } }
}

/**
 * A plan holds for the places that it was made for.
 *
 * @throws UsageError where another store lies there now
 */
export function requireIdentities(planned: readonly PlanStore[], open: readonly Store[]): void {
  for (const { name, open: opened, identity } of planned) {
    const found = open.find(({ spec }) => spec.name === name)
    if (found?.identity === identity) continue
    throw new UsageError(
      `${opened} is not the store that the plan was made for`,
      `It was made for ${identity}${found === undefined ? '' : `, and this is ${found.identity}`}. Make the plan anew.`,
    )
  }
}
