/**
 * Reads `Retry-After` in both of its forms: seconds, or a date. Some providers send fractions of a second.
 *
 * @param nowMs  Milliseconds since 1970, against which a date is measured.
 * @returns      Milliseconds to wait, 0 for a date that has passed; `undefined` for what is neither.
 * @source       RFC 9110, sections 10.2.3 and 5.6.7 (three forms of dates, all of them in UTC)
 */
export function retryAfterMsOf(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim()
  if (!text) return undefined
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1_000)
  const at = dateMsOf(text)
  return at === undefined ? undefined : Math.max(0, at - nowMs)
}

/** An HTTP date in milliseconds since 1970; `undefined` for anything else. */
export function dateMsOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^[A-Z][a-z]{2,8}(, .* GMT| [A-Z][a-z]{2} .*\d{4})$/.test(text)) return undefined
  // The oldest form names no zone, and would be read as local time.
  const at = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
  return Number.isNaN(at) ? undefined : at
}
