import { headerOf, textOf } from '../http/messages.ts'
import type { Attempt } from './attempt.ts'
import { type Applied, type IntegrationErrorCode, traitsOf } from './errors.ts'
import type { Schema } from './operation.ts'
import type { Provider, ReplyFacts, Verdict } from './provider.ts'
import { retryAfterMsOf } from './retry-after.ts'

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
): Promise<Outcome<Result>> {
  const { status, headers, body, broken } = attempt
  if (status === undefined) return failed(attempt, { code: broken?.code ?? 'reply_lost', why: broken?.why ?? '' })
  const facts: ReplyFacts = { status, headers, text: textOf(body) }
  const verdict = provider.classify?.(facts) ?? byStatus(facts)
  if (verdict) return failed(attempt, verdict)
  if (broken) return failed(attempt, { code: broken.code, why: broken.why })
  const parsed = await parsedBy(schema, facts.text)
  return parsed.ok ? parsed : failed(attempt, { code: 'reply_invalid', why: parsed.why })
}

function failed(
  { status, headers, broken }: Attempt,
  verdict: Verdict,
): { readonly ok: false; readonly failure: Failure } {
  const { code, why = '', waitMs, window } = verdict
  const { retriable, applied } = traitsOf(code)
  return {
    ok: false,
    failure: {
      code,
      why,
      retriable,
      // Whoever says 2xx has done it, whatever became of the words that follow.
      applied: status !== undefined && status < 300 && applied === 'unknown' ? 'yes' : applied,
      status,
      waitMs: retryAfterMsOf(headerOf({ headers }, 'retry-after'), Date.now()) ?? waitMs,
      window,
      cause: broken?.cause,
    },
  }
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

function byStatus({ status, text }: ReplyFacts): Verdict | undefined {
  if (status >= 200 && status < 300) return undefined
  const known = byNumber[status]
  const code = known ?? (status >= 500 ? 'provider_failed' : status >= 400 ? 'refused' : 'reply_invalid')
  return { code, why: toldIn(status, text) }
}

/** Status and the beginning of a text, in one line; a page says nothing that its status does not. */
export function toldIn(status: number, text: string): string {
  const line = /^\s*</.test(text) ? '' : text.replace(/\s+/g, ' ').trim().slice(0, 120)
  return line === '' ? `status ${status}` : `status ${status}: ${line}`
}

async function parsedBy<Result>(
  schema: Schema<unknown, Result>,
  text: string,
): Promise<{ readonly ok: true; readonly value: Result } | { readonly ok: false; readonly why: string }> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { ok: false, why: 'it is no JSON' }
  }
  const parsed = await schema['~standard'].validate(json)
  if (!parsed.issues) return { ok: true, value: parsed.value }
  return { ok: false, why: issueInWords(parsed.issues[0]) }
}

/** Where something does not fit, and what was expected there; what stands there may be secret. */
export function issueInWords(
  issue: { readonly message: string; readonly path?: readonly unknown[] | undefined } | undefined,
): string {
  const path = (issue?.path ?? []).map((part) => String((part as { readonly key?: unknown } | null)?.key ?? part))
  return `${path.length === 0 ? '' : `${path.join('.')}: `}${issue?.message ?? 'it does not fit'}`
}
