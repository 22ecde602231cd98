import type { Document, LineCounter, Node } from 'yaml'
import { ConfigError } from '../errors.js'
import { channelMistakes, type Sections } from './channel-mistakes.js'
import type { ConfiguredRule } from './config.js'
import { mistakesOf, tellKnownKeys } from './mistakes.js'
import { type ConfigDocument, configSchema } from './schema.js'

const HINT = 'docs/configuration.md shows what a configuration may say; `mbaudit config check` looks at it again.'

/** What a configuration says; its rules with their places, since only those who know the rules can tell a wrong name. */
export interface ReadConfig extends Sections {
  readonly rules: readonly ConfiguredRule[]
}

const sectionsOf = ({ stores, channels, groups }: ConfigDocument): Sections => ({
  stores: stores ?? {},
  channels: channels ?? {},
  groups: groups ?? {},
})

/**
 * Reads the text of a configuration file.
 *
 * @param file - what messages call the file
 * @throws ConfigError with a line `FILE:LINE:COLUMN: what is wrong, what is allowed` for each mistake
 */
export async function readConfig(text: string, file: string): Promise<ReadConfig> {
  const { LineCounter, parseDocument } = await import('yaml')
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  if (document.errors.length > 0) {
    throw configError(document.errors.map(({ pos, message }) => placed(file, lines, pos[0], message)))
  }
  const parsed = configSchema.safeParse(document.toJS() ?? {}, { reportInput: true, error: tellKnownKeys })
  const mistakes = parsed.success ? channelMistakes(sectionsOf(parsed.data)) : parsed.error.issues.flatMap(mistakesOf)
  const { isMap, isNode } = await import('yaml')
  const keyAt = (path: readonly PropertyKey[]) => keyOffset(document, path, isMap, isNode)
  if (!parsed.success || mistakes.length > 0) {
    const valueAt = (path: readonly PropertyKey[]) => valueOffset(document, path, isNode)
    throw configError(
      mistakes.map(({ path, atKey, message }) =>
        placed(file, lines, (atKey ? keyAt(path) : valueAt(path)) ?? keyAt(path) ?? 0, message),
      ),
    )
  }
  const rules = Object.entries(parsed.data.rules ?? {}).map(([name, grade]) => {
    const { line, col } = lines.linePos(keyAt(['rules', name]) ?? 0)
    return { name, grade, place: `${file}:${line}:${col}` }
  })
  return { ...sectionsOf(parsed.data), rules }
}

function configError(mistakes: readonly string[]): ConfigError {
  return new ConfigError(mistakes.join('\n'), HINT)
}

function placed(file: string, lines: LineCounter, offset: number, message: string): string {
  const { line, col } = lines.linePos(offset)
  return `${file}:${line}:${col}: ${message}`
}

type Guard<T> = (value: unknown) => value is T

/** Where a value begins; the nearest value around it where it is missing. */
function valueOffset(document: Document, path: readonly PropertyKey[], isNode: Guard<Node>): number | undefined {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return undefined
}

/** Where the last key of a path begins. */
function keyOffset(
  document: Document,
  path: readonly PropertyKey[],
  isMap: typeof import('yaml').isMap,
  isNode: Guard<Node>,
): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  if (!isMap(parent)) return undefined
  const pair = parent.items.find(({ key }) => String(key) === String(path.at(-1)))
  return isNode(pair?.key) ? pair.key.range?.[0] : undefined
}
