import type { SecretSource } from '../schema.js'

/** Where a password is to come from, and what to say of it. */
export interface ImportedSecret {
  readonly source: SecretSource | null
  /** What a person is to do; null: nothing. */
  readonly byHand: string | null
}

/** The variable that is asked for a store's password (docs/passwords.md). */
const variableOf = (store: string): string => `MBAUDIT_PASSWORD_${store.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`

/** A password that stands in the file itself stays there: a variable is to hold it from now on. */
export function literalSecret(store: string): ImportedSecret {
  const variable = variableOf(store)
  return {
    source: { env: variable },
    byHand: `the password itself is not copied: set ${variable}, or name a command or a file that holds it`,
  }
}

/** Commands that only print or unscramble what stands in them: with one of these a password stands in the file. */
const PRINTS = /^(?:\/bin\/|\/usr\/bin\/)?(?:echo|printf)\b/
const UNSCRAMBLES = /^\s*(?:\S*\/)?(?:base64|base32|rev|tr|sed|xxd|openssl|rot13|cut|head|tail|cat|awk|gzip|gunzip)\b/

/** A command that prints a password. It is copied as it stands, and not run. */
export function commandSecret(store: string, command: string): ImportedSecret {
  const parts = command.trim().split('|')
  const holdsIt = PRINTS.test(parts[0] ?? '') && parts.slice(1).every((part) => UNSCRAMBLES.test(part))
  return holdsIt || command.trim() === '' ? literalSecret(store) : { source: { command: command.trim() }, byHand: null }
}
