/** What is known of a provider before it is asked. Figures are the provider's own, or measured by others (`sources`). */
export interface Preset {
  readonly provider: string
  readonly hosts: readonly RegExp[]
  /** Connections of one account at once. */
  readonly connections: number | null
  /** What to do when the login is refused. */
  readonly login: string | null
  /** How long an account is shut out once its allowance is used up. */
  readonly suspensionHours: number | null
}

const PRESETS: readonly Preset[] = []

/** What is known of the provider behind a host; null for all others. */
export function presetFor(host: string): Preset | null {
  const name = host.toLowerCase().replace(/\.$/, '')
  return PRESETS.find(({ hosts }) => hosts.some((pattern) => pattern.test(name))) ?? null
}
