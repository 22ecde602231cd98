import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** The JSON Schema of a command's result. */
export async function readSchema(name: string): Promise<object> {
  return JSON.parse(await readFile(fileURLToPath(new URL(`../../docs/schemas/${name}.json`, import.meta.url)), 'utf8'))
}
