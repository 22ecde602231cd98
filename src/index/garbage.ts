import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

let collect: (() => void) | null = null

/**
 * Has memory that nothing uses given back. On a machine with much memory V8 does so first when hundreds of megabytes have
 * gathered, and rows that wait for others to be read grow old in the meantime. Costs some 20 ms: for long walks alone.
 */
export function collectGarbage(): void {
  if (collect === null) {
    setFlagsFromString('--expose-gc')
    const exposed: unknown = runInNewContext('gc')
    setFlagsFromString('--no-expose-gc')
    collect = typeof exposed === 'function' ? () => exposed() : () => {}
  }
  collect()
}
