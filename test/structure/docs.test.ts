import { existsSync, readdirSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ROOT, textOf } from './sources.js'

const Manifest = z.object({
  commands: z.record(
    z.string(),
    z.object({
      hidden: z.boolean().optional(),
      flags: z.record(z.string(), z.object({ hidden: z.boolean().optional() })),
    }),
  ),
})
const commands = () =>
  Object.entries(Manifest.parse(JSON.parse(textOf('oclif.manifest.json'))).commands).filter(([, { hidden }]) => !hidden)

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'fixtures/README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

describe('the manual', () => {
  it('has a page for every command, which names it', () => {
    for (const [id] of commands()) expect(textOf(pageOf(id)), id).toContain(`mbaudit ${id.replaceAll(':', ' ')}`)
  })

  it('can be found from its first page', () => {
    const first = textOf('docs/README.md')
    const pages = PAGES.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md')
    expect(pages.filter((page) => !first.includes(`](${posix.basename(page)})`))).toEqual([])
  })

  it('names every flag', () => {
    const common = textOf('docs/flags.md')
    const missing = commands().flatMap(([id, { flags }]) =>
      Object.entries(flags)
        .filter(([name, { hidden }]) => !hidden && !`${textOf(pageOf(id))}${common}`.includes(`\`--${name}`))
        .map(([name]) => `${id} --${name}`),
    )
    expect(missing).toEqual([])
  })

  it('names no flag that is not there', () => {
    const known = new Set(
      commands()
        .flatMap(([, { flags }]) => Object.keys(flags))
        .concat('help', 'version'),
    )
    const named = PAGES.filter((page) => page.startsWith('docs/') && page !== 'docs/performance.md').flatMap((page) =>
      [...textOf(page).matchAll(/(?<=`|mbaudit [^`\n]*)--([a-z][a-z-]*)/g)].map((match) => match[1] ?? ''),
    )
    expect(named.filter((name) => !known.has(name))).toEqual([])
  })

  it.each(PAGES)('%s: every link leads somewhere', (page) => {
    const links = [...textOf(page).matchAll(/\]\((?!https?:)([^)\s]*)\)/g)].map((match) => match[1] ?? '')
    expect(links.filter((link) => !leadsSomewhere(page, link))).toEqual([])
  })
})

function pageOf(id: string): string {
  return `docs/${id.split(':')[0]}.md`
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? page : posix.join(posix.dirname(page), path)
  return existsSync(join(ROOT, target)) && (anchor === undefined || anchorsOf(target).includes(anchor))
}

/** Anchors as they are made from headings. */
function anchorsOf(page: string): string[] {
  return [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
