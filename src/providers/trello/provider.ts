import type { Provider, RateWindow, ReplyFacts, Verdict, WindowTold } from '../../core/index.ts'
import { type Headers, headerOf } from '../../core/index.ts'

/** What Trello knows a caller by. */
export interface TrelloCredentials {
  /** API key: 32 hexadecimal digits. */
  readonly key: string
  /** Token of the member on whose behalf calls are made. */
  readonly token: string
}

const windows: readonly RateWindow[] = [
  { name: 'token', callsMax: 100, intervalMs: 10_000 },
  { name: 'key', callsMax: 300, intervalMs: 10_000 },
  {
    name: 'members',
    callsMax: 100,
    intervalMs: 900_000,
    concerns: (operation) => /^(members|search)\./.test(operation),
  },
]

/** Which window a refusal is about, by the name that Trello gives it. */
const refusals: readonly (readonly [pattern: RegExp, window: string])[] = [
  [/API_TOKEN_(DB_)?LIMIT_EXCEEDED/, 'token'],
  [/API_KEY_(DB_)?LIMIT_EXCEEDED/, 'key'],
  [/\/1\/member/, 'members'],
]

/** Header fields that tell how much room is left, by window. */
const toldIn: readonly (readonly [header: string, window: string])[] = [
  ['x-rate-limit-api-token-remaining', 'token'],
  ['x-rate-limit-api-key-remaining', 'key'],
  ['x-rate-limit-member-remaining', 'members'],
]

/**
 * Trello, as it is spoken to. Refusals name their window but seldom say for how long, so a whole interval is waited:
 * a key that is refused more than 200 times in one is locked out of it.
 *
 * @source developer.atlassian.com/cloud/trello/guides/rest-api/rate-limits, page of 2026-01-26
 */
export const trelloProvider: Provider<TrelloCredentials> = {
  name: 'trello',
  origin: 'https://api.trello.com',
  authenticate: ({ key, token }) => ({
    authorization: `OAuth oauth_consumer_key="${key}", oauth_token="${token}"`,
  }),
  windows,
  classify,
  windowsTold: (headers) => toldIn.flatMap(([name, window]) => roomTold(headers, name, window)),
}

function classify({ status, text }: ReplyFacts): Verdict | undefined {
  // Trello says 401 to whom it does not know, and to whom it does not let in.
  if (status === 401 && text.startsWith('unauthorized permission')) return { code: 'forbidden', why: text }
  if (status !== 429) return undefined
  const [, window] = refusals.find(([pattern]) => pattern.test(text)) ?? []
  const waitMs = windows.find(({ name }) => name === window)?.intervalMs ?? 10_000
  return { code: 'rate_limited', why: `status 429, window ${window ?? 'unknown'}`, waitMs, ...(window && { window }) }
}

function roomTold(headers: Headers, name: string, window: string): WindowTold[] {
  const told = headerOf({ headers }, name)
  return told !== undefined && /^\d+$/.test(told) ? [{ name: window, remaining: Number(told) }] : []
}
