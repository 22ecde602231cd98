import { afterEach, beforeEach } from 'vitest'

/** Makes something anew for each test of a file, and closes it after it. What is handed back is that of the present test. */
export function forEachTest<T extends Disposable | AsyncDisposable>(make: () => T | Promise<T>): T {
  let current: T | null = null
  beforeEach(async () => {
    current = await make()
  })
  afterEach(async () => {
    await using _made = current
    current = null
  })
  return new Proxy({} as T, {
    get: (_, key) => {
      if (current === null) throw new TypeError('it is there during a test alone')
      return Reflect.get(current, key)
    },
  })
}
