/** Faults by which a provider says no, by name. */
export type RefusalName =
  | 'rate-limited'
  | 'bad-request'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'server-error'

/** Faults that can strike a call, by name. What each does stands in the catalogue of faults. */
export type CallFaultName =
  | RefusalName
  | 'latency'
  | 'hang'
  | 'connection-refused'
  | 'connection-timeout'
  | 'dns-failure'
  | 'certificate-expired'
  | 'connection-reset'
  | 'reply-lost'
  | 'truncated-body'
  | 'garbled-reply'
  | 'malformed-body'
  | 'wrong-content-type'
  | 'slow-body'
  | 'schema-drift'
  | 'stale-read'
  | 'call-duplicated'

/** Faults that can strike a delivery, by name. */
export type DeliveryFaultName = 'duplicated' | 'delayed' | 'reordered' | 'lost' | 'tampered' | 'replayed-late' | 'burst'

/** Any fault, by name. */
export type FaultName = CallFaultName | DeliveryFaultName

/** A refusal that a provider is asked to put into its own form. */
export interface Refusal {
  readonly fault: RefusalName
  /** The HTTP status that goes with the refusal: for `server-error` the one the fault asks for. */
  readonly status: number
  /** Seconds that the fault wants in `Retry-After`; absent: the provider's habit. */
  readonly retryAfterS?: number
}
