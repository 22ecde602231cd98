import type { Imported, ImportedEntry } from './imported.js'

/** Writes what was made of another program's configuration as one of ours, with comments. */
export function configText(imported: Imported, file: string): string {
  const byHand = imported.settings.filter(({ outcome }) => outcome === 'by-hand').length
  const withheld = [...imported.stores, ...imported.channels].filter((entry) => entry.withheld.length > 0).length
  return [
    comment(`From ${file} (${imported.source}), by mbaudit config import. Nothing in it was run, no password copied.`),
    comment(
      byHand === 0
        ? 'Every setting of it is in here, or needs no word.'
        : `By hand: ${byHand === 1 ? 'one setting' : `${byHand} settings`}, each named with its line where it belongs.`,
    ),
    ...(withheld === 0
      ? []
      : [comment('What is written as a comment waits for you: what it says above is to be settled first.')]),
    ...imported.comments.map(comment),
    comment('Then: mbaudit config check, mbaudit doctor, mbaudit sync CHANNEL --dry-run'),
    'stores:',
    ...imported.stores.flatMap(entryLines),
    ...(imported.channels.length === 0 ? [] : ['', 'channels:', ...imported.channels.flatMap(entryLines)]),
    ...groupLines(imported.groups),
    '',
  ].join('\n')
}

function entryLines({ name, config, comments, withheld }: ImportedEntry<object>): string[] {
  const values = Object.entries(config).filter(([, value]) => value !== undefined)
  const body = [`${scalar(name)}:`, ...values.map(([key, value]) => `  ${key}: ${flow(value)}`)]
  return [
    ...comments.map((text) => `  ${comment(text)}`),
    ...withheld.map((text) => `  ${comment(`not in force: ${text}`)}`),
    ...body.map((line) => `  ${withheld.length > 0 ? '# ' : ''}${line}`),
  ]
}

function groupLines(groups: Readonly<Record<string, readonly string[]>>): string[] {
  const entries = Object.entries(groups)
  if (entries.length === 0) return []
  return ['', 'groups:', ...entries.map(([name, channels]) => `  ${scalar(name)}: ${flow(channels)}`)]
}

/** A comment on one line, whatever stands in a name. */
const comment = (text: string): string => `# ${text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')}`

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
    return `{ ${entries.map(([key, inner]) => `${scalar(key)}: ${flow(inner)}`).join(', ')} }`
  }
  return typeof value === 'string' ? scalar(value) : String(value)
}

/** A text as YAML reads it back: plain where nothing in it means anything to YAML, else in quotes (JSON strings are YAML). */
function scalar(text: string): string {
  const isPlain =
    /^(?:[A-Za-z_]|~\/|\/)[\w~./@-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text)
  return isPlain ? text : JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, escaped)
}

const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
