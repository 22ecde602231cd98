import { type BrokenLine, oneOf } from './broken-file.js'
import type { Setting } from './imported.js'
import type { Section } from './settings.js'

export interface MailsyncStore extends Section {
  readonly kind: 'store'
  readonly name: string
}

export interface MailsyncChannel extends Section {
  readonly kind: 'channel'
  readonly name: string
  /** The two stores, with the line that names them. */
  readonly sides: readonly [string, string]
}

export interface MailsyncFile {
  readonly sections: readonly (MailsyncStore | MailsyncChannel)[]
  readonly broken: readonly BrokenLine[]
}

interface Token {
  readonly text: string
  readonly line: number
}

const KEYS = { store: ['server', 'ref', 'pat', 'prefix', 'passwd'], channel: ['msinfo', 'passwd', 'sizelimit'] }

/**
 * Reads a .mailsync: `store NAME { key value … }` and `channel NAME STORE STORE { key value … }`. What is broken ends the
 * reading, as it does in mailsync.
 */
export function readMailsync(text: string): MailsyncFile {
  const tokens = tokensOf(text)
  const sections: (MailsyncStore | MailsyncChannel)[] = []
  let at = 0
  const next = (what: string): Token => {
    const token = tokens[at++]
    if (token !== undefined) return token
    throw new Broken(tokens.at(-1)?.line ?? 1, `the file ends where ${what} should stand`)
  }
  const block = (kind: 'store' | 'channel', title: string): Setting[] => {
    const brace = next('{')
    if (brace.text !== '{')
      throw new Broken(brace.line, `"${brace.text}" stands where { should, after ${title}; a { stands alone`)
    const settings: Setting[] = []
    for (let key = next('}'); key.text !== '}'; key = next('}')) {
      if (!KEYS[kind].includes(key.text)) {
        const what = settings.at(-1)?.key === 'passwd' ? 'what stands behind a passwd' : `"${key.text}"`
        throw new Broken(
          key.line,
          `${what} is not known in ${title}; there may stand ${oneOf(KEYS[kind])}, and } alone`,
        )
      }
      const value = next(`a value of ${key.text}`)
      settings.push({ line: key.line, key: key.text, value: value.text })
    }
    return settings
  }
  try {
    while (at < tokens.length) {
      const { text: kind, line } = next('store or channel')
      if (kind !== 'store' && kind !== 'channel')
        throw new Broken(line, `"${kind}" stands where store or channel should`)
      const name = next(`the name of a ${kind}`).text
      const title = `${kind} ${name}`
      if (sections.some((each) => each.name === name)) throw new Broken(line, `the name ${name} is used twice`)
      if (kind === 'store') sections.push({ kind, name, title, line, settings: block(kind, title) })
      else {
        const sides = [next('a store').text, next('a store').text] as const
        sections.push({ kind, name, title, line, sides, settings: block(kind, title) })
      }
    }
  } catch (error) {
    if (error instanceof Broken) return { sections, broken: [{ line: error.line, message: error.message }] }
    throw error
  }
  return { sections, broken: unknownStores(sections) }
}

/** Ends the reading of a broken file. */
class Broken extends Error {
  readonly line: number
  constructor(line: number, message: string) {
    super(message)
    this.line = line
  }
}

function unknownStores(sections: readonly (MailsyncStore | MailsyncChannel)[]): BrokenLine[] {
  const stores = sections.flatMap(({ kind, name }) => (kind === 'store' ? [name] : []))
  return sections.flatMap((section) => {
    if (section.kind === 'store') return []
    const unknown = section.sides.filter((name) => !stores.includes(name))
    return unknown.map((name) => ({
      line: section.line,
      message: `${section.title}: no store is called "${name}"; there are: ${oneOf(stores) || 'none'}`,
    }))
  })
}

/** Words at white space; `\` takes the next character as it is; `#` before a word is a comment to the end of its line. */
function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  text.split('\n').forEach((content, n) => {
    for (const match of content.replace(/\r$/, '').matchAll(/(#.*$)|((?:\\.|[^\s\\]|\\$)+)/g)) {
      const [, comment, word] = match
      if (comment !== undefined) break
      if (word !== undefined) tokens.push({ text: word.replace(/\\(.)/g, '$1'), line: n + 1 })
    }
  })
  return tokens
}
