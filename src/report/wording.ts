/** `1,234`: numbers for people are grouped by commas whatever the locale, so that two runs read alike. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 copy`, `1,234 copies`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

const UNITS = ['kB', 'MB', 'GB', 'TB', 'PB']

/** Octets for people, in powers of 1,000: `812 B`, `5.1 kB`, `412 kB`. */
export function formatSize(octets: number): string {
  if (octets < 1000) return `${octets} B`
  let value = octets / 1000
  let unit = 0
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  return `${value < 9.95 ? value.toFixed(1) : value.toFixed(0)} ${UNITS[unit]}`
}

/** First second of the year 0 and of the year 10000: what RFC 3339 can write lies between them. */
const RFC3339_FROM = -62_167_219_200
const RFC3339_BEFORE = 253_402_300_800

/** RFC 3339 in UTC; null for what has no date, or one that RFC 3339 cannot write. */
export function formatDate(seconds: number | null): string | null {
  if (seconds === null || !(seconds >= RFC3339_FROM && seconds < RFC3339_BEFORE)) return null
  return `${new Date(Math.trunc(seconds) * 1000).toISOString().slice(0, 19)}Z`
}

/** `2024-02-29 10:00`, or `-` where there is no date. */
export function shortDate(seconds: number | null): string {
  return formatDate(seconds)?.slice(0, 16).replace('T', ' ') ?? '-'
}

/** `3.4 s`, `2 min 5 s`, `1 h 4 min`. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}
