import { showVisibly } from './visible-text.js'

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text made safe to stand in HTML, in an element or an attribute. */
export function escapeHtml(text: string): string {
  return showVisibly(text).replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign)
}

/** The page's whole style: system fonts, light and dark, and fit to print. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --line: #8886; --quiet: #666; --good: #176b2c; --doubtful: #8a5a00; --bad: #a8201a }
@media (prefers-color-scheme: dark) { :root { --quiet: #aaa; --good: #6fd08c; --doubtful: #e8b04a; --bad: #ff8a80 } }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem }
h1 { font-size: 1.4rem; margin-bottom: .2rem }
.made, .footnotes { color: var(--quiet) }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; font-variant-numeric: tabular-nums }
caption { text-align: left; font-weight: 600; padding: .3rem 0 }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere }
th { white-space: nowrap }
.right { text-align: right; white-space: nowrap }
.good > td:nth-child(2) { color: var(--good) } .doubtful > td:nth-child(2) { color: var(--doubtful) } .bad > td:nth-child(2) { color: var(--bad) }
.detail > td { border-bottom-style: dotted; font-size: .93em } .detail.quiet { color: var(--quiet) }
@media print { body { margin: 0; max-width: none; font-size: 9pt } thead { display: table-header-group } tr { break-inside: avoid } }
`
