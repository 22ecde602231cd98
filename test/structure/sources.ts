import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

export interface Import {
  readonly specifier: string
  /** Whether nothing is left of it once the program is built. */
  readonly isType: boolean
  /** The room it leads to; null for a package or a module of Node. */
  readonly room: string | null
}

/** Paths of all files below `folders` that end in one of `endings`, from the root, with `/`. */
export function filesIn(folders: readonly string[], ...endings: readonly string[]): string[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => posix.join(folder, name)),
    )
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .sort()
}

/** The program's own sources. */
export const SOURCES = filesIn(['src', 'commands'], '.ts')

export const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

/** The source without comments and quoted strings. */
export function codeOf(path: string): string {
  return textOf(path).replace(/\/\*[\s\S]*?\*\/|\/\/.*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, "''")
}

/** `src/audit/x.ts` lies in `audit`, `src/errors.ts` in `errors`, `commands/x.ts` in `commands`. */
export function roomOf(path: string): string {
  const [top = '', next = ''] = path.split('/')
  return top === 'src' ? next.replace(/\.ts$/, '') : top
}

const STATIC = /^(?:import|export)\s+(type\s)?(?:([\w*\s{},$]*?)\sfrom\s+)?'([^']+)'/gm
const DYNAMIC = /\bimport\(\s*'([^']+)'\s*\)/g

export function importsOf(path: string): Import[] {
  const text = textOf(path).replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, '')
  const fixed = [...text.matchAll(STATIC)].map(([, type, names = '', specifier = '']) => ({
    specifier,
    isType: type !== undefined || areTypes(names),
    room: roomAt(path, specifier),
  }))
  const late = [...text.matchAll(DYNAMIC)].map(([, specifier = '']) => ({
    specifier,
    isType: false,
    room: roomAt(path, specifier),
  }))
  return [...fixed, ...late]
}

/** Whether all of `{ type A, type B }` are types. */
function areTypes(names: string): boolean {
  const each = names
    .replace(/[{}]/g, '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
  return each.length > 0 && each.every((name) => name.startsWith('type '))
}

function roomAt(path: string, specifier: string): string | null {
  return specifier.startsWith('.') ? roomOf(posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts')) : null
}
