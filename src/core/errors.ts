/** Whether a call may have taken effect: the first question after a lost reply. */
export type Applied = 'no' | 'yes' | 'unknown'

/** What of a failure its message tells. */
export interface FailureDetail {
  /** `cards.update of trello`. */
  readonly what: string
  /** What the provider said, or what the transport did, in one line. */
  readonly why: string
  /** Milliseconds that were waited, where a deadline ended it. */
  readonly waitedMs: number
}

/** Stable name of a failure; callers branch on it. */
export type IntegrationErrorCode =
  | 'unreachable'
  | 'insecure'
  | 'reply_lost'
  | 'reply_late'
  | 'reply_invalid'
  | 'rate_limited'
  | 'provider_failed'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'refused'
  | 'input_invalid'
  | 'deadline_passed'
  | 'aborted'
  | 'overloaded'
  | 'closed'

interface CatalogueEntry {
  /** Whether asking again later, unchanged, can succeed. */
  readonly retriable: boolean
  /** What holds unless the failure itself knows better. */
  readonly applied: Applied
  readonly say: (detail: FailureDetail) => string
}

const catalogue: Readonly<Record<IntegrationErrorCode, CatalogueEntry>> = {
  unreachable: {
    retriable: true,
    applied: 'no',
    say: ({ what, why }) => `${what}: no connection came about (${why}). Nothing was sent.`,
  },
  insecure: {
    retriable: false,
    applied: 'no',
    say: ({ what, why }) => `${what}: the provider's certificate does not verify (${why}). Nothing was sent.`,
  },
  reply_lost: {
    retriable: true,
    applied: 'unknown',
    say: ({ what, why }) => `${what}: the connection broke before a reply came (${why}).`,
  },
  reply_late: {
    retriable: true,
    applied: 'unknown',
    say: ({ what, waitedMs }) =>
      `${what}: no whole reply within ${waitedMs} ms. Raise attemptMsMax or totalMsMax if that is usual.`,
  },
  reply_invalid: {
    retriable: true,
    applied: 'unknown',
    say: ({ what, why }) => `${what}: the reply is not what was agreed: ${why}.`,
  },
  rate_limited: {
    retriable: true,
    applied: 'no',
    say: ({ what, why }) => `${what}: too many calls (${why}). retryAfterMs says when to come back.`,
  },
  provider_failed: {
    retriable: true,
    applied: 'unknown',
    say: ({ what, why }) => `${what}: the provider failed (${why}).`,
  },
  unauthorized: {
    retriable: false,
    applied: 'no',
    say: ({ what, why }) => `${what}: the provider does not accept the credentials (${why}).`,
  },
  forbidden: {
    retriable: false,
    applied: 'no',
    say: ({ what, why }) => `${what}: the credentials do not allow this (${why}).`,
  },
  not_found: {
    retriable: false,
    applied: 'no',
    say: ({ what, why }) => `${what}: it does not exist, or the credentials may not see it (${why}).`,
  },
  conflict: {
    retriable: false,
    applied: 'no',
    say: ({ what, why }) => `${what}: it does not fit the state of things (${why}). Read that anew, then decide.`,
  },
  refused: {
    retriable: false,
    applied: 'no',
    say: ({ what, why }) => `${what}: the provider refused the request (${why}).`,
  },
  input_invalid: {
    retriable: false,
    applied: 'no',
    say: ({ what, why }) => `${what}: the request is not valid, so it was not sent: ${why}.`,
  },
  deadline_passed: {
    retriable: true,
    applied: 'no',
    say: ({ what, waitedMs, why }) => `${what}: not done within ${waitedMs} ms (${why}).`,
  },
  aborted: {
    retriable: true,
    applied: 'unknown',
    say: ({ what, why }) => `${what}: the caller gave up (${why}).`,
  },
  overloaded: {
    retriable: true,
    applied: 'no',
    say: ({ what, why }) => `${what}: too many calls are waiting already (${why}). It was not sent.`,
  },
  closed: {
    retriable: false,
    applied: 'no',
    say: ({ what }) => `${what}: the client has been closed.`,
  },
}

/** What an error is made from. Absent members are the catalogue's. */
export interface IntegrationErrorInit {
  /** Name of the provider that was called. */
  readonly provider: string
  /** Name of the operation; absent: the failure is of several calls together. */
  readonly operation?: string | undefined
  /** What was to be achieved, in the product's words. @defaultValue the operation */
  readonly what?: string | undefined
  /** What is known of the cause, in words, for the message; never a secret. @defaultValue `'no reason was given'` */
  readonly why?: string | undefined
  /** Milliseconds that were waited, for the message. @defaultValue 0 */
  readonly waitedMs?: number | undefined
  /** Whether what was asked may have happened all the same. @defaultValue what the catalogue says of the code */
  readonly applied?: Applied | undefined
  /** Whether asking again later, unchanged, can succeed. @defaultValue what the catalogue says of the code */
  readonly retriable?: boolean | undefined
  /** Calls that were made in total. @defaultValue 0 */
  readonly attempts?: number | undefined
  /** HTTP status of the last reply, if one came. */
  readonly status?: number | undefined
  /** Milliseconds after which it makes sense to come back. Absent: nobody knows. */
  readonly retryAfterMs?: number | undefined
  /** What this failure came from, as it was caught. */
  readonly cause?: unknown
}

/** A failure of the world outside: of a provider, the way to it, or the time there was for it. */
export class IntegrationError extends Error {
  override readonly name = 'IntegrationError'
  readonly code: IntegrationErrorCode
  /** Whether asking again later, unchanged, can succeed. */
  readonly retriable: boolean
  /** Whether what was asked may have happened all the same. */
  readonly applied: Applied
  readonly provider: string
  readonly operation: string | undefined
  /** Calls that were made in total, the first one included. */
  readonly attempts: number
  /** HTTP status of the last reply; `undefined` when none came. */
  readonly status: number | undefined
  /** Milliseconds after which it makes sense to come back; `undefined` when nobody knows. */
  readonly retryAfterMs: number | undefined

  constructor(code: IntegrationErrorCode, init: IntegrationErrorInit) {
    const { provider, operation, why = 'no reason was given', waitedMs = 0, cause } = init
    const entry = catalogue[code]
    const what = init.what ?? `${operation ?? 'a call'} of ${provider}`
    super(entry.say({ what, why, waitedMs }), cause === undefined ? undefined : { cause })
    this.code = code
    this.retriable = init.retriable ?? entry.retriable
    this.applied = init.applied ?? entry.applied
    this.provider = provider
    this.operation = operation
    this.attempts = init.attempts ?? 0
    this.status = init.status
    this.retryAfterMs = init.retryAfterMs
  }
}

/** What the catalogue says of a code. */
export function traitsOf(code: IntegrationErrorCode): { readonly retriable: boolean; readonly applied: Applied } {
  return catalogue[code]
}
