const DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/**
 * Seconds since 1970-01-01T00:00:00Z of a time in UTC, in the Gregorian calendar at all times.
 *
 * @returns null when there is no such day or time. Second 60 is allowed and is the first of the next minute.
 */
export function secondsOf(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | null {
  if (!(year >= 0 && year <= 9999 && month >= 1 && month <= 12)) return null
  if (!(day >= 1 && day <= daysIn(year, month))) return null
  if (!(hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 60)) return null
  return daysSinceEpoch(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second
}

function daysIn(year: number, month: number): number {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return month === 2 && isLeap ? 29 : (DAYS[month] ?? 0)
}

/** Days from the civil date, by eras of 400 years that begin in March (Howard Hinnant, chrono-compatible date algorithms). */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}
