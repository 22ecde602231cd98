/** A field that a library put on an error, where it is a text. */
export function field(error: Error, name: string): string | null {
  const value: unknown = name in error ? Object.getOwnPropertyDescriptor(error, name)?.value : undefined
  return typeof value === 'string' && value !== '' ? value : null
}

export function numberField(error: Error, name: string): number | null {
  const value: unknown = Object.getOwnPropertyDescriptor(error, name)?.value
  return typeof value === 'number' ? value : null
}

export const booleanField = (error: Error, name: string) => Object.getOwnPropertyDescriptor(error, name)?.value === true

/** `* NO [CODE …]` as imapflow parsed it, where it did not take the code out itself. */
export function codeInResponse(error: Error): string | null {
  const path = ['response', 'attributes', '0', 'section', '0', 'value']
  const code = path.reduce<unknown>((at, key) => member(at, key), error)
  return typeof code === 'string' ? code.toUpperCase() : null
}

const member = (of: unknown, key: string): unknown =>
  typeof of === 'object' && of !== null ? Object.getOwnPropertyDescriptor(of, key)?.value : undefined
