import type { EpochSeconds } from '../message/message.js'

/** A number of 53 bits that is equal where Date, From and Subject are, and by chance alone where they are not. */
export function headSumOf(date: EpochSeconds | null, from: string, subject: string): number {
  const text = `${date ?? ''}\n${from}\n${subject}`
  let [high, low] = [0x2545f491, 0x4f6cdd1d]
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    high = Math.imul(high ^ unit, 0x9e3779b1)
    low = Math.imul(low ^ unit, 0x85ebca6b) ^ (high >>> 15)
  }
  return (mixed(high ^ text.length) >>> 11) * 2 ** 32 + mixed(low)
}

/** Lets every bit tell on every other. */
function mixed(bits: number): number {
  const once = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad)
  const twice = Math.imul(once ^ (once >>> 15), 0x735a2d97)
  return (twice ^ (twice >>> 15)) >>> 0
}
