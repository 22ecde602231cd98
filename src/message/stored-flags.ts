/** Flags that a mailbox file keeps in the header of a message: the mbox `Status` fields and Thunderbird's. */
export interface FlagFields {
  readonly status?: string
  readonly xStatus?: string
  readonly keywords?: string
  readonly mozillaStatus?: string
  readonly mozillaKeys?: string
}

const STATUS_LETTERS: Readonly<Record<string, string>> = { R: '\\Seen' }
const X_STATUS_LETTERS: Readonly<Record<string, string>> = {
  A: '\\Answered',
  D: '\\Deleted',
  F: '\\Flagged',
  T: '\\Draft',
}
/** Source: Mozilla's nsMsgMessageFlags.idl. */
const MOZILLA_BITS: readonly (readonly [number, string])[] = [
  [0x0001, '\\Seen'],
  [0x0002, '\\Answered'],
  [0x0004, '\\Flagged'],
  [0x0008, '\\Deleted'],
  [0x1000, '$Forwarded'],
]

/** The flags and keywords that the fields state, sorted, each once. */
export function readStoredFlags(fields: FlagFields): readonly string[] {
  const flags = new Set<string>()
  addLetters(flags, fields.status, STATUS_LETTERS)
  addLetters(flags, fields.xStatus, X_STATUS_LETTERS)
  const bits = Number.parseInt(fields.mozillaStatus ?? '0', 16) || 0
  for (const [bit, flag] of MOZILLA_BITS) if (bits & bit) flags.add(flag)
  for (const keyword of words(fields.keywords)) flags.add(keyword)
  for (const keyword of words(fields.mozillaKeys)) flags.add(keyword)
  return [...flags].sort()
}

function addLetters(flags: Set<string>, letters = '', table: Readonly<Record<string, string>>): void {
  for (const letter of letters) {
    const flag = table[letter]
    if (flag !== undefined) flags.add(flag)
  }
}

function words(value = ''): string[] {
  return value.split(/[\s,]+/).filter((word) => word !== '')
}
