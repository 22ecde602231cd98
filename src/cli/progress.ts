import { formatCount, formatDuration, formatSize } from '../report/wording.js'

export type ProgressStyle = 'auto' | 'none' | 'json'

/** How far a run has come, told on standard error while it goes on. */
export interface Progress {
  /** Adds what was done since the last call. */
  add(done: { readonly messages: number; readonly octets: number }): void
  /** Takes the line away, so that what follows stands alone. */
  clear(): void
}

const SILENT: Progress = { add: () => {}, clear: () => {} }
/** A terminal is drawn on no oftener than this, in milliseconds. */
const REDRAW = 100
const JSON_EVERY = 1000

/** How much there is to do, as far as that is known beforehand. */
export interface ProgressTotal {
  readonly octets: number
  /** Steps of a plan; null: messages are read, and it is not known how many. */
  readonly steps: number | null
}

/**
 * @param total - null where it is not known
 * @param now - milliseconds
 */
export function startProgress(
  style: ProgressStyle,
  quiet: boolean,
  total: ProgressTotal | null,
  now: () => number,
): Progress {
  if (style === 'none' || (style === 'auto' && (quiet || process.stderr.isTTY !== true))) return SILENT
  const every = style === 'json' ? JSON_EVERY : REDRAW
  const began = now()
  let last = began
  let messages = 0
  let octets = 0
  const draw = (line: string) => process.stderr.write(line)
  return {
    add(done) {
      messages += done.messages
      octets += done.octets
      const time = now()
      if (time - last < every) return
      last = time
      const elapsed = time - began
      const state = {
        messages,
        octets,
        steps: total?.steps ?? null,
        elapsed,
        left: timeLeft(messages, octets, total, elapsed),
      }
      draw(
        style === 'json'
          ? jsonLine(state)
          : `\r\u001b[K${progressLine(state).slice(0, (process.stderr.columns ?? 80) - 1)}`,
      )
    },
    clear: () => {
      if (style === 'auto' && last > began) draw('\r\u001b[K')
    },
  }
}

interface State {
  readonly messages: number
  readonly octets: number
  /** How many there are, where what is counted are steps. */
  readonly steps: number | null
  /** Milliseconds. */
  readonly elapsed: number
  /** Milliseconds; null where that is not known. */
  readonly left: number | null
}

/** What one step costs besides its octets, in octets: a round trip, a file, a look at the journal. */
const STEP_COST = 4096

function timeLeft(messages: number, octets: number, total: ProgressTotal | null, elapsed: number): number | null {
  if (total === null) return null
  const cost = total.steps === null ? 0 : STEP_COST
  const done = octets + messages * cost
  const all = total.octets + (total.steps ?? 0) * cost
  return done === 0 || done > all ? null : (elapsed / done) * (all - done)
}

export function progressLine({ messages, octets, steps, elapsed, left }: State): string {
  const perSecond = elapsed > 0 ? 1000 / elapsed : 0
  const rate = `${formatCount(Math.round(messages * perSecond))}/s, ${formatSize(Math.round(octets * perSecond))}/s`
  const rest = left === null ? '' : `, ${formatDuration(left)} left`
  const counted =
    steps === null ? `${formatCount(messages)} messages` : `${formatCount(messages)} of ${formatCount(steps)} steps`
  return `${counted}, ${formatSize(octets)}, ${rate}${rest}`
}

function jsonLine({ messages, octets, steps, elapsed, left }: State): string {
  const seconds = elapsed / 1000
  const counted = steps === null ? { messages } : { steps: messages, ofSteps: steps }
  const perSecond = Math.round(messages / seconds)
  const progress = {
    ...counted,
    bytes: octets,
    seconds: Number(seconds.toFixed(3)),
    ...(steps === null ? { messagesPerSecond: perSecond } : { stepsPerSecond: perSecond }),
    bytesPerSecond: Math.round(octets / seconds),
    secondsLeft: left === null ? null : Math.round(left / 1000),
  }
  return `${JSON.stringify({ progress })}\n`
}
