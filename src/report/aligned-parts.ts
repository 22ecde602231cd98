import { displayWidth } from './visible-text.js'

/** Lines of equally wide parts; the last one is as wide as it is. */
export function alignParts(lines: readonly (readonly string[])[]): string[] {
  const widths = (lines[0] ?? []).map((_, i) => Math.max(...lines.map((parts) => displayWidth(parts[i] ?? ''))))
  const pad = (part: string, i: number) => part + ' '.repeat(Math.max(0, (widths[i] ?? 0) - displayWidth(part)))
  return lines.map((parts) => parts.map((part, i) => (i === parts.length - 1 ? part : pad(part, i))).join('  '))
}
