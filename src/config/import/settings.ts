import type { ImportedSetting, Setting, SettingOutcome } from './imported.js'

/** A section of a file with its settings. */
export interface Section {
  /** As the file calls it: `IMAPStore work`. */
  readonly title: string
  readonly line: number
  readonly settings: readonly Setting[]
}

/** What stands behind a key, where the last one counts; keys are compared in lower case. */
export function lastOf({ settings }: Section, ...keys: readonly string[]): Setting | undefined {
  return settings.findLast(({ key }) => keys.includes(key.toLowerCase()))
}

/** Every setting of some keys, in the order of the file. */
export function allOf({ settings }: Section, ...keys: readonly string[]): readonly Setting[] {
  return settings.filter(({ key }) => keys.includes(key.toLowerCase()))
}

interface Entry {
  readonly section: string
  outcome: SettingOutcome
  detail: string
}

/** Remembers of each setting what became of it; one that no one spoke of is left to a person, and none is forgotten. */
export class SettingLedger {
  readonly #entries = new Map<Setting, Entry>()

  constructor(sections: readonly Section[]) {
    for (const { title, settings } of sections) {
      for (const setting of settings) {
        this.#entries.set(setting, { section: title, outcome: 'by-hand', detail: 'mbaudit has no counterpart' })
      }
    }
  }

  taken(...settings: readonly (Setting | undefined)[]): void {
    for (const setting of settings) this.#mark(setting, 'taken', '')
  }

  notNeeded(setting: Setting | undefined, detail: string): void {
    this.#mark(setting, 'not-needed', detail)
  }

  /** @returns the same as a comment for the store or channel that it is about; empty where there is no such setting */
  byHand(setting: Setting | undefined, detail: string): readonly string[] {
    this.#mark(setting, 'by-hand', detail)
    return setting === undefined ? [] : [`by hand: ${setting.key} (line ${setting.line}): ${detail}`]
  }

  /** Settings of a section that nobody spoke of, as comments. */
  leftOver({ settings }: Section): readonly string[] {
    return settings.flatMap((setting) => {
      const entry = this.#entries.get(setting)
      return entry?.outcome === 'by-hand' && entry.detail === 'mbaudit has no counterpart'
        ? this.byHand(setting, entry.detail)
        : []
    })
  }

  rows(): ImportedSetting[] {
    return [...this.#entries]
      .map(([{ line, key }, { section, outcome, detail }]) => ({ line, section, setting: key, outcome, detail }))
      .sort((a, b) => a.line - b.line)
  }

  #mark(setting: Setting | undefined, outcome: SettingOutcome, detail: string): void {
    const entry = setting === undefined ? undefined : this.#entries.get(setting)
    if (entry === undefined) return
    entry.outcome = outcome
    entry.detail = detail
  }
}
