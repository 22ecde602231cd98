import type { BrokenLine } from './broken-file.js'
import type { Setting } from './imported.js'
import type { Section } from './settings.js'

export interface OfflineimapSection extends Section {
  /** `Account`, `Repository`, `general` …: the first word of the title. */
  readonly kind: string
  /** What stands behind it; empty: nothing. */
  readonly name: string
}

export interface OfflineimapFile {
  readonly sections: readonly OfflineimapSection[]
  readonly broken: readonly BrokenLine[]
}

interface OpenSection extends OfflineimapSection {
  readonly settings: OpenSetting[]
}

interface OpenSetting extends Setting {
  value: string
}

/**
 * Reads an .offlineimaprc as Python's ConfigParser does: `key = value` or `key: value`, comments on lines of their own, lines
 * that are indented more go on with the value above, `%(key)s` stands for another value and `%%` for `%`.
 */
export function readOfflineimap(text: string): OfflineimapFile {
  const sections: OpenSection[] = []
  const broken: BrokenLine[] = []
  let setting: OpenSetting | null = null
  let indent = 0
  text.split('\n').forEach((raw, at) => {
    const line = at + 1
    const content = raw.replace(/\s+$/, '')
    if (/^\s*[#;]/.test(content) || content === '') return
    const depth = content.length - content.trimStart().length
    if (setting !== null && depth > indent) {
      setting.value += `\n${content.trim()}`
      return
    }
    const [, title] = /^\s*\[(.+)\]/.exec(content) ?? []
    const [, key, value] = /^\s*([^\s=:][^=:]*?)\s*[=:]\s*(.*)$/.exec(content) ?? []
    const open = sections.at(-1)
    setting = null
    indent = depth
    if (title !== undefined) {
      if (sections.some((each) => each.title === title)) broken.push({ line, message: `[${title}] stands twice` })
      const [, kind = title, name = ''] = /^(\S+)\s+(.*)$/.exec(title) ?? []
      sections.push({ kind, name, title, line, settings: [] })
    } else if (open === undefined) broken.push({ line, message: 'a [section] should stand before the first setting' })
    else if (key === undefined || value === undefined) {
      broken.push({
        line,
        message: `this is neither key = value nor a [section], nor indented more than the line that it goes on with`,
      })
    } else if (open.settings.some((each) => each.key === key.toLowerCase())) {
      broken.push({ line, message: `${key} stands twice in [${open.title}]` })
    } else {
      setting = { line, key: key.toLowerCase(), value }
      open.settings.push(setting)
    }
  })
  const defaults = sections.find(({ title }) => title === 'DEFAULT')?.settings ?? []
  for (const section of sections) {
    for (const each of section.settings) each.value = interpolated(each, [...defaults, ...section.settings], broken)
  }
  return { sections: sections.filter(({ title }) => title !== 'DEFAULT'), broken }
}

/** Puts in what `%(key)s` stands for, at most ten deep. */
function interpolated({ line, key, value }: Setting, around: readonly Setting[], broken: BrokenLine[]): string {
  const put = (text: string, depth: number): string =>
    text.replace(/%(?:(%)|\(([^)]*)\)s|)/g, (whole, percent: string | undefined, name: string | undefined) => {
      if (percent !== undefined) return '%'
      const other = around.findLast((each) => each.key === name?.toLowerCase())
      if (other !== undefined && depth < 10) return put(other.value, depth + 1)
      const what = name === undefined ? 'a % is written %%' : `%(${name})s stands for nothing`
      broken.push({ line, message: `${key}: ${what}, or stands for another key of the section: %(key)s` })
      return whole
    })
  return put(value, 0)
}
