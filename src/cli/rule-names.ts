import type { ConfiguredRule } from '../config/config.js'
import { ConfigError, UsageError } from '../errors.js'
import { nearestNames } from './nearest.js'

const HINT = 'mbaudit explain lists all rules.'

/** @throws UsageError with the nearest names when no rule is called so */
export function knownRule(name: string, known: readonly string[]): string {
  if (known.includes(name)) return name
  throw new UsageError(`no rule is called "${name}"`, `${whatWasMeant(name, known)}${HINT}`)
}

/** @throws ConfigError with a line for each rule of the configuration that there is not */
export function checkConfiguredRules(rules: readonly ConfiguredRule[], known: readonly string[]): void {
  const lines = rules
    .filter(({ name }) => !known.includes(name))
    .map(({ name, place }) => `${place}: no rule is called "${name}". ${whatWasMeant(name, known)}`.trimEnd())
  if (lines.length > 0) throw new ConfigError(lines.join('\n'), HINT)
}

function whatWasMeant(name: string, known: readonly string[]): string {
  const near = nearestNames(name, known)
  return near.length === 0 ? '' : `Did you mean ${near.join(' or ')}? `
}
