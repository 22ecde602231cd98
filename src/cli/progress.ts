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

/**
 * @param total - octets to be read in all, null where that is not known
 * @param now - milliseconds
 */
export function startProgress(style: ProgressStyle, quiet: boolean, total: number | null, now: () => number): Progress {
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
      const state = { messages, octets, elapsed: time - began, left: timeLeft(octets, total, time - began) }
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
  /** Milliseconds. */
  readonly elapsed: number
  /** Milliseconds; null where that is not known. */
  readonly left: number | null
}

function timeLeft(octets: number, total: number | null, elapsed: number): number | null {
  if (total === null || octets === 0 || octets > total) return null
  return (elapsed / octets) * (total - octets)
}

export function progressLine({ messages, octets, elapsed, left }: State): string {
  const perSecond = elapsed > 0 ? 1000 / elapsed : 0
  const rate = `${formatCount(Math.round(messages * perSecond))}/s, ${formatSize(Math.round(octets * perSecond))}/s`
  const rest = left === null ? '' : `, ${formatDuration(left)} left`
  return `${formatCount(messages)} messages, ${formatSize(octets)}, ${rate}${rest}`
}

function jsonLine({ messages, octets, elapsed, left }: State): string {
  const seconds = elapsed / 1000
  const progress = {
    messages,
    bytes: octets,
    seconds: Number(seconds.toFixed(3)),
    messagesPerSecond: Math.round(messages / seconds),
    bytesPerSecond: Math.round(octets / seconds),
    secondsLeft: left === null ? null : Math.round(left / 1000),
  }
  return `${JSON.stringify({ progress })}\n`
}
