import { UsageError } from '../errors.js'
import { InterruptedError, interruption } from './interruption.js'

/** Whether there is someone to ask. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true

let last: Promise<unknown> = Promise.resolve()

/**
 * Asks for a secret on the terminal, without showing it; one question after the other.
 *
 * @throws InterruptedError at Ctrl-C; UsageError where the input ends
 */
export function askSecret(question: string): Promise<string> {
  const answer = last.then(() => askNow(question))
  last = answer.catch(() => {})
  return answer
}

const CTRL_C = '\u0003'
const CTRL_D = '\u0004'
const CTRL_U = '\u0015'

function askNow(question: string): Promise<string> {
  const { stdin, stderr } = process
  // Nothing that is typed once the question stands there is shown.
  stdin.setRawMode(true)
  stderr.write(`\r\u001b[K${question}: `)
  stdin.setEncoding('utf8')
  stdin.resume()
  return new Promise((resolve, reject) => {
    let typed: string[] = []
    const end = (settle: () => void) => {
      stdin.off('data', take)
      interruption.removeEventListener('abort', interrupt)
      stdin.setRawMode(false)
      stdin.pause()
      stderr.write('\n')
      settle()
    }
    const interrupt = () => end(() => reject(new InterruptedError()))
    const take = (text: string) => {
      for (const sign of text) {
        if (sign === '\r' || sign === '\n') return end(() => resolve(typed.join('')))
        if (sign === CTRL_C) return interrupt()
        if (sign === CTRL_D) return end(() => reject(new UsageError('no password was given', 'Run it again.')))
        if (sign === CTRL_U) typed = []
        else if (sign === '\b' || sign === '\u007f') typed.pop()
        else typed.push(sign)
      }
    }
    stdin.on('data', take)
    interruption.addEventListener('abort', interrupt, { once: true })
  })
}
