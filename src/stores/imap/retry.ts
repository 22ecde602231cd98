const SHORTEST = 1_000
const LONGEST = 60_000

/**
 * How long to wait before the next try: twice as long each time, up to a minute, and never quite as long as another client
 * that met the same trouble.
 *
 * @param tries - how often it was tried before; 0 at first
 * @param random - from 0 up to 1
 * @param asked - what the server itself asked for
 * @returns milliseconds
 */
export function backOff(tries: number, random: number, asked: number | null = null): number {
  const span = Math.min(LONGEST, SHORTEST * 2 ** Math.min(tries, 16))
  return Math.max(asked ?? 0, Math.round(span * (0.5 + random / 2)))
}

/** Waits, or ends early with the signal's reason. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const stop = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    signal.addEventListener('abort', stop, { once: true })
  })
}
