import type { FolderChoice } from './folder-patterns.js'
import { literalGlob } from './folder-patterns.js'

/** A Python string literal, as it stands between its quotes. */
const STRING = String.raw`[ur]{0,2}(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")`

/** A list or tuple of string literals. */
const LIST = String.raw`[[(]\s*(?:${STRING}\s*,?\s*)*[\])]`

/** Gives what a string literal means. */
function meaningOf(literal: string): string {
  const [, mark = '', body = ''] = /^([ur]*)['"](.*)['"]$/is.exec(literal) ?? []
  return mark.toLowerCase().includes('r') ? body : body.replace(/\\(['"\\])/g, '$1')
}

const meaningsOf = (list: string): string[] => (list.match(new RegExp(STRING, 'gi')) ?? []).map(meaningOf)

/**
 * The command that an expression runs to get a password, in the usual ways of writing that; the expression itself is not run.
 *
 * @returns null for any other expression
 */
export function commandOf(expression: string): { readonly command: string } | { readonly literal: true } | null {
  const text = expression.trim()
  if (new RegExp(`^${STRING}$`, 'i').test(text)) return { literal: true }
  const output = String.raw`(?:subprocess\.)?(?:check_output|getoutput)`
  const rest = String.raw`[\s\w.()[\]=,:'"\\-]*`
  const one = new RegExp(
    String.raw`^(?:str\()?(?:${output}|(?:os\.)?popen)\(\s*(${STRING})\s*(?:,[^)]*)?\)${rest}$`,
    'i',
  ).exec(text)
  if (one?.[1] !== undefined) return { command: meaningOf(one[1]) }
  const several = new RegExp(String.raw`^(?:str\()?${output}\(\s*(${LIST})\s*(?:,[^)]*)?\)${rest}$`, 'i').exec(text)
  if (several?.[1] !== undefined) return { command: meaningsOf(several[1]).map(shellWord).join(' ') }
  const keyring = new RegExp(String.raw`^keyring\.get_password\(\s*(${STRING})\s*,\s*(${STRING})\s*\)$`, 'i').exec(text)
  const [service, user] = [keyring?.[1], keyring?.[2]]
  return service === undefined || user === undefined
    ? null
    : { command: `keyring get ${shellWord(meaningOf(service))} ${shellWord(meaningOf(user))}` }
}

/** A word that a shell takes as it is. */
const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`

/** The argument and the body of a lambda of one argument. */
function lambdaOf(expression: string): { readonly argument: string; readonly body: string } | null {
  const [, argument, body] = /^\s*lambda\s+(\w+)\s*:\s*(.*)$/s.exec(expression.replace(/\\\n/g, ' ')) ?? []
  return argument === undefined || body === undefined ? null : { argument, body: withoutParentheses(body.trim()) }
}

function withoutParentheses(text: string): string {
  if (!text.startsWith('(') || !text.endsWith(')')) return text
  const inner = text.slice(1, -1)
  let depth = 0
  for (const char of inner) {
    depth += char === '(' ? 1 : char === ')' ? -1 : 0
    if (depth < 0) return text
  }
  return withoutParentheses(inner.trim())
}

/** What a `folderfilter` chooses, in its usual shapes; names are as the server has them. null: another shape. */
export function filterOf(expression: string): FolderChoice | null {
  const lambda = lambdaOf(expression)
  if (lambda === null) return null
  return choiceOf(lambda.body, lambda.argument)
}

function choiceOf(body: string, argument: string): FolderChoice | null {
  const either = splitAt(body, 'or')
  if (either.length > 1) {
    const parts = either.map((part) => choiceOf(part, argument))
    return parts.every((part) => part !== null && part.notFolders.length === 0 && part.folders.length > 0)
      ? { folders: parts.flatMap((part) => part?.folders ?? []), notFolders: [] }
      : null
  }
  const both = splitAt(body, 'and')
  if (both.length > 1) {
    const parts = both.map((part) => choiceOf(part, argument))
    const positive = parts.filter((part) => part !== null && part.folders.length > 0)
    if (parts.includes(null) || positive.length > 1) return null
    return { folders: positive[0]?.folders ?? [], notFolders: parts.flatMap((part) => part?.notFolders ?? []) }
  }
  return termOf(body, argument)
}

/** Splits at a word that stands outside of quotes and brackets. */
function splitAt(text: string, word: string): string[] {
  const parts = ['']
  let depth = 0
  for (const token of text.match(new RegExp(String.raw`${STRING}|\b\w+\b|\s+|.`, 'gis')) ?? []) {
    depth += /^[([]$/.test(token) ? 1 : /^[)\]]$/.test(token) ? -1 : 0
    if (depth === 0 && token === word) parts.push('')
    else parts[parts.length - 1] += token
  }
  return parts.map((part) => withoutParentheses(part.trim()))
}

function termOf(text: string, argument: string): FolderChoice | null {
  if (text === 'True') return { folders: [], notFolders: [] }
  const [, not, inner] = /^(not\s+)?(.*)$/s.exec(text) ?? []
  const term = withoutParentheses((inner ?? '').trim())
  const rules: readonly (readonly [RegExp, (values: string) => readonly string[] | null, boolean])[] = [
    [new RegExp(String.raw`^${argument}\s+in\s+(${LIST})$`, 'is'), (list) => meaningsOf(list).map(literalGlob), false],
    [
      new RegExp(String.raw`^${argument}\s+not\s+in\s+(${LIST})$`, 'is'),
      (list) => meaningsOf(list).map(literalGlob),
      true,
    ],
    [new RegExp(String.raw`^${argument}\s*==\s*(${STRING})$`, 'is'), (name) => [literalGlob(meaningOf(name))], false],
    [new RegExp(String.raw`^${argument}\s*!=\s*(${STRING})$`, 'is'), (name) => [literalGlob(meaningOf(name))], true],
    [
      new RegExp(String.raw`^${argument}\.startswith\(\s*(${STRING}|${LIST})\s*\)$`, 'is'),
      (names) => meaningsOf(names).map((name) => `${literalGlob(name)}**`),
      false,
    ],
    [
      new RegExp(String.raw`^${argument}\.endswith\(\s*(${STRING}|${LIST})\s*\)$`, 'is'),
      (names) => meaningsOf(names).map((name) => `**${literalGlob(name)}`),
      false,
    ],
    [
      new RegExp(
        String.raw`^(?:bool\()?re\.search\(\s*(${STRING})\s*,\s*${argument}\s*\)\)?(?:\s+is\s+not\s+None)?$`,
        'is',
      ),
      (rx) => globsOf(meaningOf(rx), false),
      false,
    ],
    [
      new RegExp(String.raw`^re\.search\(\s*(${STRING})\s*,\s*${argument}\s*\)\s+is\s+None$`, 'is'),
      (rx) => globsOf(meaningOf(rx), false),
      true,
    ],
    [
      new RegExp(
        String.raw`^(?:bool\()?re\.match\(\s*(${STRING})\s*,\s*${argument}\s*\)\)?(?:\s+is\s+not\s+None)?$`,
        'is',
      ),
      (rx) => globsOf(meaningOf(rx), true),
      false,
    ],
    [
      new RegExp(String.raw`^re\.match\(\s*(${STRING})\s*,\s*${argument}\s*\)\s+is\s+None$`, 'is'),
      (rx) => globsOf(meaningOf(rx), true),
      true,
    ],
  ]
  for (const [pattern, read, excludes] of rules) {
    const match = pattern.exec(term)
    if (match?.[1] === undefined) continue
    const globs = read(match[1])
    if (globs === null) return null
    return excludes !== (not !== undefined) ? { folders: [], notFolders: globs } : { folders: globs, notFolders: [] }
  }
  return null
}

/** A regular expression of literal text, `^`, `$`, `.*` and alternatives as globs; null: it says more than that. */
function globsOf(expression: string, fromStart: boolean): readonly string[] | null {
  const [, start = '', inner, end = ''] = /^(\^?)\((?:\?:)?([^()]*)\)(\$?)$/s.exec(expression) ?? []
  const parts = inner === undefined ? expression.split('|') : inner.split('|').map((part) => start + part + end)
  const globs = parts.map((part) => {
    const [, caret, text = '', dollar] = /^(\^?)(.*?)(\$?)$/s.exec(part) ?? []
    const pieces = text.match(/\.\*|\\[^\w\s]|[^\\^$.*+?()[\]{}|]/gsu) ?? []
    if (pieces.join('') !== text) return null
    const glob = pieces.map((piece) => (piece === '.*' ? '**' : literalGlob(piece.replace(/^\\/, '')))).join('')
    const whole = `${caret === '^' || fromStart ? '' : '**'}${glob}${dollar === '$' ? '' : '**'}`
    return whole.replace(/\*{3,}/g, '**')
  })
  return globs.every((glob) => glob !== null) ? globs : null
}

/** What a `nametrans` does to names, in its usual shapes; null: something else. */
export type NameChange =
  | { readonly kind: 'none' }
  /** Cuts it off at the start. */
  | { readonly kind: 'without'; readonly prefix: string }
  /** Puts it in front. */
  | { readonly kind: 'with'; readonly prefix: string }
  /** `INBOX.Sent` is `.Sent`, and INBOX the top: Maildir++. */
  | { readonly kind: 'maildir++' }

export function nameChangeOf(expression: string): NameChange | null {
  const lambda = lambdaOf(expression)
  if (lambda === null) return null
  const { argument, body } = lambda
  if (body === argument) return { kind: 'none' }
  const sub = new RegExp(String.raw`^re\.sub\(\s*(${STRING})\s*,\s*(${STRING})\s*,\s*${argument}\s*\)$`, 'is').exec(
    body,
  )
  if (sub?.[1] !== undefined && sub[2] !== undefined) return substitution(meaningOf(sub[1]), meaningOf(sub[2]))
  const front = new RegExp(String.raw`^(${STRING})\s*\+\s*${argument}$`, 'is').exec(body)?.[1]
  return front === undefined ? null : { kind: 'with', prefix: meaningOf(front) }
}

function substitution(expression: string, replacement: string): NameChange | null {
  if (expression === '^' && replacement !== '') return { kind: 'with', prefix: replacement }
  if (/^\^INBOX\\?\.\*$/.test(expression) && replacement === '.') return { kind: 'maildir++' }
  const [, text] = /^\^((?:\\[^\w\s]|[^\\^$.*+?()[\]{}|])+)$/s.exec(expression) ?? []
  if (text === undefined || replacement !== '') return null
  return { kind: 'without', prefix: text.replace(/\\(.)/g, '$1') }
}
