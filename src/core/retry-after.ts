/**
 * Reads `Retry-After` in both of its forms: seconds, or a date.
 *
 * @param nowMs  Milliseconds since 1970, against which a date is measured.
 * @returns      Milliseconds to wait, 0 for a date that has passed; `undefined` for what is neither.
 * @source       RFC 9110, section 10.2.3
 */
export function retryAfterMsOf(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim()
  if (!text) return undefined
  if (/^\d+$/.test(text)) return Number(text) * 1_000
  const at = /^[A-Z][a-z]{2,8}, /.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs)
}
