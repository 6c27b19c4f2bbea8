import type { Headers } from '../http/exchange.ts'
import { headerOf, textOf } from '../http/messages.ts'
import type { Attempt } from './attempt.ts'
import { type Applied, type IntegrationErrorCode, traitsOf } from './errors.ts'
import type { Schema } from './operation.ts'
import { parsedBy } from './parsed.ts'
import type { Provider, ReplyFacts, Verdict } from './provider.ts'
import { dateMsOf, retryAfterMsOf } from './retry-after.ts'
import type { Veil } from './veil.ts'

/** Why an attempt did not bring what was asked for. */
export interface Failure {
  readonly code: IntegrationErrorCode
  readonly why: string
  readonly applied: Applied
  readonly retriable: boolean
  readonly status: number | undefined
  /** How long the provider asks to be left alone: by `Retry-After`, or by its documents. */
  readonly waitMs: number | undefined
  /** The window that the provider says is full. */
  readonly window: string | undefined
  readonly cause: unknown
}

/** What an attempt came to: the parsed reply, or a failure. */
export type Outcome<Result> =
  | { readonly ok: true; readonly value: Result }
  | { readonly ok: false; readonly failure: Failure }

/** Reads an attempt by the provider's rules, and its reply by the operation's schema. */
export async function judge<Result>(
  attempt: Attempt,
  provider: Provider<never>,
  schema: Schema<unknown, Result>,
  veil: Veil,
): Promise<Outcome<Result>> {
  const { status, headers, body, broken } = attempt
  if (status === undefined) return failed(attempt, broken ?? { code: 'reply_lost' })
  const facts: ReplyFacts = { status, headers, text: textOf(body) }
  const verdict = provider.classify?.(facts) ?? byStatus(facts, veil)
  if (verdict) return failed(attempt, verdict)
  if (broken) return failed(attempt, broken)
  const json = jsonOf(facts.text)
  if (!json) return failed(attempt, { code: 'reply_invalid', why: 'it is no JSON' })
  const parsed = await parsedBy(schema, json.value)
  return parsed.ok ? parsed : failed(attempt, { code: 'reply_invalid', why: veil(parsed.why) }, parsed.cause)
}

function failed(
  { status, headers, broken }: Attempt,
  verdict: Verdict,
  cause: unknown = broken?.cause,
): { readonly ok: false; readonly failure: Failure } {
  const { code, why, waitMs, window } = verdict
  const { retriable, applied } = traitsOf(code)
  return {
    ok: false,
    failure: {
      code,
      why: why ?? `status ${status}`,
      retriable: verdict.retriable ?? retriable,
      // Whoever says 2xx has done it, whatever became of the words that follow.
      applied: status !== undefined && status >= 200 && status < 300 && applied === 'unknown' ? 'yes' : applied,
      status,
      waitMs: askedToWaitMs(headers) ?? waitMs,
      window,
      cause,
    },
  }
}

/** A date is measured against the provider's own clock, as far as it tells it: ours may be wrong. */
function askedToWaitMs(headers: Headers): number | undefined {
  const value = headerOf({ headers }, 'retry-after')
  return value === undefined ? undefined : retryAfterMsOf(value, dateMsOf(headerOf({ headers }, 'date')) ?? Date.now())
}

const byNumber: Readonly<Partial<Record<number, IntegrationErrorCode>>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  408: 'provider_failed',
  409: 'conflict',
  410: 'not_found',
  412: 'conflict',
  429: 'rate_limited',
}

function byStatus({ status, text }: ReplyFacts, veil: Veil): Verdict | undefined {
  if (status >= 200 && status < 300) return undefined
  const known = byNumber[status]
  const code = known ?? (status >= 500 ? 'provider_failed' : status >= 400 ? 'refused' : 'reply_invalid')
  // Veiled before it is cut: the beginning of a secret is one too.
  return { code, why: toldIn(status, veil(text)) }
}

/** Status and the beginning of a text, in one line; a page says nothing that its status does not. */
function toldIn(status: number, text: string): string {
  const line = /^\s*</.test(text) ? '' : text.replace(/\s+/g, ' ').trim().slice(0, 120)
  return line === '' ? `status ${status}` : `status ${status}: ${line}`
}

/** What a text is as JSON; no text at all is `undefined`. */
function jsonOf(text: string): { readonly value: unknown } | undefined {
  if (text === '') return { value: undefined }
  try {
    // Some send a byte order mark, which RFC 8259 lets a reader pass over.
    return { value: JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text) }
  } catch {
    return undefined
  }
}
