import { createInterface } from 'node:readline/promises'
import { InterruptedError, interruption } from './interruption.js'

/**
 * Asks on the terminal. What is no yes is a no.
 *
 * @throws InterruptedError at Ctrl-C
 */
export async function askToGoOn(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: true })
  try {
    const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')))
    lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'))
    const answer = await Promise.race([lines.question(`${question} [y/N] `, { signal: interruption }), closed])
    return /^y(es)?$/i.test(answer.trim())
  } catch (cause) {
    if (interruption.aborted) throw new InterruptedError()
    throw cause
  } finally {
    lines.close()
  }
}
