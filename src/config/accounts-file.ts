/** One line of a list of accounts: where mail is, and where it is to go. */
export interface AccountsRow {
  /** Its line in the file, from 1. */
  readonly line: number
  /** What results call it: what the list says, else the user of the source, else the source. */
  readonly account: string
  readonly source: AccountsSide
  /** null: the list names sources alone. */
  readonly target: AccountsSide | null
}

export interface AccountsSide {
  /** A store as the command line names it. */
  readonly store: string
  readonly password: AccountsPassword | null
}

/** Where a password is kept; in a list that imapsync reads, the password itself. */
export type AccountsPassword =
  | { readonly env: string }
  | { readonly file: string }
  | { readonly command: string }
  | { readonly plain: string }

/** What a file of accounts says, and the lines that cannot be understood. */
export interface AccountsFile {
  readonly rows: readonly AccountsRow[]
  readonly mistakes: readonly { readonly line: number; readonly message: string }[]
}

const COLUMNS = ['account', 'source', 'sourceUser', 'sourcePassword', 'target', 'targetUser', 'targetPassword'] as const
type Column = (typeof COLUMNS)[number]

/** What a line is to be, for the message about one that is not. */
export const ACCOUNTS_EXPECTED = `expected: ${COLUMNS.slice(1).join(',')} as its header names them, or host1;user1;password1;host2;user2;password2`

/**
 * Reads a list of accounts: a CSV with a header line of the columns `account`, `source`, `sourceUser`, `sourcePassword`,
 * `target`, `targetUser` and `targetPassword` (all but `source` may be missing or empty; a password is `env:NAME`, `file:PATH`
 * or `command:…`), or the `;`-separated list that imapsync's users keep. Empty lines and lines that begin with `#` say nothing.
 */
export function readAccountsFile(text: string): AccountsFile {
  const lines = text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .map((content, at) => ({ content, line: at + 1 }))
    .filter(({ content }) => content.trim() !== '' && !content.startsWith('#'))
  const header = headerOf(lines[0]?.content ?? '')
  const rows: AccountsRow[] = []
  const mistakes: { line: number; message: string }[] = []
  for (const { content, line } of header === null ? lines : lines.slice(1)) {
    const found = header === null ? readListLine(content) : readCsvLine(content, header)
    if (typeof found === 'string') mistakes.push({ line, message: found })
    else rows.push({ line, ...found })
  }
  return { rows, mistakes }
}

function headerOf(line: string): readonly Column[] | null {
  const names = splitCells(line, ',').map((cell) =>
    COLUMNS.find((column) => column.toLowerCase() === cell.toLowerCase()),
  )
  return names.every((name) => name !== undefined) && names.includes('source') ? names : null
}

type Found = Omit<AccountsRow, 'line'> | string

function readCsvLine(content: string, header: readonly Column[]): Found {
  const cells = splitCells(content, ',')
  if (cells.length !== header.length)
    return `${cells.length} cells where the header has ${header.length}; ${ACCOUNTS_EXPECTED}`
  const cell = (column: Column): string => cells[header.indexOf(column)] ?? ''
  const source = readSide(cell('source'), cell('sourceUser'), cell('sourcePassword'))
  if (source === null) return `no source; ${ACCOUNTS_EXPECTED}`
  if (typeof source === 'string') return source
  const target = readSide(cell('target'), cell('targetUser'), cell('targetPassword'))
  if (typeof target === 'string') return target
  return { account: cell('account') || cell('sourceUser') || source.store, source, target }
}

function readSide(store: string, user: string, password: string): AccountsSide | null | string {
  if (store === '') return null
  const named = withUser(store, user)
  if (password === '') return { store: named, password: null }
  const [, kind, value] = /^(env|file|command):(.+)$/s.exec(password) ?? []
  if (value === undefined) return 'a password is env:NAME, file:PATH or command:…, never the password itself'
  return {
    store: named,
    password: kind === 'env' ? { env: value } : kind === 'file' ? { file: value } : { command: value },
  }
}

/** A host alone is an account with TLS from the first octet. */
function withUser(store: string, user: string): string {
  if (user === '') return store
  const encoded = encodeURIComponent(user)
  const [, scheme, place] = /^(imaps?:\/\/)(?:[^/]*@)?(.*)$/is.exec(store) ?? []
  if (scheme !== undefined) return `${scheme}${encoded}@${place}`
  return /^[\w.-]+(?::\d+)?$/.test(store) ? `imaps://${encoded}@${store}/` : store
}

function readListLine(content: string): Found {
  const [host1 = '', user1 = '', password1 = '', host2 = '', user2 = '', password2 = ''] = splitCells(content, ';')
  if (host1 === '' || user1 === '') return ACCOUNTS_EXPECTED
  const target = host2 === '' || user2 === '' ? null : listSide(host2, user2, password2)
  return { account: user1, source: listSide(host1, user1, password1), target }
}

const listSide = (host: string, user: string, password: string): AccountsSide => ({
  store: withUser(host, user),
  password: password === '' ? null : { plain: password },
})

/** RFC 4180 within one line; blanks around a cell are no part of it. */
function splitCells(line: string, separator: string): string[] {
  const cells: string[] = []
  const pattern = new RegExp(`\\s*(?:"((?:[^"]|"")*)"|([^${separator}]*?))\\s*(${separator}|$)`, 'gy')
  for (let match = pattern.exec(line); match !== null; match = pattern.exec(line)) {
    cells.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
    if (match[3] !== separator) break
  }
  return cells
}
